"""The use-cases of holds: deposit, decide, timers, re-injection, reconciliation."""
