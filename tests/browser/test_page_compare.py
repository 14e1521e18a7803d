"""Compare: only what differs, each value with who set it, in the order and of the runs that the address names."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from serving import Served
from watching import Watch

THREE = "/compare?r=sweep-00,sweep-01,sweep-02"


def opened(watch: Watch, server: Served, path: str = THREE) -> Any:
    page = watch.page()
    page.goto(server.url(path))
    page.get_by_role("grid", name="Comparison").wait_for()
    watch.settle(page)
    return page


def cells(page: Any, key: str) -> list[str]:
    """Return a row's cells as they are read."""
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=key, exact=True))
    return [cell.inner_text() for cell in row.get_by_role("gridcell").all()]


def test_only_differences_are_shown_at_first_and_the_rest_on_demand(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    assert [text.split()[0] for text in cells(page, "lr")] == ["0.001", "0.003", "0.01"]
    assert cells(page, "epochs") == []
    page.get_by_role("button", name="Only differences").click()
    watch.settle(page)
    assert [text.split()[0] for text in cells(page, "epochs")] == ["5", "5", "5"]
    page.go_back()
    watch.settle(page)
    assert cells(page, "epochs") == []


def test_each_value_says_who_set_it(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    assert all("recorded_runs.py:" in text for text in cells(page, "lr"))


def test_value_that_is_not_set_is_told_from_null(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/compare?r=odd-values,sweep-00")
    assert [text.split()[0] for text in cells(page, "nothing")] == ["null", "—"]
    assert cells(page, "nan")[0].split()[0] == "nan"
    assert cells(page, "big")[0].split()[0] == str(2**70)


def test_run_is_taken_out_and_comes_back_with_the_address(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    page.get_by_role("button", name="Remove calm-river-1").click()
    watch.settle(page)
    assert parse_qs(urlsplit(page.url).query)["r"] == ["sweep-00,sweep-02"]
    assert len(cells(page, "lr")) == 2
    page.go_back()
    watch.settle(page)
    assert len(cells(page, "lr")) == 3


def test_secret_is_not_on_the_page(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/compare?r=odd-values,sweep-00")
    assert "hf_" not in page.locator("body").inner_text()
    assert "redacted" in cells(page, "api_key")[0]


def test_curves_have_their_numbers_beside_them(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    curves = page.get_by_role("figure", name="loss", exact=True)
    curves.scroll_into_view_if_needed()
    watch.settle(page)
    curves.get_by_text("Numbers").click()
    table = curves.get_by_role("table")
    assert "0.025" in table.inner_text()


@pytest.mark.parametrize("count", [24])
def test_many_runs_are_compared_at_once(watch: Watch, usual: Served, count: int) -> None:
    page = opened(watch, usual, "/compare?r=" + ",".join(f"sweep-{at:02d}" for at in range(count)))
    assert page.get_by_role("grid", name="Comparison").get_attribute("aria-colcount") == str(count + 1)


def test_run_that_is_not_there_leaves_the_others_compared(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/compare?r=sweep-00,nope,sweep-01")
    assert [text.split()[0] for text in cells(page, "lr")] == ["0.001", "0.003"]
    told = page.get_by_role("alert")
    assert "nope was not found" in told.inner_text()
    told.get_by_role("button").click()
    watch.settle(page)
    assert parse_qs(urlsplit(page.url).query)["r"] == ["sweep-00,sweep-01"]
    assert told.count() == 0


def test_zoom_leaves_no_rectangle_on_any_chart(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    page.get_by_role("button", name="Metrics ↓").click()
    watch.settle(page)
    box = page.locator("canvas").first.bounding_box()
    page.mouse.move(box["x"] + 120, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 80, steps=4)
    page.mouse.up()
    page.get_by_text("show all").wait_for(state="attached")
    widths = page.evaluate("[...document.querySelectorAll('.u-select')].map(({ offsetWidth }) => offsetWidth)")
    assert len(widths) > 1
    assert set(widths) == {0}
