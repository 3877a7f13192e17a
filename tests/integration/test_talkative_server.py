"""A database server that says more than it is asked ends no worker: libpq calls back from C for each notice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from integration import postfix, postgresql
from integration.client import Client
from integration.torture.site import Site

TALKATIVE = "?options=" + quote("-c client_min_messages=debug5")
MESSAGES = 40
"""So many that libmilter carries sessions from thread to thread."""
BODY = b"a line of a message that is too big for a row of its own\r\n" * 6000


def test_notices_of_the_server_end_no_worker() -> None:
    if missing := postfix.why_not() or postgresql.why_not():
        pytest.skip(missing)
    with Site(2, TALKATIVE) as site:
        ports = [gateway.postfix.ports.public for gateway in site.gateways]

        def send(number: int) -> int:
            with Client(ports[number % len(ports)]) as client:
                client.command("EHLO client.example")
                client.command("MAIL FROM:<sato@example.co.jp>")
                client.command(f"RCPT TO:<r{number}@held.example>")
                return client.data(b"Subject: %d\r\n\r\n" % number + BODY).code

        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(send, range(MESSAGES)))
        assert "event=died" not in site.log()
        assert answers == [250] * MESSAGES
