"""For all tests: what Hypothesis makes up is the same each time, and may take as long as a busy machine needs for it.

A run that is made again must say the same. ``pytest --hypothesis-profile=searching`` makes up new examples.
"""

from hypothesis import settings

settings.register_profile("searching", deadline=None)
settings.register_profile("patient", deadline=None, derandomize=True)
settings.load_profile("patient")
