"""What a live run writes: changes, metrics and facts become records, without secrets, and go to the journal."""

from collections.abc import Mapping
from typing import Any
from warnings import warn, warn_explicit

from setpoint._core.change import Change, Origin
from setpoint._core.keys import split_key
from setpoint._core.raw import type_of
from setpoint._core.secret_names import may_be_secret
from setpoint._core.secrets import Redactor
from setpoint._core.values import Encoder, Plain
from setpoint._journal import record
from setpoint._journal.writer import Writer
from setpoint.errors import StandInWarning

from .origin import call_site

_INT_MIN, _INT_MAX = -(2**63), 2**63
"""Ints between these, and finite floats, are themselves in JSON."""


class Recorder:
    """Turns what happens in a run into records. It warns of values that can't be kept, once a key."""

    def __init__(self, writer: Writer, redactor: Redactor) -> None:
        self.writer = writer
        self.redactor = redactor
        self._encoder = Encoder(redactor)
        self._warned: set[str] = set()
        self._harmless: set[str] = set()  # keys by whose name a number is no secret
        self._noticed: list[tuple[str, list[tuple[str, str]]]] = []

    def config_changed(self, changes: list[Change]) -> None:
        """Record the changes of one call in one record."""
        if len(changes) == 1:
            change = changes[0]
            value = change.value
            kind = type_of(value)
            is_exact = value - value == 0.0 if kind is float else kind is int and _INT_MIN < value < _INT_MAX
            if is_exact and change.key in self._harmless:
                self.writer.append(record.Set(change.key, value, change.origin, change.level, change.description))
                return
            if change.deleted:
                self.writer.append(record.Delete(key=change.key, origin=change.origin))
                return
            encoded = self.plain(change.key, value)
            text = self.redactor.text(change.description) if change.description else ""
            self.writer.append(record.Set(change.key, encoded, change.origin, change.level, text))
            if is_exact and encoded is value and text == change.description:
                self._harmless.add(change.key)
        else:
            self.writer.append(self.update_record(changes))
        self._warn_of_stand_ins()

    def config_stated(self, changes: list[Change]) -> None:
        """Record all *changes* that made the config what it is, as the first statement of a writer."""
        self.writer.append(self.update_record(changes, is_whole=True))
        self._warn_of_stand_ins()

    def update_record(self, changes: list[Change], *, is_whole: bool = False) -> record.Update:
        """Return *changes* as one record, with each origin written once."""
        numbers: dict[Origin, int] = {}
        rows: list[record.Row] = []
        descriptions: dict[str, str] = {}
        for change in changes:
            number = numbers.setdefault(change.origin, len(numbers))
            level = record.DELETED if change.deleted else int(change.level)
            rows.append((change.key, None if change.deleted else self.plain(change.key, change.value), number, level))
            if change.description:
                descriptions[change.key] = self.redactor.text(change.description)
        return record.Update(origins=list(numbers), params=rows, descs=descriptions, whole=is_whole)

    def summary_changed(self, changes: list[Change]) -> None:
        """Record what the user set in the summary."""
        for change in changes:
            value = None if change.deleted else self.plain(change.key, change.value)
            self.writer.append(record.Summary(key=change.key, value=value, deleted=change.deleted))
        self._warn_of_stand_ins()

    def plain(self, key: str, value: Any) -> Plain:
        """Return *value* as a record holds it: exact, or a stand-in, and never a secret."""
        kind = type_of(value)
        is_exact = value - value == 0.0 if kind is float else kind is int and _INT_MIN < value < _INT_MAX
        if is_exact and not may_be_secret(key):
            return value  # type: ignore[no-any-return]  # a number
        encoder = self._encoder
        encoded = encoder.encode(value, last_name(key))
        if encoder.stand_ins:
            self._noticed.append((key, list(encoder.stand_ins)))
            encoder.stand_ins.clear()
        return encoded

    def plain_tree(self, tree: Mapping[str, Any]) -> dict[str, Plain]:
        """Return a whole config in its plain form."""
        encoder = Encoder(self.redactor)
        return {name: encoder.encode(value, name) for name, value in tree.items()}

    def _warn_of_stand_ins(self) -> None:
        noticed, self._noticed = self._noticed, []
        for key, stand_ins in noticed:
            for below, reason in stand_ins:
                if key not in self._warned:
                    self._warned.add(key)
                    _warn(
                        f"Param {key + below!r} can't be recorded exactly: {reason}. The run keeps it as it is; "
                        "the record holds a stand-in with its type and text."
                    )


def _warn(message: str) -> None:
    site = call_site()  # the script's line, not one of this package
    if site.line:
        warn_explicit(message, StandInWarning, site.name, site.line)
    else:
        warn(message, StandInWarning, stacklevel=2)


def last_name(key: str) -> str:
    """Return the last name in *key*, which tells whether the value may be a secret."""
    if '"' not in key:
        return key.rpartition(".")[2].partition("[")[0]
    return next((name for name in reversed(split_key(key)) if isinstance(name, str)), "")
