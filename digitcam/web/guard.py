"""Who may ask: pages of this server alone, under the names that it was told are its own.

Another site's page can make a browser send requests here. It cannot hide where they come from (``Origin``,
``Sec-Fetch-Site``), nor, with a name of its own that it points here (DNS rebinding), which name was asked for
(``Host``).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

import flask
from flask import Flask, Response

from digitcam.web.errors import Refused

LOCAL = ("localhost", "127.0.0.1", "::1")
# Nothing but what this server itself serves; pictures also as the page has them in memory.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def host_name(text: str) -> str:
    """The name or address in a ``Host`` header, without its port; an empty string where there is none."""
    try:
        parts = urlsplit(f"//{text}")
        if parts.port == 0 or parts.username is not None or parts.path or parts.query or parts.fragment:
            return ""
        return (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether only this machine itself can reach a server that listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def own_names(host: str, allowed: Iterable[str] = ()) -> frozenset[str]:
    """The names that a server answers to: this machine's own, where it listens, and what is ``allowed``."""
    try:
        listening = () if ipaddress.ip_address(host).is_unspecified else (host,)
    except ValueError:
        listening = (host,)
    return frozenset(name.lower().rstrip(".") for name in (*LOCAL, *listening, *allowed))


def guard(app: Flask, names: Collection[str]) -> None:
    """Have an application refuse what does not come from its own pages, under its own ``names``."""

    @app.before_request
    def check() -> None:
        request = flask.request
        host = request.environ.get("HTTP_HOST", "")
        # Before HTTP/1.1 nothing had to be named; no browser is that old.
        if "HTTP_HOST" in request.environ and host_name(host) not in names:
            raise Refused(
                403,
                "This name is not one that digitcam answers to: open the address that it printed, "
                "or start it with --allow-host and this name.",
            )
        if request.path.startswith("/api/"):
            check_origin(request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site"), host)

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response


def check_origin(origin: str | None, site: str | None, host: str) -> None:
    """Refused unless a request comes from a page of this server, or from no page at all.

    Args:
        origin, site: the headers ``Origin`` and ``Sec-Fetch-Site``; None where they are absent.
        host: the header ``Host``.
    """
    foreign = site is not None and site not in ("same-origin", "none")
    if origin is not None:
        scheme, _, authority = origin.partition("://")
        foreign |= scheme not in ("http", "https") or authority.lower() != host.lower()
    if foreign:
        raise Refused(403, "Requests from other sites are refused: open digitcam's own page.")
