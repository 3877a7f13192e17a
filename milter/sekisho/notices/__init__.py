"""Notices: what people are told by mail about holds, refusals and releases, and whom it may be sent to."""
