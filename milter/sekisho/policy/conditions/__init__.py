"""What a rule can ask, one class a word."""
