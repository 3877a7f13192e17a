"""What is remembered of messages when they are gone: the journal, and what is counted from it."""
