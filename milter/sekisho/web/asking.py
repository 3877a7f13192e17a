"""``POST /v1/explain``: ask before sending. A dry run for compose-time add-ins; nothing is stored.

The request carries ``Authorization: Bearer TOKEN`` and either a message (``message/rfc822``, the envelope in the query:
``?from=A&rcpt=B&rcpt=C``) or JSON: ``{"message": "…", "from": "A", "recipients": ["B"]}``. The answer is the object of
``explain --json``; 401 without the right token, 413 for a message that is too big, 400 with a sentence else.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks: a message, its envelope where given, and the language of the answer."""

    message: bytes
    sender: str | None
    recipients: tuple[str, ...]
    language: str


class BadRequest(ValueError):
    """The request cannot be answered; the text says what to change."""


def explain_route(answer: Callable[[Asked], dict[str, Any]], token: str, limit: int) -> Route:
    """The route. ``answer`` may raise `ValueError` with a sentence; ``limit`` is in octets of the request's body."""

    async def explain(request: Request) -> Response:
        if not _is_allowed(request, token):
            return _refusal(401, "this needs the header `Authorization: Bearer TOKEN` (http.token-file)")
        body = await _body(request, limit)
        if body is None:
            return _refusal(413, f"the message is longer than {limit} octets")
        try:
            asked = _asked(request, body)
            return JSONResponse(await run_in_threadpool(answer, asked))
        except ValueError as error:
            return _refusal(400, str(error))

    return Route("/v1/explain", explain, methods=["POST"])


def _is_allowed(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


async def _body(request: Request, limit: int) -> bytes | None:
    """The whole body; None once it proves longer than allowed."""
    octets = bytearray()
    async for piece in request.stream():
        octets += piece
        if len(octets) > limit:
            return None
    return bytes(octets)


def _asked(request: Request, body: bytes) -> Asked:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return _from_json(body)
    if kind == "message/rfc822":
        query = request.query_params
        return Asked(body, query.get("from"), tuple(query.getlist("rcpt")), query.get("language", ""))
    raise BadRequest("send message/rfc822, or application/json with `message`, `from` and `recipients`")


def _from_json(body: bytes) -> Asked:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("the request is not JSON") from None
    if not isinstance(data, dict) or not isinstance(data.get("message"), str):
        raise BadRequest("`message` must be the message's text")
    sender, recipients, language = data.get("from"), data.get("recipients", []), data.get("language", "")
    if not (sender is None or isinstance(sender, str)) or not isinstance(language, str):
        raise BadRequest("`from` and `language` must be text")
    if not isinstance(recipients, list) or not all(isinstance(one, str) for one in recipients):
        raise BadRequest("`recipients` must be a list of addresses")
    return Asked(data["message"].encode("utf-8", "surrogatepass"), sender, tuple(recipients), language)


def _refusal(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status_code=status)
