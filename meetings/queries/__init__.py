"""What pages, rooms and exports read. Nothing here writes, and what is read of meetings starts from `access`."""
