"""The domain: what agencies, meetings, ballots and minutes are, and every change that can be made to them."""
