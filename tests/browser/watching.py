"""A browser profile whose pages are watched: errors, dialogs, reports of the content policy, requests, headers."""

import re
import time
from typing import Any
from urllib.parse import urlsplit

# A page cannot catch these itself before its own scripts run, so the watcher sits in every document from its start.
REPORTS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy report: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""
WAITING = "document.querySelector('[role=status][aria-label=Loading]') !== null"
FOLLOW = "to => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }"
# One never ends, the other may take seconds, and nothing but its own panel waits for it.
APART = ("/api/live", "/api/importance")
HOME = ("127.0.0.1", "localhost")
WANTED = {
    "content-security-policy": r"default-src 'none'.*require-trusted-types-for 'script'",
    "x-content-type-options": r"nosniff$",
    "referrer-policy": r"no-referrer$",
    "cross-origin-opener-policy": r"same-origin$",
    "cross-origin-resource-policy": r"same-origin$",
}
REFUSED = ("access-control-allow-origin", "set-cookie", "server", "x-powered-by")


class Watch:
    """One profile. *faults* lists what its pages did that no page of ours may do."""

    def __init__(self, browser: Any, **options: Any) -> None:
        self.faults: list[str] = []
        self.requests: list[str] = []
        self._forgiven: list[str] = []
        self._open = 0  # requests that are still to be answered
        self._moved = 0.0  # when one began or ended
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, **options)
        self.context.set_default_timeout(10_000)
        self.context.add_init_script(REPORTS)
        self.context.on("request", self._see_request)
        self.context.on("requestfinished", self._see_end)
        self.context.on("requestfailed", self._see_end)
        self.context.on("response", self._see_response)
        self.context.on("console", self._see_console)
        self.context.on("weberror", lambda error: self.fault(f"uncaught: {error.error}"))
        self.context.on("dialog", self._see_dialog)

    def page(self) -> Any:
        """Open a tab."""
        return self.context.new_page()

    def forgive(self, pattern: str) -> None:
        """Let faults that match pass, in this test: it brings them about on purpose."""
        self._forgiven.append(pattern)

    def fault(self, text: str) -> None:
        """Note something that fails the test."""
        if not any(re.search(pattern, text) for pattern in self._forgiven):
            self.faults.append(text)

    def visit(self, page: Any, address: str) -> None:
        """Go to another address of the page that is open, as following a link does, and wait for its content."""
        page.evaluate(FOLLOW, address)
        self.settle(page)

    def settle(self, page: Any, quiet_s: float = 0.1) -> None:
        """Wait until the page asked for nothing more for *quiet_s*; the stream of changes, which never ends, aside."""
        self._moved = time.monotonic()
        end = self._moved + 20
        while self._open > 0 or time.monotonic() - self._moved < quiet_s or page.evaluate(WAITING):
            assert time.monotonic() < end, f"{page.url} still waits for {self._open} answers"
            page.wait_for_timeout(20)

    def close(self) -> None:
        """End the profile and all its tabs."""
        self.context.close()

    def _see_request(self, request: Any) -> None:
        self.requests.append(request.url)
        if not request.url.endswith(APART):
            self._open, self._moved = self._open + 1, time.monotonic()
        address = urlsplit(request.url)
        if address.scheme not in ("http", "https", "ws", "wss"):
            return
        if address.hostname not in HOME:
            self.fault(f"request to another host: {request.url}")

    def _see_end(self, request: Any) -> None:
        if not request.url.endswith(APART):
            self._open, self._moved = self._open - 1, time.monotonic()

    def _see_response(self, response: Any) -> None:
        if urlsplit(response.url).scheme not in ("http", "https"):
            return
        headers = response.headers
        for name, pattern in WANTED.items():
            if not re.search(pattern, headers.get(name, "")):
                self.fault(f"{response.url}: {name} is {headers.get(name)!r}")
        for name in REFUSED:
            if name in headers:
                self.fault(f"{response.url}: {name} is {headers[name]!r}")

    def _see_console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.fault(f"console {message.type}: {message.text}")

    def _see_dialog(self, dialog: Any) -> None:
        self.fault(f"dialog: {dialog.message}")
        dialog.dismiss()
