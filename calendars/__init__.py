"""The iCalendar and mail edge: invitations out, built to the letter of RFC 5546 and RFC 6047."""
