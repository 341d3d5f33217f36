"""The system's Chromium, and the application behind a real port, for tests that look at pages."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from api.app import create_app
from matcher.settings import Settings
from tests.chromium import launched
from tests.signed import a_token, remember
from tests.workers.processes import eventually

WIDTHS = {"desk": 1280, "phone": 390}
NOBODY = "redis://127.0.0.1:1/0"
"""The address of a queue that is away."""
TOKENS: dict[str, str] = {}
"""Of an administrator at each address that is served."""


FAULTLESS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options=FAULTLESS).response["violations"]
    return [f"{fault['id']}: {[node['html'][:120] for node in fault['nodes'][:3]]}" for fault in found]


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = launched(driver)
        yield browser
        browser.close()


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The application at a free port; its address without a slash at the end."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        app = create_app(settings)
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        eventually(lambda: server.started)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        TOKENS[address] = a_token(app.state.database)
        yield address
        server.should_exit = True
        thread.join()


@contextmanager
def looking(
    browser: Browser, address: str, width: int = 1280, complaint: str = "", signed_in: bool = True, **how: Any
) -> Iterator[Page]:
    """A page at an address; whatever the browser complains about (a refused script, a broken link) fails the test,
    save for the complaint that is expected."""
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, **how)
    for served_at, token in TOKENS.items():
        if address.startswith(f"{served_at}/") and signed_in:
            remember(context, served_at, token)
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address, wait_until="load")
    yield page
    context.close()
    assert [one for one in complaints if not complaint or complaint not in one] == []
