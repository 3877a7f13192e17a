"""The process in which files are opened: its walls, its wire, its client."""
