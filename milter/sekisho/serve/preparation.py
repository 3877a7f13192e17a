"""What must be there before workers are forked: folders that belong to the user they run as, and the store.

`own_folders` is for whoever starts us, perhaps root, and harms nobody who runs already. `begun` is for the supervisor,
once the socket is its own: numbers start anew, and the store is made by a child that ends, so that no database is open
in the process that forks. A store that is away does not keep the daemon from starting: clean mail passes, what must be
held is tempfailed until it is back. One of another version does: nothing could be held until somebody has seen to it.
"""

from __future__ import annotations

import logging
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager

from sekisho.config.settings import Settings
from sekisho.mta.listener import ListenError
from sekisho.serve.link_key import make_link_key
from sekisho.serve.metrics import clear
from sekisho.serve.roles import metrics_folder, store_of
from sekisho.store import StoreUnavailable
from sekisho.store.errors import SchemaOutdated

_OUTDATED = 2


def own_folders(settings: Settings) -> None:
    """Make the folders. Raises `OSError` where one cannot be had, `ListenError` for an unknown user."""
    user = _user(settings)
    for folder in (settings.run_folder, settings.store.content.parent):
        folder.mkdir(parents=True, exist_ok=True)
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
    if settings.http.base_url is not None and make_link_key(settings.link_key_file) and user is not None:
        os.chown(settings.link_key_file, user.pw_uid, user.pw_gid)


@contextmanager
def begun(settings: Settings, log: logging.Logger) -> Iterator[None]:
    """Forget the numbers of an earlier run, and make or upgrade the store, which is ready at the end of the context.

    What is done within is done meanwhile. Raises `SchemaOutdated`.
    """
    clear(metrics_folder(settings))
    pid = os.fork()
    if pid == 0:
        os._exit(_make_store(settings, log))
    try:
        yield
    finally:
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status == _OUTDATED:
        raise SchemaOutdated("it is not of this program's version; run `sekisho db upgrade` (or upgrade this program)")


def _user(settings: Settings) -> pwd.struct_passwd | None:
    """The user to whom the supervisor will drop."""
    name = settings.milter.user
    if name is None or os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise ListenError(f"there is no user {name!r} to run as (milter.user)") from None


def _make_store(settings: Settings, log: logging.Logger) -> int:
    try:
        store = store_of(settings)
        store.make_ready()
        store.close()
    except SchemaOutdated as error:
        log.error("store", extra={"fields": {"why": error.why}})
        return _OUTDATED
    except StoreUnavailable as error:
        log.error("store", extra={"fields": {"why": error.why, "then": "what must be held is answered 451 meanwhile"}})
        return 1
    return 0
