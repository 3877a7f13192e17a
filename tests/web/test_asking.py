"""``POST /v1/explain`` answers who has the token, refuses everything else with a sentence, and stores nothing."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sekisho.config.load import load
from sekisho.mime.reader import MimeReader
from sekisho.serve.question import Question, answer
from sekisho.web.asking import Asked, explain_route
from sekisho.web.server import Server, listen
from tests.cli.conftest import MESSAGE, Site

TOKEN = "s3cret-token"
LIMIT = 20_000


@pytest.fixture
def site(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> Site:
    return Site(tmp_path, capsys)


@pytest.fixture
def port(site: Site) -> Iterator[int]:
    """A real server on a free port, with the site's policy."""
    configuration = load(site.config)

    def explained(asked: Asked) -> dict[str, Any]:
        question = Question(asked.message, asked.sender, asked.recipients)
        return answer(configuration, MimeReader(), question, datetime.now(UTC), asked.language or "en", thorough=False)

    listener = listen("127.0.0.1:0")
    server = Server([explain_route(explained, TOKEN, LIMIT)], listener)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield listener.getsockname()[1]
    server.stop()
    thread.join()


def ask(port: int, body: bytes, kind: str = "message/rfc822", token: str = TOKEN, query: str = "") -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Content-Type": kind, "Authorization": f"Bearer {token}"}
    connection.request("POST", f"/v1/explain{query}", body, headers)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    return response.status, json.loads(text) if text.startswith(b"{") else text


def test_a_message_is_explained_and_nothing_is_stored(port: int, site: Site) -> None:
    status, report = ask(port, MESSAGE, query="?from=sato@example.co.jp&rcpt=a@x.example&rcpt=in@example.co.jp")
    assert status == 200
    assert report["disposition"] == "hold"
    assert {address: one["disposition"] for address, one in report["recipients"].items()} == {
        "a@x.example": "hold",
        "in@example.co.jp": "accept",
    }
    assert not (site.home / "sekisho.db").exists()


def test_json_is_taken_too_and_answers_in_a_language(port: int) -> None:
    body = json.dumps({"message": MESSAGE.decode(), "recipients": ["a@x.example"], "language": "ja"}).encode()
    status, report = ask(port, body, "application/json")
    assert status == 200
    assert "辞書" in report["findings"][0]["message"]


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", "töken"])
def test_without_the_token_nobody_is_answered(port: int, token: str) -> None:
    status, report = ask(port, MESSAGE, token=token.encode().decode("latin-1"))
    assert (status, "token-file" in report["error"]) == (401, True)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"x" * (LIMIT + 1), "message/rfc822", 413),
        (b"{", "application/json", 400),
        (b"[" * 10_000, "application/json", 400),
        (b'{"message": 1}', "application/json", 400),
        (b'{"message": "", "recipients": "a@b"}', "application/json", 400),
        (b'{"message": "", "from": 3}', "application/json", 400),
        (b"Subject: nobody\r\n\r\n", "message/rfc822", 400),
        (MESSAGE, "text/plain", 400),
    ],
)
def test_bad_requests_get_a_sentence(port: int, body: bytes, kind: str, status: int) -> None:
    got, report = ask(port, body, kind)
    assert got == status
    assert len(report["error"]) > 10


def test_reading_is_not_asking(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/v1/explain")
    assert connection.getresponse().status == 405
    connection.close()
