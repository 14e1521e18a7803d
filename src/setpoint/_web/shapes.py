"""What the calls are asked and what they answer, as types: docs/design/page.md. The OpenAPI text is made of these."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from .cells import Cell

Text = Annotated[str, Meta(max_length=65_536)]
Name = Annotated[str, Meta(max_length=4096)]
Names = Annotated[list[Name], Meta(max_length=1000)]
Id = Annotated[str, Meta(max_length=64)]
Ids = Annotated[list[Id], Meta(max_length=500)]
Count = Annotated[int, Meta(ge=0, le=2**53)]


class Asked(Struct, forbid_unknown_fields=True):
    """The body of a call; unknown fields are refused."""


class Nothing(Asked):
    """Nothing is asked beside the call itself."""


class KeysAsked(Asked):
    """GET /api/keys."""

    where: Text = ""


class TableAsked(Asked):
    """POST /api/table."""

    where: Text = ""
    sort: Names = []
    columns: Names | None = None
    offset: Count = 0
    limit: Annotated[int, Meta(ge=0, le=500)] = 100


class RowsAsked(Asked):
    """POST /api/rows."""

    ids: Ids
    columns: Names = []


class FacetsAsked(Asked):
    """POST /api/facets."""

    where: Text = ""
    keys: Annotated[list[Name], Meta(max_length=50)] | None = None


class ColumnsAsked(Asked):
    """POST /api/columns."""

    where: Text = ""
    sort: Names = []
    columns: Annotated[list[Name], Meta(max_length=200)] = []
    limit: Annotated[int, Meta(ge=0, le=50_000)] = 10_000


class EditAsked(Asked):
    """POST /api/run/<id>/edit; what is not named stays."""

    tags: Annotated[list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(max_length=100)] | UnsetType = UNSET
    notes: Annotated[str, Meta(max_length=100_000)] | UnsetType | None = UNSET


class CheckAsked(Asked):
    """POST /api/check."""

    where: Text = ""


class ExportAsked(Asked):
    """POST /api/export; columns null: all of CSV's, JSON lines have everything anyway."""

    where: Text = ""
    sort: Names = []
    columns: Names | None = None
    format: Literal["csv", "jsonl"] = "csv"


class ErrorFacts(Struct):
    """What went wrong; ``column`` counts from 1 in the filter's text."""

    kind: str
    message: str
    column: int | UnsetType = UNSET
    length: int | UnsetType = UNSET
    suggestions: list[str] | UnsetType = UNSET


class Failure(Struct):
    """The body of every answer that is not 2xx."""

    error: ErrorFacts


class ProjectFacts(Struct):
    """A project, null where runs have none."""

    name: str | None
    runs: int


class StoreFacts(Struct):
    """GET /api/store."""

    version: str
    store: str
    runs: int
    projects: list[ProjectFacts]
    seq: int
    python: str


class KeyInfo(Struct):
    """A key of the store."""

    name: str
    scope: Literal["config", "summary", "run"]
    runs: int
    kinds: list[str]
    values: int | None


class Keys(Struct):
    """GET /api/keys."""

    keys: list[KeyInfo]
    total: int


class Row(Struct):
    """A run as tables show it; times in ms since the Unix epoch."""

    id: str
    name: str | None
    status: str
    created: int
    finished: int | None
    project: str | None
    tags: list[str]
    notes: str | None
    damage: int
    lost: int
    cells: list[Cell]
    seen: int | UnsetType = UNSET


class Table(Struct):
    """POST /api/table."""

    seq: int
    total: int
    offset: int
    columns: list[str]
    rows: list[Row]


class Rows(Struct):
    """POST /api/rows."""

    seq: int
    rows: list[Row]


class FacetValue(Struct):
    """A value with the number of runs that have it."""

    value: Cell
    count: int
    clause: str


class FacetBin(Struct):
    """A range of numbers with the number of runs in it."""

    low: float
    high: float
    count: int
    clause: str


class FacetInfo(Struct):
    """A key's values among the runs."""

    key: str
    unset: int
    values: list[FacetValue] | None
    bins: list[FacetBin] | None
    more: int
    estimated: bool = False


class Facets(Struct):
    """POST /api/facets."""

    total: int
    facets: list[FacetInfo]


class PackedColumn(Struct):
    """A column of many runs: int32 and float64, little-endian, in base64."""

    name: str
    codes: str
    numbers: str
    labels: list[str]


class Columns(Struct):
    """POST /api/columns."""

    seq: int
    total: int
    ids: list[str]
    names: list[str]
    columns: list[PackedColumn]


class Checked(Struct):
    """POST /api/check."""

    total: int
