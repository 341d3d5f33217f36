"""Real receivers: an HTTP server and a mail server that keep what they get and answer as they are told."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LOOPBACK = "127.0.0.0/8"


@dataclass
class Got:
    """One POST that came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """An HTTP server; `answer` says with which status, `gate` how long it keeps everybody waiting."""

    url: str
    got: list[Got] = field(default_factory=list)
    answer: Callable[[Got], int] = lambda got: 200
    headers: dict[str, str] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def enters(self, count: int) -> None:
        with self.lock:
            self.at_once += count
            self.most_at_once = max(self.most_at_once, self.at_once)

    def ids(self) -> list[str]:
        return [got.headers["webhook-id"] for got in self.got]


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    receiver = Receiver("")
    receiver.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got = Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            receiver.got.append(got)
            receiver.enters(1)
            receiver.gate.wait()
            receiver.enters(-1)
            self.send_response(receiver.answer(got))
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/told"
    yield receiver
    receiver.gate.set()
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Postbox:
    """A mail server; `refuse` may name a reply for a recipient."""

    url: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    refuse: Callable[[str], str | None] = lambda address: None

    async def handle_RCPT(  # noqa: N802 - the server's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self.refuse(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def a_postbox() -> Iterator[Postbox]:
    postbox = Postbox()
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    postbox.url = f"smtp://127.0.0.1:{controller.port}"
    yield postbox
    controller.stop()
