"""What the calls that explain are asked and answer, and saved views, as types: docs/design/page.md."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, field

from .cells import Cell
from .shapes import Asked, Count, Id, Name, Names, Row, Text


class GroupsAsked(Asked):
    """POST /api/groups."""

    where: Text = ""
    by: Annotated[list[Name], Meta(max_length=20)] = field(default_factory=list[str])
    but: bool = False
    metrics: Annotated[list[Name], Meta(max_length=20)] = field(default_factory=list[str])
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    sort: Name = ""


class MetricStats(Struct):
    """A metric over a group's runs; ``spread`` is the sample standard deviation."""

    count: int
    mean: float
    spread: float | None
    min: float
    max: float


class GroupInfo(Struct):
    """Runs with equal values."""

    values: dict[str, Cell]
    count: int
    stats: dict[str, MetricStats | None]
    best: str | None
    clause: str


class Groups(Struct):
    """POST /api/groups; ``total`` groups, of which the first are listed."""

    total: int
    groups: list[GroupInfo]


class ImportanceAsked(Asked):
    """POST /api/importance."""

    metric: Name
    where: Text = ""


class ParamShare(Struct):
    """How much a param matters."""

    key: str
    value: float
    low: float
    high: float
    tied: list[str]
    tendency: str
    matters: bool


class ImportanceFacts(Struct):
    """POST /api/importance."""

    metric: str
    runs: int
    missing: int
    explained: float | None
    note: str
    constant: list[str]
    params: list[ParamShare]


class CompareAsked(Asked):
    """POST /api/compare."""

    runs: Annotated[list[Id], Meta(min_length=1, max_length=500)]
    ignore: Names = field(default_factory=list[str])
    equal: bool = False


class LineCell(Struct):
    """A value in one run."""

    value: Cell
    origin: str | UnsetType = UNSET
    level: str | UnsetType = UNSET


class Line(Struct):
    """A key with its value in each run."""

    key: str
    differs: bool
    cells: list[LineCell]


class Hidden(Struct):
    """How many equal lines were left out."""

    config: int
    results: int
    facts: int


class Comparison(Struct):
    """POST /api/compare."""

    runs: list[Row]
    verdict: str
    config: list[Line]
    results: list[Line]
    facts: list[Line]
    hidden: Hidden


class SeriesAsked(Asked):
    """POST /api/series."""

    runs: Annotated[list[Id], Meta(max_length=200)]
    metrics: Annotated[list[Name], Meta(max_length=50)]
    points: Annotated[int, Meta(ge=3, le=5000)] = 1000


class SeriesFacts(Struct):
    """One curve; values that JSON has no number for are "nan", "inf" and "-inf"; times in ms."""

    run: str
    metric: str
    total: int
    steps: list[int]
    values: list[float | str]
    times: list[int]


class SeriesAnswer(Struct):
    """POST /api/series."""

    series: list[SeriesFacts]


class CompleteAsked(Asked):
    """POST /api/complete."""

    text: Text
    cursor: Count


class Option(Struct):
    """What may stand at the cursor."""

    text: str
    detail: str


class Completion(Struct, rename={"from_": "from"}):
    """POST /api/complete."""

    from_: int
    to: int
    options: list[Option]


class ViewInfo(Struct):
    """A view that was given a name."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    url: Annotated[str, Meta(max_length=20_000)]


class Views(Struct):
    """GET and PUT /api/views."""

    views: Annotated[list[ViewInfo], Meta(max_length=500)] = []
    layout: dict[str, Any] = {}
