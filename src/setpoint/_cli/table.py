"""Columns of text that fit the screen: which are left out, which are shortened, how they line up."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from .output import Screen
from .text import pad, shorten, width_of

GAP = 2
_WIDE = 32
_NARROW = 6


class Column(Struct):
    """A column: its title and cells, safe and in full. A column without rank is never left out.

    The higher its rank, the sooner it is left out where the table is too wide. ``styles`` has one for each cell, or one
    for all. A title of None lets the title to the left run on above this column; that one is free of its own width.
    """

    title: str | None
    cells: list[str]
    is_right: bool = False
    rank: int = 0
    styles: Sequence[str] = ("",)
    title_style: str = "dim"
    has_free_title: bool = False

    def style(self, row: int) -> str:
        """Return the style of a cell."""
        return self.styles[row] if len(self.styles) > 1 else self.styles[0]

    @property
    def natural(self) -> int:
        """How many columns of a terminal it takes at most."""
        titles = [] if self.has_free_title else [self.title or ""]
        return max(map(width_of, [*titles, *self.cells]), default=0)


def fitted(columns: Sequence[Column], width: int) -> tuple[list[Column], list[int]]:
    """Return the columns that are shown in *width* terminal columns, and how wide each is."""
    kept = list(columns)
    while True:
        widths = [column.natural for column in kept]
        if _total(widths) <= width:
            return kept, widths
        capped = [min(natural, _WIDE) for natural in widths]
        if _total(capped) <= width:
            return kept, _given_back(widths, capped, width)
        droppable = [column for column in kept if column.rank]
        if not droppable:
            return kept, _narrowed(capped, width)
        kept.remove(max(droppable, key=lambda column: column.rank))


def hidden_count(columns: Sequence[Column], screen: Screen) -> int:
    """Return how many of the columns the screen has no room for."""
    return len(columns) - len(fitted(columns, screen.width)[0]) if screen.is_terminal else 0


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * max(len(widths) - 1, 0)


def _given_back(natural: Sequence[int], capped: list[int], width: int) -> list[int]:
    """Return the capped widths with the room that is left shared among those that were cut."""
    while (left := width - _total(capped)) > 0:
        cut = [at for at, wanted in enumerate(natural) if capped[at] < wanted]
        if not cut:
            break
        for at in cut[:left]:
            capped[at] += 1
    return capped


def _narrowed(widths: list[int], width: int) -> list[int]:
    """Return widths that fit, taken from the widest columns first; a column keeps a few characters in any case."""
    while _total(widths) > width and max(widths) > _NARROW:
        widths[widths.index(max(widths))] -= 1
    return widths


def lines_of(columns: Sequence[Column], screen: Screen, *, has_titles: bool = True, indent: int = 0) -> Iterator[str]:
    """Yield the lines of a table: on a terminal fitted to its width, else whole; *indent* is width taken already."""
    if screen.is_terminal:
        shown, widths = fitted(columns, screen.width - indent)
    else:
        shown, widths = list(columns), [column.natural for column in columns]
    if has_titles and shown:
        yield _title_line(shown, widths, screen)
    for row in range(len(shown[0].cells) if shown else 0):
        yield _line([(column.cells[row], column.style(row)) for column in shown], shown, widths, screen)


def _title_line(columns: Sequence[Column], widths: Sequence[int], screen: Screen) -> str:
    cells: list[str] = []
    room = 0
    for at in reversed(range(len(columns))):
        column = columns[at]
        room += widths[at]
        if column.title is None:
            room += GAP
            continue
        text = pad(shorten(column.title, room), room, is_right=column.is_right)
        text = text.rstrip() if not cells else text
        cells.append(screen.styled(text, column.title_style))
        room = 0
    return (" " * GAP).join(reversed(cells)).rstrip()


def _line(cells: Sequence[tuple[str, str]], columns: Sequence[Column], widths: Sequence[int], screen: Screen) -> str:
    parts: list[str] = []
    last = max((at for at, (text, _) in enumerate(cells) if text), default=0)
    for at, ((text, style), column, width) in enumerate(zip(cells, columns, widths, strict=True)):
        if at > last:
            break
        short = shorten(text, width)
        spaces = " " * (width - width_of(short))
        styled = screen.styled(short, style)
        parts.append(spaces + styled if column.is_right else styled + (spaces if at < last else ""))
    return (" " * GAP).join(parts)
