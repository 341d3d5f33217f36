"""What stands before every route: our own name, how large a body may be, and the headers that keep a browser safe."""

from contextlib import suppress
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import entry, errors
from api.errors import problem
from matcher.errors import MatcherError
from matcher.rights import Act

POLICY = "; ".join(
    f"{what} {where}"
    for what, where in {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }.items()
)
POWERS = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
"""Of a browser; no page of ours needs any."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer browsers send `Origin: null` with our own forms
    "Permissions-Policy": ", ".join(f"{power}=()" for power in POWERS),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
OVER_TLS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
IMPORTS = "/v1/imports/"
PROBES = frozenset({"/healthz", "/readyz"})
OF_STRANGERS = 64 * 1024
"""Bytes that are read of whoever is not known: a sign-in, a link or a code is far less."""


class RefusedError(Exception):
    """No more of this body is read."""


class SafeHeaders:
    """Adds the headers to every answer that does not set its own, also when something broke: it stands around all."""

    def __init__(self, app: ASGIApp, over_tls: bool) -> None:
        self.app, self.headers = app, HEADERS | (OVER_TLS if over_tls else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, guarded if scope["type"] == "http" else send)


class BodyType:
    """Refuses a body that is neither JSON nor, for an import, a form with a file: 415, with the type that is wanted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/") or not _has_body(scope):
            await self.app(scope, receive, send)
            return
        wanted = "multipart/form-data" if scope["path"].startswith(IMPORTS) else "application/json"
        said = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
        if said == wanted:
            await self.app(scope, receive, send)
            return
        await problem("wrong-type", "The body has another type than this address reads.", cure=f"Send {wanted}.")(
            scope, receive, send
        )


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


class BodyLimit:
    """Refuses a larger body with 413, and more than a little of a stranger's with 401, before anything reads it.

    At once by Content-Length, otherwise as soon as it grows too large: nothing larger is ever held in memory.
    """

    def __init__(self, app: ASGIApp, most: int, most_of_imports: int) -> None:
        self.app, self.most, self.most_of_imports = app, most, most_of_imports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen, refused, scale = 0, None, Scale(scope, self.most, self.most_of_imports)

        async def weighed() -> Message:
            nonlocal seen, refused
            message = await receive()
            seen += len(message.get("body", b""))
            refused = refused or await scale.refuses(seen)
            if refused is not None:
                raise RefusedError
            return message

        async def unless_refused(message: Message) -> None:
            if refused is None:
                await send(message)

        said = Headers(scope=scope).get("content-length", "0")
        refused = await scale.refuses(int(said) if said.isdigit() and len(said) < 20 else 0)
        if refused is None:
            with suppress(RefusedError):
                await self.app(scope, weighed, unless_refused)
        if refused is not None:
            refused.headers["Connection"] = "close"
            await refused(scope, receive, send)


class Scale:
    """How much may come of one request."""

    def __init__(self, scope: Scope, most: int, most_of_imports: int) -> None:
        self.request, self.is_known = Request(scope), False
        self.is_import = scope["path"].startswith(IMPORTS)
        self.most = most_of_imports if self.is_import else most

    async def refuses(self, seen: int) -> Response | None:
        if seen > self.most:
            return problem("too-large", f"The body is larger than {self.most / 2**20:g} MiB.")
        if seen > OF_STRANGERS and not self.is_known:
            self.is_known = True
            return await run_in_threadpool(self._stranger)
        return None

    def _stranger(self) -> Response | None:
        """Asked once, when more comes than a stranger has to say; a file only of those who may read one in."""
        state = self.request.app.state
        try:
            with state.database.reading() as session:
                who, _ = entry.known(session, self.request, state.settings)
            if self.is_import:
                entry.must_be_able(who, Act.IMPORT)
        except MatcherError as error:
            return errors.answer(self.request, error)
        return None


class KnownHost:
    """Refuses a request that was sent to another name than ours; the probes of a balancer come by any."""

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self.app, self.names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.names or scope["path"] in PROBES or self._is_ours(scope):
            await self.app(scope, receive, send)
            return
        cure = "Name it in MATCHER_HOSTS if it is right."
        await problem("bad-request", "Nobody of this name lives here.", cure=cure)(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        said = Headers(scope=scope).getlist("host")
        try:
            return len(said) == 1 and urlsplit(f"//{said[0]}").hostname in self.names
        except ValueError:
            return False
