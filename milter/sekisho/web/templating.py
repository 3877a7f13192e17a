"""Pages for people: templates that escape everything, and headers that let a browser fetch and run nothing.

The address of a page holds a token: it must not be cached, framed, indexed or told to anybody (Referer).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

STYLE = files("sekisho.web").joinpath("templates/page.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode("ascii")
SECRET: Mapping[str, str] = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PAGE = {
    **SECRET,
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
}
_FILE = {**SECRET, "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'"}


class Templates:
    """The templates of this package."""

    def __init__(self) -> None:
        loader = PackageLoader("sekisho.web")
        self._environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)

    def page(self, name: str, status: int = 200, **values: Any) -> Response:
        """A page made from a template."""
        text = self._environment.get_template(f"{name}.html").render(style=_Trusted(STYLE), **values)
        return HTMLResponse(text, status_code=status, headers=_PAGE)


def download(octets: bytes, name: str) -> Response:
    """A file to be saved, never shown (RFC 6266; the name in the form of RFC 8187)."""
    quoted = "".join(f"%{octet:02X}" for octet in name.encode("utf-8", "replace"))
    headers = {**_FILE, "Content-Disposition": f"attachment; filename*=UTF-8''{quoted}"}
    return Response(octets, media_type="application/octet-stream", headers=headers)


class _Trusted(str):
    """Our own style sheet, which needs no escaping."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)
