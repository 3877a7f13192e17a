"""The running daemon: supervisor, roles, the gateway that a message passes, and what it tells of itself."""
