"""What a site's notices look like, from its configuration."""

from __future__ import annotations

import socket

from sekisho.config.load import Configuration
from sekisho.notices.build import Letterhead
from sekisho.quarantine.daily import Hour
from sekisho.quarantine.writing import Stationery
from sekisho.serve.link_key import links_of
from sekisho.serve.readers import reader_of


def letterhead_of(configuration: Configuration) -> Letterhead:
    """What all notices have in common."""
    settings = configuration.settings
    return Letterhead(
        sender=settings.notices_from,
        zone=configuration.site.zone,
        host=socket.getfqdn(),
        contact=settings.notices.contact,
        letters=configuration.letters,
    )


def stationery_of(configuration: Configuration) -> Stationery:
    """Everything that is put on notices when they leave. Raises `OSError` and `ValueError` where the key is not."""
    settings = configuration.settings
    return Stationery(
        letterhead=letterhead_of(configuration),
        language=settings.notices_language,
        postmaster=settings.postmaster,
        links=links_of(settings),
        reader_of=reader_of(configuration),
        reminder=settings.notices.reminder.delta,
        daily=Hour(settings.notices.daily, configuration.site.zone) if settings.notices.daily else None,
        replies=settings.notices.replies,
    )
