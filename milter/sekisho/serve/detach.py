"""Leave the terminal, as a daemon does where no service manager does it for us (PEP 3143, by python-daemon)."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import cast

import daemon


def detached() -> AbstractContextManager[object]:
    """Inside it the process runs in the background: own session, no terminal, files of the parent closed.

    The log must not go to stderr then. The working directory stays, so that relative paths mean what they meant.
    """
    context = daemon.DaemonContext(working_directory=str(Path.cwd()), umask=os.umask(0o022), signal_map={})
    return cast(AbstractContextManager[object], context)
