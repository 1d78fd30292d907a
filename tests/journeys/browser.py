"""A person with a browser before the running demonstration: the machine's own Chromium, driven by Playwright.

Every page met is searched for barriers by axe-core and must not be wider than the screen.
"""

from __future__ import annotations

import base64
import hmac
import os
import shutil
import struct
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Response

NOT_RUN = "not run: the browser"
"""How the reason of a journey that needs a browser and has none begins; the end of the run repeats it."""

_NAMES = ("chromium", "chromium-browser", "google-chrome")
SCREENSHOTS = "KARAMA_SCREENSHOTS"
"""The variable that names a folder for pictures of the pages met; without it none are made."""


def missing() -> str | None:
    """Why no journey can run here, or None."""
    if find_spec("playwright") is None:
        return f"{NOT_RUN}: Playwright is not installed; install requirements/dev.txt"
    if not any(map(shutil.which, _NAMES)):
        return f"{NOT_RUN}: there is no Chromium; install chromium"
    return None


@contextmanager
def started() -> Iterator[Browser]:
    """The browser, closed at the end."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not on every machine

    program = next(filter(None, map(shutil.which, _NAMES)))
    with sync_playwright() as playwright:
        # A container has neither user namespaces for the sandbox nor much shared memory; only our own pages are opened.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


def totp(secret: str) -> str:
    """The code of this half minute (RFC 6238), as an application shows it."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


@dataclass
class Person:
    """Somebody at a screen; keeps what went wrong on the pages he met."""

    page: Page
    address: str
    name: str
    met: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen to what the browser complains of, and to what it fetches."""
        self.page.on("pageerror", lambda error: self.wrong.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._fetched)

    def _fetched(self, response: Response) -> None:
        if not response.url.startswith((self.address, "data:")):
            self.wrong.append(f"{self.page.url} fetched {response.url}")
        if response.status >= 400 and response.request.resource_type != "document":
            self.wrong.append(f"{response.url}: {response.status}")

    def go(self, path: str) -> None:
        """Open an address of the service."""
        self.page.goto(f"{self.address}{path}")
        self.look()

    def press(self, name: str) -> None:
        """Press the button, or follow the link, of that name in the page's content."""
        content = self.page.locator("main")
        button = content.get_by_role("button", name=name, exact=True)
        (button if button.count() else content.get_by_role("link", name=name, exact=True)).first.click()
        self.page.wait_for_load_state()
        self.look()

    def fill(self, label: str, value: str) -> None:
        """Fill the field of that label."""
        self.page.get_by_label(label, exact=True).fill(value)

    def sees(self, text: str) -> bool:
        """Whether a text is on the page."""
        return text in self.page.locator("body").inner_text()

    def look(self) -> None:
        """Search the page for barriers, once for each address, and take a picture where pictures are asked for."""
        from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - not on every machine

        told = f"{len(self.met):02d}{self.page.url.removeprefix(self.address).partition('?')[0].replace('/', '-')}"
        self.met.append(told)
        found = Axe().run(self.page).response["violations"]
        self.wrong += [f"{told}: {one['id']}: {one['nodes'][0]['html']}" for one in found]
        beyond = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if beyond > 0:
            self.wrong.append(f"{told}: {beyond} pixels wider than the screen")
        if folder := os.environ.get(SCREENSHOTS):
            self.page.screenshot(path=Path(folder) / f"{self.name}-{told.strip('-')}.png", full_page=True)


def person(browser: Browser, address: str, name: str, *, language: str, width: int, height: int) -> Person:
    """Somebody with a screen of that size whose browser asks for that language."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    context.set_default_timeout(60_000)
    return Person(context.new_page(), address, name)
