"""Runs: found, sorted, grouped, chosen and edited, by pointer and by keys, with all of it in the address."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from recorded_runs import MANY, OPTIMIZERS, RATES, SWEEP
from serving import Served
from watching import Watch

ALL = SWEEP + 5
HALF = "status of 400"  # a filter that is still being typed is asked about too


def opened(watch: Watch, server: Served, path: str = "/runs") -> Any:
    page = watch.page()
    page.goto(server.url(path))
    watch.settle(page)
    return page


def told(page: Any) -> str:
    return page.locator(".rt-count").inner_text()


def names(page: Any) -> list[str]:
    return page.get_by_role("grid", name="Runs").get_by_role("link").all_inner_texts()


def state(page: Any, part: str) -> str:
    return parse_qs(urlsplit(page.url).query).get(part, [""])[0]


def head(page: Any, name: str) -> Any:
    return page.locator(f'[role=columnheader][data-name="{name}"]')


def column(page: Any, name: str) -> list[str]:
    """Return what the rows in the page show in a column, from the top."""
    at = head(page, name).get_attribute("aria-colindex")
    return page.locator(f'[role=gridcell][aria-colindex="{at}"]').all_inner_texts()


def filtered(watch: Watch, page: Any, text: str) -> None:
    box = page.get_by_role("combobox", name="Filter")
    box.fill(text)
    box.press("Escape")  # the completion, if it came
    box.fill(text)
    watch.settle(page)
    box.press("Enter")
    watch.settle(page)


def test_filter_narrows_and_is_in_the_address(watch: Watch, usual: Served) -> None:
    watch.forgive(HALF)
    page = opened(watch, usual)
    assert told(page) == f"{ALL} runs"
    filtered(watch, page, 'optim.name == "adam" and optim.lr < 0.02')
    wanted = sum(OPTIMIZERS[at % 3] == "adam" and RATES[at % 4] < 0.02 for at in range(SWEEP))
    assert told(page) == f"{wanted} runs"
    assert state(page, "f") == 'optim.name == "adam" and optim.lr < 0.02'
    page.go_back()
    watch.settle(page)
    assert told(page) == f"{ALL} runs"
    page.go_forward()
    watch.settle(page)
    assert told(page) == f"{wanted} runs"


def test_filter_completes_keys_and_values(watch: Watch, usual: Served) -> None:
    watch.forgive(HALF)
    page = opened(watch, usual)
    box = page.get_by_role("combobox", name="Filter")
    box.press_sequentially("optim.na")
    page.get_by_role("option", name="optim.name").wait_for()
    box.press("Tab")
    assert box.input_value().startswith("optim.name")
    box.press_sequentially(" == ")
    page.get_by_role("option", name="lion").wait_for()


def test_error_of_a_filter_is_said_and_mended_by_a_press(watch: Watch, usual: Served) -> None:
    watch.forgive(HALF)
    page = opened(watch, usual)
    filtered(watch, page, "optim.lr < 0.01 and optim.nam == 'adam'")
    alert = page.get_by_role("alert")
    if alert.count() == 0:  # a key that no run has is no error, but it says so
        page.get_by_role("button", name="Drop clause optim.nam == 'adam'").click()
    else:
        alert.get_by_role("button").first.click()
    watch.settle(page)
    assert told(page) not in ("0 runs", f"{ALL} runs")


def test_no_match_names_the_clause_that_keeps_all_out(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/runs?f=optim.lr+>+5+and+seed+>=+0")
    page.get_by_role("button", name="Drop clause optim.lr > 5").click()
    watch.settle(page)
    assert state(page, "f") == "seed >= 0"
    assert told(page) == f"{SWEEP} runs"


def test_sort_knows_numbers_and_keeps_runs_without_a_value_last(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/runs?p=digits")
    head(page, "seed").click()
    watch.settle(page)
    assert head(page, "seed").get_attribute("aria-sort") == "ascending"
    shown = column(page, "seed")
    assert shown[:12] == [str(at) for at in range(12)]
    head(page, "seed").click()
    watch.settle(page)
    assert head(page, "seed").get_attribute("aria-sort") == "descending"
    assert column(page, "seed")[0] == str(SWEEP - 1)
    assert state(page, "s") == "-seed"


def test_groups_tell_counts_and_means_and_open(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    page.get_by_role("button", name="Group").click()
    page.get_by_role("option", name="optim.name").click()
    watch.settle(page)
    assert "optim.name" in state(page, "g")
    text = page.get_by_role("main").inner_text()
    assert all(name in text for name in OPTIMIZERS)
    seeds = [at for at in range(SWEEP) if at % 3 == 0]
    mean = sum(0.9 + at / 1000 for at in seeds) / len(seeds)
    assert f"{mean:.4g}" in text


def test_values_beside_the_table_narrow_it(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    values = page.get_by_role("complementary", name="Values")
    values.get_by_role("button", name="lion 8").click()
    watch.settle(page)
    assert state(page, "f") == 'optim.name == "lion"'
    assert told(page) == "8 runs"


def test_values_of_a_chosen_key_stay_to_be_added_and_taken_out(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    values = page.get_by_role("complementary", name="Values")
    values.get_by_role("button", name="lion 8").click()
    watch.settle(page)
    assert values.get_by_role("button", name="lion 8").get_attribute("aria-pressed") == "true"
    values.get_by_role("button", name="sgd 8").click()
    watch.settle(page)
    assert state(page, "f") == 'optim.name in ("lion", "sgd")'
    assert told(page) == "16 runs"
    values.get_by_role("button", name="lion 8").click()
    watch.settle(page)
    assert state(page, "f") == 'optim.name == "sgd"'
    values.locator("details", has=page.get_by_title("optim.name", exact=True)).get_by_role(
        "button", name="not set"
    ).click()
    watch.settle(page)
    assert state(page, "f") == '(optim.name == "sgd" or missing(optim.name))'
    assert told(page) == "13 runs"
    values.get_by_role("button", name="Take optim.name out of the filter").click()
    watch.settle(page)
    assert told(page) == f"{ALL} runs"


def test_selecting_moves_no_row(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    for width in (1440, 800):
        page.set_viewport_size({"width": width, "height": 800})
        page.reload()
        watch.settle(page)
        box = page.get_by_role("checkbox", name="Select calm-river-20", exact=True)
        before = box.bounding_box()
        box.click()
        page.get_by_role("region", name="Selected runs").wait_for()
        assert box.bounding_box() == before
        page.keyboard.press("Escape")


def test_groups_are_sorted_by_the_server_and_saved_as_shown(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/runs?p=digits&g=seed")
    groups = page.get_by_role("region", name="Groups of runs")
    with page.expect_request("**/api/groups") as asked:
        groups.get_by_role("button", name="acc", exact=False).first.click()
    assert asked.value.post_data_json["sort"] == f"-{state(page, 'gs').removeprefix('-')}"
    watch.settle(page)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="CSV").click()
    lines = coming.value.path().read_text(encoding="utf-8").splitlines()
    assert coming.value.suggested_filename == "groups.csv"
    assert lines[0].startswith("seed,runs,")
    assert len(lines) == SWEEP + 1


def test_metrics_of_groups_are_chosen(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/runs?p=digits&g=optim.name&gm=summary.loss")
    groups = page.get_by_role("region", name="Groups of runs")
    assert groups.get_by_role("button", name="acc").count() == 0
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("option", name="acc", exact=False).last.click()
    watch.settle(page)
    assert state(page, "gm").startswith("summary.loss,summary.")
    assert groups.get_by_role("button", name="acc").count() == 1


def test_only_differing_leaves_out_what_is_the_same(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/runs?p=digits&c=epochs,seed")
    assert head(page, "epochs").count() == 1
    page.get_by_role("button", name="Only differing").click()
    watch.settle(page)
    assert head(page, "epochs").count() == 0
    assert head(page, "seed").count() == 1


def test_runs_are_found_chosen_and_compared_by_keys_alone(watch: Watch, usual: Served) -> None:
    watch.forgive(HALF)
    page = opened(watch, usual)
    page.keyboard.press("/")
    page.keyboard.type("seed < 3")
    watch.settle(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    watch.settle(page)
    assert told(page) == "3 runs"
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.get_by_role("region", name="Selected runs").get_by_text("2 selected").wait_for()
    page.keyboard.press("c")
    page.get_by_role("grid", name="Comparison of runs").wait_for()
    assert urlsplit(page.url).path == "/compare"
    assert len(state(page, "r").split(",")) == 2


def test_run_opens_by_enter_and_back_returns(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/runs?f=seed+==+3")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="calm-river-3").wait_for()
    page.go_back()
    watch.settle(page)
    assert names(page) == ["calm-river-3"]


FOCUS = (
    "(document.activeElement.closest('[data-row]')?.dataset.row ?? '') + document.activeElement.getAttribute('role')"
)


@pytest.mark.parametrize("key", ["Enter", "c"])
def test_back_leads_to_the_row_and_the_place_that_one_came_from(watch: Watch, usual: Served, key: str) -> None:
    page = opened(watch, usual)
    page.set_viewport_size({"width": 1200, "height": 500})
    for _ in range(18):
        page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")
    grid = page.get_by_role("grid", name="Runs")
    place = grid.evaluate("grid => grid.scrollTop")
    assert place > 0
    page.keyboard.press(key)
    page.wait_for_url(lambda url: urlsplit(url).path != "/runs")
    watch.settle(page)
    page.go_back()
    watch.settle(page)
    assert page.evaluate(FOCUS) == "17gridcell"
    assert grid.evaluate("grid => grid.scrollTop") == place


def test_tag_is_typed_at_once_and_the_cell_has_the_focus_again(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/runs?f=run.id+==+%22damaged-run%22&c=tags,run.notes")
    cell = page.get_by_role("gridcell").filter(has=page.get_by_role("button", name="Edit tags of")).first
    cell.hover()
    cell.get_by_role("button").click()
    page.keyboard.type("ears")  # e and g would lead elsewhere
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for(state="detached")
    watch.settle(page)
    assert urlsplit(page.url).path == "/runs"
    assert "ears" in cell.inner_text()
    assert page.evaluate(FOCUS) == "0gridcell"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.type("edged")
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog").wait_for(state="detached")
    assert page.evaluate(FOCUS) == "0gridcell"
    page.get_by_role("gridcell", name="edged").wait_for()


def test_tab_leaves_the_filter_and_escape_keeps_what_was_typed(watch: Watch, usual: Served) -> None:
    watch.forgive(HALF)
    page = opened(watch, usual)
    box = page.get_by_role("combobox", name="Filter")
    box.press_sequentially("optim.na")
    page.get_by_role("option", name="optim.name").wait_for()
    box.press("Tab")
    page.get_by_role("option", name="==").wait_for()
    page.keyboard.press("Tab")
    assert box.input_value() == "optim.name "
    assert not box.evaluate("box => box === document.activeElement")
    box.press("End")
    box.press_sequentially("== ")
    page.get_by_role("option", name="lion").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert box.input_value() == "optim.name == "
    page.get_by_role("button", name="Undo").click()
    assert box.input_value() == ""


@pytest.mark.parametrize("name", ["Columns", "Group", "Colour", "Views"])
def test_what_opens_has_the_focus_in_its_field(watch: Watch, usual: Served, name: str) -> None:
    page = opened(watch, usual)
    page.get_by_role("button", name=name, exact=True).click()
    watch.settle(page)
    assert page.evaluate("document.activeElement.closest('.menu-box') && document.activeElement.localName") == "input"


def test_mistyped_address_says_that_nothing_is_there(watch: Watch, usual: Served) -> None:
    watch.forgive("status of 404")
    page = watch.page()
    page.goto(usual.url("/nowhere"))
    page.get_by_text("There is no such screen").wait_for()
    page.get_by_role("link", name="Go to the runs").click()
    watch.settle(page)
    assert told(page) == f"{ALL} runs"


def test_keys_are_told_on_demand(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    dialog.wait_for()
    assert "Compare what is selected" in dialog.inner_text()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")


def test_tag_is_added_to_all_that_are_selected(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/runs?f=run.status+==+%22crashed%22&c=tags")
    page.get_by_role("checkbox", name="Select crashed-run").click()
    page.get_by_role("button", name="Tag", exact=True).click()
    page.get_by_role("textbox", name="Tag to add").fill("to look at")
    page.keyboard.press("Enter")
    page.get_by_text("Tagged 1 run").wait_for()
    watch.settle(page)
    assert "to look at" in " ".join(column(page, "tags"))


def test_shown_runs_are_saved_as_a_file(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/runs?f=seed+<+2")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="JSON lines").click()
    rows = [json.loads(line) for line in coming.value.path().read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 2


def test_view_is_kept_under_a_name(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/runs?f=seed+<+2")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("textbox", name="Name of this view").fill("the first two")
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.keyboard.press("Enter")
    other = opened(watch, usual, "/explore")
    other.get_by_role("button", name="Views").click()
    other.get_by_role("link", name="the first two").click()
    watch.settle(other)
    assert told(other) == "2 runs"
    other.get_by_role("button", name="Delete the view the first two").click()


def test_address_brings_everything_back(watch: Watch, usual: Served) -> None:
    page = opened(watch, usual, "/runs?p=digits&f=seed+<+9&s=-optim.lr,seed&c=optim.lr,seed")
    assert told(page) == "9 runs"
    assert column(page, "optim.lr")[0] == "0.03"
    assert column(page, "seed")[:2] == ["3", "7"]
    shown = page.locator("[role=columnheader][data-name]").evaluate_all("heads => heads.map(head => head.dataset.name)")
    assert shown[:2] == ["optim.lr", "seed"]


@pytest.mark.slow
def test_hundred_thousand_runs_scroll_to_the_last_and_sort(watch: Watch, served: Callable[[str], Served]) -> None:
    page = opened(watch, served("many"))
    assert told(page) == f"{MANY:,} runs"
    grid = page.get_by_role("grid", name="Runs")
    assert grid.get_by_role("row").count() < 100
    grid.get_by_role("gridcell").first.press("Control+End")
    watch.settle(page)
    grid.get_by_role("link", name="calm-river-0", exact=True).wait_for()
    head(page, "seed").click()
    watch.settle(page)
    grid.get_by_role("link", name="calm-river-0", exact=True).wait_for()
    assert column(page, "seed")[0] == "0"
