"""What stands before every route: how large a body may be, and the headers that keep a browser safe."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem

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
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
IMPORTS = "/v1/imports/"


class TooLargeError(Exception):
    """More came than may come."""


class SafeHeaders:
    """Adds the headers to every answer that does not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
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
    """Refuses a larger body with 413: at once by Content-Length, otherwise as soon as it grows too large.

    It is counted while it comes in, so nothing larger is ever held in memory.
    """

    def __init__(self, app: ASGIApp, most: int, most_of_imports: int) -> None:
        self.app, self.most, self.most_of_imports = app, most, most_of_imports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self.most_of_imports if scope["path"].startswith(IMPORTS) else self.most
        said = dict(scope["headers"]).get(b"content-length", b"0")
        seen = int(said) if said.isdigit() and len(said) < 20 else 0
        if seen <= most:
            seen = await self._counted(scope, receive, send, most)
        if seen > most:
            sentence = f"The body is larger than {most / 2**20:g} MiB."
            await problem("too-large", sentence, headers={"Connection": "close"})(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send, most: int) -> int:
        """Let the application answer; how many bytes came. Whatever it says to a body too large is not sent."""
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise TooLargeError
            return message

        async def unless_too_large(message: Message) -> None:
            if seen <= most:
                await send(message)

        try:
            await self.app(scope, limited, unless_too_large)
        except TooLargeError:
            return seen
        return seen
