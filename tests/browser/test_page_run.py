"""One run: its config with origins and history, what came of it, what is broken in its record, edits in place."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from recorded_runs import SECRET
from serving import Served
from watching import Watch


def opened(watch: Watch, server: Served, id: str, part: str = "") -> Any:
    page = watch.page()
    page.goto(server.url(f"/run/{id}?t={part}" if part else f"/run/{id}"))
    page.get_by_role("heading", level=1, name=id).wait_for()
    watch.settle(page)
    return page


def value_of(page: Any, key: str) -> str:
    row = page.get_by_role("row").filter(has=page.get_by_role("gridcell", name=key)).first
    return row.get_by_role("gridcell").nth(1).inner_text()


def test_values_are_shown_as_what_they_are(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "odd-values")
    keys = ("nothing", "text", "nan", "inf", "big", "whole")
    assert {key: value_of(page, key) for key in keys} == {
        "nothing": "null",
        "text": '""',
        "nan": "nan",
        "inf": "inf",
        "big": str(2**70),
        "whole": "4.0",
    }
    assert SECRET not in page.content()


def test_history_of_a_param_opens_by_keys_and_is_in_the_address(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "with-history")
    row = page.get_by_role("row").filter(has_text="lr").last
    row.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("complementary", name="History of lr")
    drawer.get_by_role("listitem").first.wait_for()
    said = drawer.get_by_role("listitem").all_inner_texts()
    assert [text.split("\n")[0].split("→")[-1].strip() for text in said] == ["0.1", "0.05", "0.02", "0.01"]
    assert all("recorded_runs.py:" in text for text in said)
    assert parse_qs(urlsplit(page.url).query)["k"] == ["lr"]
    page.keyboard.press("Escape")
    drawer.wait_for(state="detached")


def test_run_that_went_wrong_says_so(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "failed-run")
    assert "loss is nan at step 3" in page.inner_text("main")
    assert "failed" in page.locator(".run-title").inner_text().replace("failed-run", "")
    watch.visit(page, "/run/crashed-run")
    assert "crashed" in page.locator(".run-title").inner_text().replace("crashed-run", "")
    watch.visit(page, "/run/damaged-run")
    assert page.get_by_role("link", name="Damage 2").is_visible()


def test_damage_is_told_place_by_place(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "damaged-run", "damage")
    assert "setpoint verify damaged-run" in page.get_by_role("main").inner_text()
    assert page.locator("main li").filter(has_text="checksum").count() == 1


def test_parts_of_a_run_are_shown(watch: Watch, usual: Served) -> None:
    page = watch.page()
    page.goto(usual.url("/run/sweep-03"))
    page.get_by_role("heading", level=1, name="calm-river-3").wait_for()
    wanted = {
        "results": "acc",
        "metrics": "loss",
        "environment": "python",
        "processes": "main",
        "again": "setpoint rerun sweep-03",
    }
    for part, said in wanted.items():
        watch.visit(page, f"/run/sweep-03?t={part}")
        assert said in page.inner_text("main"), part


def test_tags_and_notes_are_edited_in_place_and_recorded(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "failed-run")
    page.get_by_role("button", name="+ tag").click()
    page.get_by_role("textbox", name="New tag").fill("looked at")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove tag looked at").wait_for()
    page.get_by_role("button", name="+ notes").click()
    page.get_by_role("textbox", name="Notes").fill("lr was too high")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("lr was too high").wait_for()
    page.reload()
    page.get_by_text("lr was too high").wait_for()
    page.get_by_role("button", name="Remove tag looked at").click()
    page.get_by_role("button", name="Remove tag looked at").wait_for(state="detached")


def test_run_that_is_not_there_says_so(watch: Watch, usual: Served) -> None:
    watch.forgive("status of 404")
    page = watch.page()
    page.goto(usual.url("/run/no-such-run"))
    page.get_by_role("alert").wait_for()
    page.get_by_role("link", name="All runs").click()
    assert urlsplit(page.url).path == "/runs"
