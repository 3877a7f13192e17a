"""A real directory for the tests of lists and people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.openldap import SLAPD, OpenLdap


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[OpenLdap]:
    """A private OpenLDAP server that runs."""
    pytest.importorskip("bonsai")
    if not SLAPD:
        pytest.skip("slapd is not installed")
    server = OpenLdap(tmp_path)
    server.start()
    yield server
    server.stop()
