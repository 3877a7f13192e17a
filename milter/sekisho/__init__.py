"""Sekisho (関所): a milter daemon that stops mail from being mis-sent."""
