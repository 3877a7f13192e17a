"""The store that a configuration names, opened for a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sekisho.cli.output import EX_UNAVAILABLE, CommandError
from sekisho.config.load import Configuration
from sekisho.store import Store, StoreUnavailable, open_store


def store_of(configuration: Configuration) -> Store:
    """The store, connected when it is first used."""
    settings = configuration.settings.store
    return open_store(
        settings.full_url,
        settings.content,
        min_free=settings.min_free,
        duplicate_window=settings.duplicate_window.delta,
    )


@contextmanager
def opened_store(configuration: Configuration) -> Iterator[Store]:
    """The store, checked; 69 with a sentence where it is away, at any time until the end."""
    store: Store | None = None
    try:
        store = store_of(configuration)
        store.check()
        yield store
    except StoreUnavailable as error:
        url = configuration.settings.store.url
        text = f"the store {url} cannot be used: {error.why}; `sekisho serve` creates it, `sekisho db upgrade` too"
        raise CommandError(EX_UNAVAILABLE, text) from error
    finally:
        if store is not None:
            store.close()
