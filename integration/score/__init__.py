"""What the inspectors find in labelled messages: precision and recall of each code, and the alarms on clean mail."""
