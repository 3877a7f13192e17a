"""Sekisho among real neighbours: a private Postfix, a sink that records octets, and cases that read like stories.

`cases/` holds what must be true, in the language of `case_language`; `runner` plays each case on a strict fake MTA and
on real Postfix. Nothing here touches the system's own mail service, and nothing is left behind.
"""
