"""Real runs of many shapes, and a client of their page that has the token."""

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from starlette.testclient import TestClient

import setpoint
from setpoint._web.app import make_app
from setpoint._web.guard import Access
from setpoint._web.page import Page

TOKEN = "t" * 43
HOST = "127.0.0.1:7007"
RUNS = 30


def record(store: Path, at: int, rng: random.Random) -> None:
    """Record one run; some keys are missing, null, of other types or nested in others."""
    config: dict[str, Any] = {
        "lr": rng.choice([0.1, 0.01, 0.001, 1]),
        "optim": {"name": rng.choice(["adam", "sgd"]), "betas": [0.9, rng.choice([0.95, 0.999])]},
        "seed": at,
        "amp": at % 2 == 0,
        "a/b": {"c d": at % 3},
    }
    if at % 4:
        config["ema"] = None if at % 3 else 0.5
    if at % 5 == 0:
        config |= {"mixed": rng.choice(["1", 1, 1.5, True]), "long": "x" * 300 + str(at), "big": 2**60 + at}
    if at == 7:
        config |= {"nan": float("nan"), "day": date(2026, 11, 24), "empty": {}, "path": Path("/data")}
    with setpoint.init(
        project="p" if at % 2 else None, config=config, dir=store, tags=["base"] if at % 6 == 0 else []
    ) as run:
        for step in range(at % 4):
            run.log({"loss": 1 / (1 + step) + at, "val.acc": step / 10})
        run.summary["acc"] = rng.random()
        if at == 3:
            setpoint.config.update({"lr": 0.5}, allow_val_change=True)
            run.summary["best"] = float("inf")


class Client:
    """Asks the page's calls and gives what they answer."""

    def __init__(self, http: TestClient, page: Page) -> None:
        self.http, self.page = http, page

    def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Return the answer to a call with the token."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return self.http.request(method, path, headers=headers, **({} if body is None else {"json": body}))

    def get(self, path: str) -> Any:
        """Return what a call answers that must succeed."""
        return self._said(self.ask("GET", path))

    def post(self, path: str, **body: Any) -> Any:
        """Return what a call answers that must succeed."""
        return self._said(self.ask("POST", path, body))

    def refused(self, path: str, **body: Any) -> tuple[int, Any]:
        """Return status and error of a call that must fail."""
        answer = self.ask("POST", path, body)
        assert answer.status_code >= 400
        return answer.status_code, answer.json()["error"]

    @staticmethod
    def _said(answer: httpx.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()


def client_of(store: Path) -> Iterator[Client]:
    """Give a client of a store's page."""
    page = Page(store)
    page.start()
    app = make_app(page, Access(TOKEN, frozenset({HOST, "localhost:7007", "[::1]:7007"})))
    http = TestClient(app, base_url=f"http://{HOST}", raise_server_exceptions=False)
    yield Client(http, page)
    page.close()
