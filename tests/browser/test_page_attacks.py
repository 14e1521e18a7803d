"""What other pages, other names of this machine and other people's texts can do to the page: nothing."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from evil_site import ATTEMPTS, evil_site
from payloads import payloads
from serving import Served
from watching import Watch

FOREIGN_ELEMENTS = "document.querySelectorAll('main :is(script, iframe, object, embed, style, link), base').length"


def asked(server: Served, path: str) -> Any:
    request = urllib.request.Request(server.origin + path, headers={"Authorization": f"Bearer {server.token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def parts_of_page(server: Served) -> dict[str, str]:
    with urllib.request.urlopen(server.origin + "/runs", timeout=10) as answer:
        shell = answer.read().decode()
    found = {
        "script": re.search(r'src="(/assets/[^"]+\.js)"', shell),
        "style": re.search(r'href="(/assets/[^"]+\.css)"', shell),
    }
    return {name: match[1] for name, match in found.items() if match}


def test_page_of_another_site_reads_nothing_and_changes_nothing(browser: Any, usual: Served) -> None:
    victim = {"origin": usual.origin, "token": usual.token, "edit": "/api/run/sweep-00/edit", **parts_of_page(usual)}
    before = asked(usual, "/api/run/sweep-00"), asked(usual, "/api/views")
    profile = browser.new_context()
    own = profile.new_page()
    own.goto(usual.url())
    with evil_site() as (origin, _):
        other = profile.new_page()
        other.goto(origin)
        got = other.evaluate(ATTEMPTS, victim)
    profile.close()
    assert {name: text for name, text in got.items() if text} == {}
    after = asked(usual, "/api/run/sweep-00"), asked(usual, "/api/views")
    assert after == before


def test_no_credential_reaches_a_server_on_another_port(browser: Any, usual: Served) -> None:
    profile = browser.new_context()
    page = profile.new_page()
    page.goto(usual.url())
    page.get_by_role("link", name="Runs").wait_for()
    with evil_site() as (origin, seen):
        page.goto(origin)
        page.go_back()
        page.get_by_role("link", name="Runs").wait_for()
    assert profile.cookies() == []
    profile.close()
    told = {name.lower() for headers in seen for name in headers}
    assert told.isdisjoint({"cookie", "authorization"})
    assert usual.token not in json.dumps(seen)
    assert usual.origin not in json.dumps(seen)


def test_name_that_an_attacker_points_at_this_machine_is_refused(browser: Any, usual: Served) -> None:
    page = browser.new_page()
    for path in ("/runs", "/assets/icon.svg", "/api/store", "/no-such-page"):
        answer = page.goto(f"http://evil.test:{usual.port}{path}")
        assert answer.status == 421, path
    page.close()


def test_page_without_the_token_says_what_to_do(watch: Watch, usual: Served) -> None:
    watch.forgive(r"status of 401")
    page = watch.page()
    page.goto(usual.origin + "/runs")
    told = page.get_by_role("alert").first
    told.wait_for()
    assert "setpoint ui" in told.inner_text()
    assert "calm-river" not in page.locator("body").inner_text()


def test_token_leaves_the_address_and_stays_in_its_tab(watch: Watch, usual: Served) -> None:
    watch.forgive(r"status of 401")
    first, second = watch.page(), watch.page()
    first.goto(usual.url())
    first.get_by_text("calm-river-3", exact=True).first.wait_for()
    assert usual.token not in first.url
    assert usual.token not in first.evaluate("JSON.stringify([document.cookie, localStorage, history.state])")
    second.goto(usual.origin + "/runs")
    second.get_by_role("alert").first.wait_for()
    assert [address for address in watch.requests if usual.token in address.partition("#")[0]] == []


def test_token_is_not_among_the_arguments_of_the_server(usual: Served) -> None:
    process = Path(f"/proc/{usual.process.pid}")
    if not process.exists():
        pytest.skip("no /proc on this system")
    assert usual.token.encode() not in (process / "cmdline").read_bytes() + (process / "environ").read_bytes()


def addresses(server: Served) -> list[str]:
    """Return addresses that together show every recorded text in every way the page has."""
    texts = payloads()
    ids = [run["id"] for run in asked_rows(server)]
    keys = [f"config[{json.dumps(text)}]" for text in texts]
    lists = [joined(keys[at : at + 70]) for at in (0, 70, 140)]
    found = ["/runs", *(f"/runs?{urlencode({'c': some})}" for some in lists)]
    found += [f"/runs?{urlencode({'g': key})}" for key in ("run.project", "run.group", "values[0]", keys[0])]
    found += [f"/runs?{urlencode({'h': keys[0], 'c': keys[0]})}", f"/runs?{urlencode({'p': texts[0]})}"]
    found += [f"/runs?{urlencode({'f': text})}" for text in texts[::12]]
    found += [f"/compare?{urlencode({'r': ','.join(ids)})}", f"/compare?{urlencode({'r': ','.join(ids[:2])})}"]
    found += [f"/explore?{urlencode({'ax': joined(f':{key}' for key in keys[at : at + 12])})}" for at in (0, 100, 180)]
    found += [
        f"/explore?{urlencode({'v': panel, 'm': f'summary[{json.dumps(texts[0])}]'})}"
        for panel in ("scatter", "spread")
    ]
    found += [f"/run/{id}" for id in ids]
    parts = ("results", "metrics", "environment", "processes", "damage", "again")
    found += [f"/run/{ids[0]}?t={part}" for part in parts]
    return found + [f"/run/{ids[-1]}?{urlencode({'k': key})}" for key in (*keys[-3:], "values[0]")]


def joined(texts: Iterable[str]) -> str:
    """Return texts as one part of an address, see web/src/address.ts."""
    return ",".join(text.replace("\\", "\\\\").replace(",", "\\,") for text in texts)


def asked_rows(server: Served) -> Any:
    body = {"where": "", "sort": [], "columns": [], "offset": 0, "limit": 100}
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(server.origin + "/api/table", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["rows"]


def test_deeds_of_an_attack_would_be_noticed(watch: Watch, usual: Served) -> None:
    deeds = {
        "new Image().src = 'http://evil.test/hit'": "policy report: img-src",
        "navigator.sendBeacon('http://evil.test/hit')": "policy report: connect-src",
        "setTimeout(() => document.body.setAttribute('onclick', 'x'))": "TrustedScript",
        "setTimeout(() => document.body.innerHTML = '<b>x</b>')": "TrustedHTML",
        "setTimeout(() => alert(1))": "dialog: 1",
        "setTimeout(() => { throw new Error('oops'); })": "uncaught: oops",
    }
    page = watch.page()
    page.goto(usual.url())
    for deed in deeds:
        page.evaluate(f"() => {{ {deed}; }}")
    page.wait_for_timeout(300)
    faults = " | ".join(watch.faults)
    watch.faults.clear()
    assert [deed for deed, sign in deeds.items() if sign not in faults] == []


@pytest.fixture
def hostile(watch: Watch, served: Callable[[str], Served]) -> Iterator[tuple[Any, Served]]:
    """Open the page on runs whose every text is an attack; none may have had an effect at the end."""
    server = served("hostile")
    watch.forgive("status of 40[04]")  # an attack is neither a filter nor a column
    page = watch.page()
    page.goto(server.url())
    watch.settle(page)
    yield page, server
    assert page.evaluate(FOREIGN_ELEMENTS) == 0


@pytest.mark.slow
def test_recorded_texts_never_run_or_fetch_in_any_view(watch: Watch, hostile: tuple[Any, Served]) -> None:
    page, server = hostile
    for address in addresses(server):
        watch.visit(page, address)
        assert watch.faults == [], address
        assert page.evaluate(FOREIGN_ELEMENTS) == 0, address


def test_recorded_texts_never_run_or_fetch_in_what_opens(watch: Watch, hostile: tuple[Any, Served]) -> None:
    page, _ = hostile
    assert payloads()[0] in page.inner_text("main")  # as a text, not as what it says
    for menu in ("Columns", "Group", "Colour", "Copy as", "Views", "Keys"):
        page.get_by_role("button", name=menu, exact=True).click()
        watch.settle(page)
        page.keyboard.press("Escape")
    page.get_by_role("option").or_(page.get_by_role("combobox", name="Project")).first.focus()
    box = page.get_by_role("combobox", name="Filter")
    for typed in ("config", 'config["', "run.project == ", "run.name == ", '"x" in tags and "'):
        box.fill("")
        box.press_sequentially(typed)
        watch.settle(page)
    page.keyboard.press("Escape")
    page.get_by_role("checkbox", name="Select all runs that are listed").click()
    page.get_by_role("region", name="Selected runs").get_by_role("button", name="Compare").click()
    watch.settle(page)
    for at in range(6):
        page.mouse.move(300 + 120 * at, 200 + 60 * at)
    watch.settle(page)
