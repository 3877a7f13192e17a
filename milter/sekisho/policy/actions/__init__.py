"""What a rule can do, one class a word."""
