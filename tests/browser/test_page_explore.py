"""Explore: what is brushed is what is counted, listed and filtered, by pointer and by keys."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from recorded_runs import MANY, RATES, SWEEP
from serving import Served
from watching import Watch


def opened(watch: Watch, server: Served, path: str = "/explore") -> Any:
    page = watch.page()
    page.goto(server.url(path))
    page.get_by_role("button", name="Axis optim lr").wait_for()
    watch.settle(page)
    return page


def brush(page: Any, axis: str, start: float, end: float) -> None:
    """Drag along an axis, from one share of its height to another (0 is its top)."""
    box = page.locator(f'.brush-strip[data-axis="{axis}"]').bounding_box()
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + 8 + start * (box["height"] - 40))
    page.mouse.down()
    page.mouse.move(x, box["y"] + 8 + (start + end) / 2 * (box["height"] - 40), steps=3)
    page.mouse.move(x, box["y"] + 8 + end * (box["height"] - 40), steps=3)
    page.mouse.up()


def counted(page: Any) -> int:
    """Return the number of runs that the text gives."""
    text = page.locator("[aria-live=polite]", has_text="run").first.inner_text()
    return int(text.split()[0].replace(",", ""))


def listed(page: Any) -> int:
    """Return the number of runs that the table says it has, its head aside."""
    return int(page.get_by_role("grid", name="Marked runs").get_attribute("aria-rowcount")) - 1


def names(page: Any) -> set[str]:
    """Return the names of the runs that the table shows."""
    return set(page.get_by_role("grid", name="Marked runs").get_by_role("link").all_inner_texts())


def filter_in(page: Any) -> str:
    return parse_qs(urlsplit(page.url).query).get("f", [""])[0]


def test_brush_gives_one_number_in_text_table_and_recount(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    brush(page, "optim.lr", 0.25, 0.98)
    page.get_by_role("list", name="Brushes").get_by_role("listitem").wait_for()
    marked = counted(page)
    assert 0 < marked < SWEEP
    assert listed(page) == marked
    page.get_by_role("button", name="Make filter").click()
    watch.settle(page)
    told = filter_in(page).replace("optim.lr", "lr")
    assert marked == sum(eval(told, {"lr": RATES[at % 4]}) for at in range(SWEEP)), told
    assert counted(page) == marked


def test_brush_is_set_and_cleared_by_keys_alone(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    page.get_by_role("button", name="Axis optim lr").press("Enter")
    menu = page.get_by_role("dialog", name="Axis optim.lr")
    menu.get_by_label("From").fill("0.002")
    menu.get_by_label("From").press("Tab")
    menu.get_by_label("To").fill("0.02")
    menu.get_by_label("To").press("Tab")
    watch.settle(page)
    assert counted(page) == listed(page) == SWEEP // 2
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear optim.lr").press("Enter")
    watch.settle(page)
    assert counted(page) == SWEEP + 5


def test_brush_is_in_the_address_and_back_takes_it_away(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    brush(page, "optim.lr", 0.25, 0.98)
    page.get_by_role("list", name="Brushes").get_by_role("listitem").wait_for()
    marked, address = counted(page), page.url
    again = watch.page()
    again.goto(f"{address}#token={usual.token}")
    again.get_by_role("list", name="Brushes").get_by_role("listitem").wait_for()
    assert counted(again) == marked
    page.go_back()
    page.get_by_role("list", name="Brushes").get_by_role("listitem").wait_for(state="detached")
    assert counted(page) == SWEEP + 5


def test_runs_without_a_value_stand_on_a_line_of_their_own(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    page.get_by_role("button", name="Axis optim lr").press("Enter")
    page.get_by_role("dialog", name="Axis optim.lr").get_by_role("checkbox", name="not set").check()
    watch.settle(page)
    assert counted(page) == listed(page) == 5


def test_panels_show_something_and_are_in_the_address(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    for panel in ("Importance", "Scatter", "Distribution"):
        page.get_by_role("tab", name=panel).click()
        watch.settle(page)
        assert page.get_by_role("tabpanel").inner_text().strip() != ""
    page.reload()
    page.get_by_role("tab", name="Distribution", selected=True).wait_for()


def test_lasso_marks_the_same_runs_when_a_filter_changes_the_axes(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/explore?v=scatter&x=:optim.lr&y=:seed")
    page.get_by_role("button", name="Lasso").click()
    box = page.locator(".dots-area").bounding_box()
    corners = [(0.06, 0.02), (0.8, 0.02), (0.8, 0.6), (0.06, 0.6), (0.06, 0.02)]
    for at, (across, down) in enumerate(corners):
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=3)
        if at == 0:
            page.mouse.down()
    page.mouse.up()
    page.get_by_role("button", name="Clear Drawn in the scatter").wait_for()
    marked = names(page)
    assert 0 < len(marked) < SWEEP
    page.goto(page.url + "&f=optim.lr+>+0.002")
    page.get_by_role("button", name="Clear Drawn in the scatter").wait_for()
    watch.settle(page)
    left = names(page)
    assert left == {name for name in marked if RATES[int(name.rpartition("-")[2]) % 4] > 0.002}
    assert 0 < len(left) < len(marked)


def test_axes_are_as_many_as_fit_a_window_that_got_narrow(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    page.set_viewport_size({"width": 480, "height": 900})
    page.wait_for_function("document.querySelectorAll('.axis-head').length <= 4")
    assert page.evaluate("document.querySelector('.lines').scrollWidth <= innerWidth")


@pytest.mark.slow
def test_brush_over_fifty_thousand_runs_counts_right(watch: Watch, served: Callable[[str], Served]) -> None:
    page = opened(watch, served("many"))
    brush(page, "optim.lr", 0.3, 0.7)
    page.get_by_role("list", name="Brushes").get_by_role("listitem").wait_for()
    marked = counted(page)
    assert 0 < marked < 50_000 <= MANY
    assert listed(page) == marked
