"""What a writer could not save, counted."""

from msgspec import Struct, field


class Losses(Struct):
    """What was not saved: records by kind, their bytes, and records by reason."""

    kinds: dict[str, int] = field(default_factory=dict[str, int])
    reasons: dict[str, int] = field(default_factory=dict[str, int])
    size_bytes: int = 0

    @property
    def count(self) -> int:
        """The number of records that were not saved."""
        return sum(self.kinds.values())

    def __bool__(self) -> bool:
        return bool(self.kinds)

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.kinds.items())
        records = "1 record was" if self.count == 1 else f"{self.count} records were"
        return f"{records} not saved ({kinds}): {'; '.join(self.reasons)}."

    def add(self, kind: str, size_bytes: int, reason: str) -> None:
        """Count one more record."""
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        self.size_bytes += size_bytes
