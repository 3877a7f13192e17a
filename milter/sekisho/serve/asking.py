"""Whom a site asks, from its configuration."""

from __future__ import annotations

from sekisho.config.load import Configuration
from sekisho.core.approvers import Site
from sekisho.core.path import parse_path
from sekisho.quarantine.desk import Desk


def desk_of(configuration: Configuration) -> Desk:
    """What is known where people are asked."""
    settings, site = configuration.settings, configuration.site

    def is_external(address: str) -> bool:
        return site.is_external(parse_path(f"<{address}>".encode("utf-8", "surrogateescape")))

    asked = Site(configuration.people, is_external, settings.approvals.fallback, settings.postmaster)
    return Desk(asked, site.calendar, settings.approvals.remind, settings.approvals.patience.delta)
