"""The ``sekisho`` command, one file a group of verbs."""
