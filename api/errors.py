"""Every error as application/problem+json (RFC 9457), with a stable code and never a word of what was sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.pages import layout
from matcher import errors
from matcher.errors import MatcherError

MEDIA = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One code of the catalogue."""

    status: int
    title: str


STATUS: dict[type[MatcherError], int] = {
    errors.UnknownError: 404,
    errors.InvalidError: 422,
    errors.ConflictError: 409,
    errors.ActiveRunError: 409,
    errors.KeyReusedError: 409,
    errors.StaleError: 412,
    errors.BusyError: 503,
    errors.FontsError: 503,
    errors.HardBreachError: 409,
    errors.ForkError: 409,
    errors.AnsweredError: 409,
    errors.VersionNeededError: 428,
    errors.SignInError: 401,
    errors.ForbiddenError: 403,
    errors.ThrottledError: 429,
}
OWN = {
    "bad-request": Kind(400, "The request cannot be read"),
    "broken-json": Kind(400, "The body is not JSON"),
    "not-allowed": Kind(405, "This cannot be done here"),
    "too-large": Kind(413, "The body is too large"),
    "wrong-type": Kind(415, "The body has the wrong type"),
    "internal": Kind(500, "Something broke here"),
}
CATALOGUE: dict[str, Kind] = {
    **{kind.code: Kind(status, kind.title) for kind, status in STATUS.items()},
    **OWN,
}
"""code -> status and title; GET /v1/problems tells it, and a test holds every raise against it."""
HEADERS: dict[type[Exception], dict[str, str]] = {
    errors.BusyError: {"Retry-After": "2"},
    errors.SignInError: {"WWW-Authenticate": "Bearer"},
}


class Fault(BaseModel):
    """One field that cannot be taken, or one rule that is broken, and why."""

    field: str
    detail: str


class Problem(BaseModel):
    """How every error is told; `code` is stable, `cure` says what would help."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    cure: str | None = None
    field: str | None = None
    errors: list[Fault] | None = None


ANSWERS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem; its codes are at /v1/problems",
        "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
"""What the contract says about every operation that does not go well."""


def problem(
    code: str,
    detail: str,
    *,
    cure: str | None = None,
    field: str | None = None,
    faults: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    kind = CATALOGUE[code]
    body: dict[str, Any] = {
        "type": f"/v1/problems#{code}",
        "title": kind.title,
        "status": kind.status,
        "code": code,
        "detail": detail,
    }
    extra = {"cure": cure, "field": field, "errors": list(faults) or None}
    body.update({name: value for name, value in extra.items() if value is not None})
    return JSONResponse(body, kind.status, dict(headers or {}), MEDIA)


def install(app: FastAPI) -> None:
    """Let the application answer every error this way; a person at a page gets a page."""
    for kind, told in ((MatcherError, _told), (RequestValidationError, _unfit), (HTTPException, _refused)):
        app.add_exception_handler(kind, _for_whom(told))
    app.add_exception_handler(Exception, _for_whom(_broken))


def answer(request: Request, error: MatcherError) -> Response:
    """For what is refused before the application is reached."""
    return _for_whom(_told)(request, error)


def describe(app: FastAPI) -> None:
    """Let the contract tell the shape of a problem, which no route names as its answer."""
    told = app.openapi

    def with_problem() -> dict[str, Any]:
        contract = told()
        whole = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        contract["components"]["schemas"].update({**whole.pop("$defs"), "Problem": whole})
        return contract

    app.openapi = with_problem  # type: ignore[method-assign]


def _for_whom(told: Callable[[Request, Exception], JSONResponse]) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        found = told(request, error)
        if isinstance(error, errors.SignInError) and layout.wants_a_page(request):
            return layout.to_sign_in(request)
        return layout.trouble(request, found.status_code) if layout.wants_a_page(request) else found

    return answer


def _told(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, MatcherError)
    headers = HEADERS.get(type(error))
    faults = [
        {"field": breach["rule"], "detail": breach["sentence"]}
        for breach in (error.breaches if isinstance(error, errors.HardBreachError) else ())
    ]
    return problem(error.code, error.sentence, cure=error.cure, field=error.field, faults=faults, headers=headers)


def _unfit(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(fault["type"] == "json_invalid" for fault in found):
        return problem("broken-json", "The body is not JSON.", cure="Send a JSON object in UTF-8.")
    if any(fault["loc"][-1] == "if-match" and fault["type"] == "missing" for fault in found):
        return problem("version-needed", "If-Match is missing.", cure="Send the ETag that you read.", field="If-Match")
    faults = [{"field": _field(fault["loc"]), "detail": _sentence(fault)} for fault in found[:50]]
    return problem("invalid", f"{faults[0]['field']}: {faults[0]['detail']}", field=faults[0]["field"], faults=faults)


def _field(place: Sequence[int | str]) -> str:
    inner = [str(part) for part in place if part not in ("body", "query", "path", "header")]
    return _plain(".".join(inner) or str(place[0]))


def _sentence(fault: Mapping[str, Any]) -> str:
    """Pydantic's message, which names limits but not the value; a name that was sent is not repeated either."""
    return _plain(str(fault["msg"]).removeprefix("Value error, "))


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()[:200]


def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    codes = {404: "unknown", 405: "not-allowed", 413: "too-large", 415: "wrong-type"}
    code = codes.get(error.status_code, "bad-request")
    detail = "There is nothing at this address." if code == "unknown" else _end(str(error.detail))
    return problem(code, detail, headers=error.headers)


def _end(said: str) -> str:
    """Starlette's own words about what is wrong with a request; they hold nothing that was sent."""
    return said.rstrip(".") + "."


def _broken(_request: Request, _error: Exception) -> JSONResponse:
    return problem(
        "internal", "Something broke here; nothing was stored.", cure="Try again, and tell the office if it stays."
    )
