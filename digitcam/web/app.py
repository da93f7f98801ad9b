"""The addresses and what stands behind them. Every answer but the page itself is JSON, the errors too."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Collection
from typing import Any

import flask
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from digitcam import __version__
from digitcam.web.errors import Refused
from digitcam.web.guard import guard
from digitcam.web.limits import FORM_BYTES, MOST_BYTES, MOST_PARTS, RETRY_AFTER
from digitcam.web.requests import Request, pick_in, said_in, upload_in, wish_in
from digitcam.web.service import Service
from digitcam.web.site import load_site

INDEX = "index.html"
# Sentences for what Werkzeug itself refuses.
SENTENCES = {
    400: "This request is malformed.",
    404: "There is nothing at this address: the page is at /, pictures go to /api/read.",
    413: f"This request is too large: pictures may have up to {MOST_BYTES // 10**6} MB.",
}


def make_app(service: Service, names: Collection[str]) -> Flask:
    """The application, for any WSGI server.

    Args:
        service: reads and learns.
        names: the names of hosts that it answers to.
    """
    app = Flask("digitcam.web", static_folder=None)
    app.request_class = Request
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the order is for reading
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES + FORM_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM_BYTES
    app.config["MAX_FORM_PARTS"] = MOST_PARTS
    guard(app, names)
    _add_site(app)
    _add_api(app, service)
    _add_errors(app)
    return app


def _add_site(app: Flask) -> None:
    site = load_site()

    @app.get("/")
    @app.get("/<name>")
    def page(name: str = INDEX) -> Response:
        file = site.get(name)
        if file is None:
            raise Refused(404, SENTENCES[404])
        response = Response(file.body, content_type=file.kind)
        response.set_etag(file.tag)
        response.headers["Cache-Control"] = "no-cache"  # asked anew each time, and answered with 304
        response.make_conditional(flask.request)
        return response


def _add_api(app: Flask, service: Service) -> None:
    @app.get("/healthz")
    def health() -> dict[str, Any]:
        return {"status": "ok", "version": __version__}

    @app.get("/api/models")
    def models() -> dict[str, Any]:
        return {"models": service.models()}

    @app.post("/api/read")
    def read() -> dict[str, Any] | Response:
        wish = wish_in(flask.request.args)
        answer = service.read(upload_in(flask.request), wish)
        return Response(status=204) if answer is None else answer

    @app.get("/api/inside")
    def network() -> dict[str, Any]:
        return service.network()

    @app.post("/api/inside")
    def look() -> dict[str, Any] | Response:
        wish, pick = wish_in(flask.request.args), pick_in(flask.request.args)
        answer = service.look(upload_in(flask.request), wish, pick)
        return Response(status=204) if answer is None else answer

    @app.post("/api/corrections")
    def correct() -> dict[str, Any]:
        upload = upload_in(flask.request)
        return {"message": service.correct(upload, said_in(flask.request.form))}


def _add_errors(app: Flask) -> None:
    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        return _error(error.status, error.sentence)

    @app.errorhandler(HTTPException)
    def wrong(error: HTTPException) -> Response:
        status = error.code or 500
        if status == 405:
            takes = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
            answer = _error(status, f"This address takes {takes}.")
            answer.headers["Allow"] = takes
            return answer
        return _error(status, SENTENCES.get(status, f"{error.name}."))

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        place = traceback.extract_tb(error.__traceback__)[-1]
        words = " ".join(f"{type(error).__name__}: {error}".split())
        where = f"{flask.request.method} {flask.request.url_rule}"
        print(f"digitcam: {where} failed in {place.name}, line {place.lineno}: {words}", file=sys.stderr)
        return _error(500, "Something went wrong inside digitcam; its terminal says more.")


def _error(status: int, sentence: str) -> Response:
    answer = flask.jsonify(error=sentence)
    answer.status_code = status
    if status == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer
