"""``/metrics``, ``/healthz`` (this process lives) and ``/readyz`` (mail can be checked, held and released).

A probe is a name and a function that returns nothing when all is well and raises, with a sentence, when it is not. GET
never changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

Probe = Callable[[], None]

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def health_routes(exposition: Callable[[], bytes], probes: Mapping[str, Probe]) -> list[BaseRoute]:
    """What operations watch."""

    async def metrics(_: Request) -> Response:
        return Response(await run_in_threadpool(exposition), media_type=METRICS_TYPE)

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        answers = {name: await run_in_threadpool(_answer, probe) for name, probe in probes.items()}
        ready = all(answer == "ok" for answer in answers.values())
        return JSONResponse({"ready": ready, **answers}, status_code=200 if ready else 503)

    return [
        Route("/metrics", metrics, methods=["GET"]),
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
    ]


def _answer(probe: Probe) -> str:
    try:
        probe()
    except Exception as error:
        return str(error) or type(error).__name__
    return "ok"
