"""Every screen, in light and dark: sound for those who do not see it, and laid out as a table is."""

from typing import Any

import pytest
from serving import ROOT, Served
from watching import Watch

PARTS = ("results", "metrics", "environment", "processes", "damage", "again")
OPENED = {
    "/runs": ("Columns", "Group", "Colour", "Export", "Views", "Copy as", "Keys"),
    "/compare?r=sweep-00,sweep-01": ("Ignore", "Copy", "Add runs…"),
    "/explore": ('Metric: summary."val.acc"', "Axis optim lr"),
    "/run/with-history": ("+ tag", "+ notes"),
}
SCREENS = {
    "runs": "/runs",
    "compare": "/compare?r=sweep-00,sweep-01,odd-values",
    "explore": "/explore",
    "run": "/run/with-history",
    "no such run": "/run/no-such-run",
    "no match": "/runs?f=optim.lr+>+1000",
    "broken filter": "/runs?f=optim.lr+>",
    "groups": "/runs?g=optim.name",
    "only differing": "/runs?d=1",
    "everything compared": "/compare?r=sweep-00,sweep-01,odd-values&d=0",
    "nothing compared": "/compare",
    "scatter": "/explore?v=scatter",
    "distribution": "/explore?v=spread",
    "history of a param": "/run/with-history?k=lr",
    **{f"part {name}": f"/run/damaged-run?t={name}" for name in PARTS},
}
VIOLATIONS = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary.split("\\n")[1]}`));
}"""
# Cells that overlap another of their row, or have no width: the table piles up.
PILED = """() => {
  const found = [];
  for (const row of document.querySelectorAll("[role=row], tr")) {
    const kinds = "[role=gridcell], [role=columnheader], [role=rowheader], td, th";
    const cells = [...row.children].filter((cell) => cell.matches(kinds));
    const boxes = cells.map((cell) => cell.getBoundingClientRect()).filter((box) => box.height > 0);
    boxes.sort((one, other) => one.left - other.left);
    boxes.forEach((box, at) => {
      const next = boxes[at + 1];
      const overlaps = next && next.left < box.right - 1.5 && next.top < box.bottom - 1;
      if (box.width < 8 || overlaps) found.push(row.innerText.slice(0, 80));
    });
  }
  return found;
}"""
# Rows that lie on each other.
STACKED = """() => {
  const rows = [...document.querySelectorAll("[role=grid] [role=row]")].map((row) => row.getBoundingClientRect());
  const shown = rows.filter((box) => box.height > 0).sort((one, other) => one.top - other.top);
  return shown.filter((box, at) => at > 1 && box.top < shown[at - 1].bottom - 1.5).length;
}"""


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(scope="session")
def axe() -> str:
    """Give the source of axe, from the page's own packages; the content policy lets no page load it otherwise."""
    path = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
    return path.read_text(encoding="utf-8")


def test_no_screen_has_a_flaw_that_axe_finds(watch: Watch, usual: Served, axe: str, scheme: str) -> None:
    watch.forgive(r"status of 40[04]")
    page = watch.page()
    page.emulate_media(color_scheme=scheme)
    page.goto(usual.url())
    page.evaluate(axe)
    found = {}
    for name, address in SCREENS.items():
        watch.visit(page, address)
        if flaws := page.evaluate(VIOLATIONS):
            found[name] = flaws
    assert found == {}


def test_nothing_that_opens_has_a_flaw_that_axe_finds(watch: Watch, usual: Served, axe: str, scheme: str) -> None:
    page = watch.page()
    page.emulate_media(color_scheme=scheme)
    page.goto(usual.url())
    page.evaluate(axe)
    found = {}
    for address, names in OPENED.items():
        watch.visit(page, address)
        for name in names:
            page.get_by_role("button", name=name, exact=True).first.click()
            watch.settle(page)
            if flaws := page.evaluate(VIOLATIONS):
                found[address, name] = flaws
            page.keyboard.press("Escape")
    assert found == {}


@pytest.mark.parametrize("width", [1440, 800])
def test_cells_of_a_row_stand_side_by_side(watch: Watch, usual: Served, width: int) -> None:
    page = watch.page()
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(usual.url())
    found = {}
    for name in ("runs", "compare", "explore", "run"):
        watch.visit(page, SCREENS[name])
        found[name] = page.evaluate(PILED), page.evaluate(STACKED)
    assert found == dict.fromkeys(found, ([], 0))


def test_no_screen_is_wider_than_a_narrow_window(watch: Watch, usual: Served) -> None:
    page = watch.page()
    page.set_viewport_size({"width": 800, "height": 900})
    page.goto(usual.url())
    wide = {}
    for name in ("runs", "compare", "explore", "run"):
        watch.visit(page, SCREENS[name])
        wide[name] = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == dict.fromkeys(wide, 0)
