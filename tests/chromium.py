"""The system's Chromium, kept from calling anybody."""

import shutil

from playwright.sync_api import Browser, Playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launched(playwright: Playwright) -> Browser:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path is not None, "Chromium is missing; `.ci/install dev` installs it"
    return playwright.chromium.launch(executable_path=path, args=list(FLAGS))
