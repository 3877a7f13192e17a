"""Speed and size, measured beside others on the same machine in the same minutes: ``python -m integration.bench``."""
