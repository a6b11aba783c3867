"""The Socket.IO edge: who is connected, what each may see, and the one pump that sends it."""
