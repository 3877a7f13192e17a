"""The store that a configuration names, opened for a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sekisho.cli.output import EX_UNAVAILABLE, CommandError
from sekisho.config.load import Configuration
from sekisho.serve.roles import store_of
from sekisho.store import Store, StoreUnavailable


@contextmanager
def opened_store(configuration: Configuration) -> Iterator[Store]:
    """The store, checked; 69 with a sentence where it is away, at any time until the end."""
    settings = configuration.settings
    store: Store | None = None
    try:
        store = store_of(settings)
        store.check()
        yield store
    except StoreUnavailable as error:
        text = f"the store {settings.store.url} cannot be used: {error.why} (`sekisho db upgrade` creates it)"
        raise CommandError(EX_UNAVAILABLE, text) from error
    finally:
        if store is not None:
            store.close()
