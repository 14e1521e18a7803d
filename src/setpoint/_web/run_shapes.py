"""What the calls about one run answer, as types: docs/design/page.md."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from .cells import Cell
from .shapes import Asked, Name, Row


class HistoryAsked(Asked):
    """GET /api/run/<id>/history."""

    key: Name


class ParamFacts(Struct):
    """A param: its value, and who set it."""

    key: str
    value: Cell
    origin: str
    level: str
    time: int | None
    changes: int
    unused: bool
    description: str | UnsetType = UNSET


class DigestFacts(Struct):
    """A result, with the digest of its metric where it is one."""

    key: str
    value: Cell
    min: float | UnsetType = UNSET
    max: float | UnsetType = UNSET
    mean: float | UnsetType = UNSET
    count: int | UnsetType = UNSET


class MetricFacts(Struct):
    """A metric that was logged."""

    name: str
    points: int


class UnusedFacts(Struct):
    """A param that was set and never read, with the keys that may have been meant."""

    key: str
    near: list[str]


class DisagreementFacts(Struct):
    """A param for which a further process had another value; rank -1 where that was no rank."""

    key: str
    rank: int
    value: Cell
    lead: Cell


class WriterFacts(Struct):
    """A process that wrote; times in ms since the Unix epoch."""

    name: str
    role: str
    host: str
    pid: int | None
    rank: int | None
    started: int | None
    ended: int | None
    records: int


class RerunFacts(Struct):
    """How to run it again, and what of it can't be had again, a sentence each."""

    command: str
    argv: list[str]
    folder: str
    missing: list[str]


class RunFacts(Row, kw_only=True):
    """GET /api/run/<id>."""

    group: str | None
    jobType: str | None  # noqa: N815  # as the page writes it
    exitCode: int | None  # noqa: N815
    error: str | None
    folder: str | None
    params: list[ParamFacts]
    summary: list[DigestFacts]
    metrics: list[MetricFacts]
    environment: dict[str, Any]  # in plain form: docs/design/values.md
    hasPatch: bool  # noqa: N815
    unused: list[UnusedFacts]
    disagreements: list[DisagreementFacts]
    writers: list[WriterFacts]
    damages: list[str]
    rerun: RerunFacts


class ChangeFacts(Struct):
    """One change of a param; time in ms since the Unix epoch."""

    value: Cell
    origin: str
    level: str
    time: int | None
    writer: str
    step: int | None
    deleted: bool


class History(Struct):
    """GET /api/run/<id>/history."""

    key: str
    changes: list[ChangeFacts]


class Patch(Struct):
    """GET /api/run/<id>/patch."""

    text: str
    cut: bool


class Edited(Struct):
    """POST /api/run/<id>/edit."""

    row: Row
