"""Filters as a tree: what the grammar makes, and what SQL and plain Python evaluation read."""

from enum import Enum

from msgspec import Struct

from setpoint._catalog.leaf import Scope

Scalar = None | bool | int | float | str

ANY_INDEX = -1  # stands in a path for ``[*]``

KeyPath = tuple[str | int, ...]


class Op(Enum):
    """A comparison."""

    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="

    @property
    def mirrored(self) -> "Op":
        """The comparison that says the same with its sides swapped."""
        return _MIRRORED.get(self, self)


_MIRRORED = {Op.LT: Op.GT, Op.LE: Op.GE, Op.GT: Op.LT, Op.GE: Op.LE}


class Key(Struct, frozen=True):
    """A param, a summary value, a tag or a changed param; ``at`` is where the filter names it (column, 1-based)."""

    scope: Scope
    path: KeyPath
    at: int = 0


class Column(Struct, frozen=True):
    """A fact about the run itself, such as ``project``; a name of ``columns.COLUMNS``."""

    name: str
    at: int = 0


class Compare(Struct, frozen=True):
    """The value stands in this relation to a constant."""

    op: Op
    value: Scalar


class OneOf(Struct, frozen=True):
    """The value is one of these constants, or (``negated``) is there and is none of them."""

    values: tuple[Scalar, ...]
    negated: bool = False


class Contains(Struct, frozen=True):
    """The value is a text with this text in it, or a list with this element."""

    needle: Scalar


class Has(Struct, frozen=True):
    """There is a value, or a section with this name."""


class Holds(Struct, frozen=True):
    """There is a value that Python calls true, or a section that is not empty."""


Test = Compare | OneOf | Contains | Has | Holds


class Term(Struct, frozen=True):
    """A test of one target. Where a key has ``[*]``, one element that passes is enough."""

    target: Key | Column
    test: Test


class Not(Struct, frozen=True):
    """The inner expression is false."""

    inner: "Expr"


class And(Struct, frozen=True):
    """All parts are true."""

    parts: tuple["Expr", ...]


class Or(Struct, frozen=True):
    """At least one part is true."""

    parts: tuple["Expr", ...]


Expr = Term | Not | And | Or
