"""A key's values taken out of records.

Every value of the key, and of what is below it, becomes a fingerprint as a secret has one. Texts that were such a value
are taken out of everything else that was recorded, such as a command line.
"""

from collections.abc import Callable
from typing import Any

from msgspec import json, structs

from setpoint._core.change import Path as KeyPath
from setpoint._core.keys import split_key
from setpoint._core.leaves import is_dict, is_list
from setpoint._core.values import decode

from .record import DELETED, Environment, Finish, Log, Meta, Open, Record, Set, Summary, Update

_SHORTEST = 6
"""Shorter texts are common words, which are left where they stand under other keys."""

Fingerprint = Callable[[bytes], str]
"""Returns hexadecimal digits that stand for a secret's bytes."""


class Scrubber:
    """Takes the values of one key out of whatever it is given; collects the texts it met on the way."""

    def __init__(self, key: str, fingerprint: Fingerprint, *, is_summary: bool = False) -> None:
        """Take the key of a param, or with *is_summary* of a result; raises ValueError where it is no key."""
        self.path = split_key(key)
        self._key = key
        self._fingerprint = fingerprint
        self._is_summary = is_summary
        self.texts: set[str] = set()

    def plain(self, value: Any, at: KeyPath, *, is_summary: bool = False) -> Any:  # plain forms
        """Return the plain form that stands at *at* without the key's values: itself where there are none."""
        if is_summary != self._is_summary:
            return value
        if self.path[: len(at)] == at:
            return self._below(value, self.path[len(at) :])
        return self._redacted(value) if at[: len(self.path)] == self.path else value

    def _below(self, value: Any, rest: KeyPath) -> Any:
        if not rest:
            return self._redacted(value)
        parts = _parts_of(value)
        if is_dict(parts) and rest[0] in parts:
            name = str(rest[0])
            return _with_part(value, name, self._below(parts[name], rest[1:]))
        if is_list(parts) and isinstance(rest[0], int) and rest[0] < len(parts):
            return _with_part(value, rest[0], self._below(parts[rest[0]], rest[1:]))
        return value

    def _redacted(self, value: Any) -> Any:
        if value is None or (is_dict(value) and "$redacted" in value):
            return value
        if is_dict(value) and "$type" not in value:
            return {name: self._redacted(part) for name, part in value.items()}
        if is_list(value):
            return [self._redacted(part) for part in value]
        self._note(value)
        return {"$redacted": self._fingerprint(_bytes_of(value))}

    def _note(self, value: Any) -> None:
        if isinstance(value, str):
            if len(value) >= _SHORTEST:
                self.texts.add(value)
        elif is_dict(value):
            for part in value.values():
                self._note(part)
        elif is_list(value):
            for part in value:
                self._note(part)

    def tree(self, tree: dict[str, Any], *, is_summary: bool = False) -> dict[str, Any]:
        """Return a whole config or summary in plain form without the key's values."""
        if is_summary:
            return {name: self.plain(value, path_of_any(name), is_summary=True) for name, value in tree.items()}
        return {name: self.plain(value, (name,)) for name, value in tree.items()}

    def is_metric(self, name: str) -> bool:
        """Tell whether a metric is what the key names."""
        return self._is_summary and path_of_any(name)[: len(self.path)] == self.path

    def mark(self, text: str) -> str:
        """Return what stands in place of a text that was taken out."""
        return f"[redacted {self._fingerprint(text.encode('utf-8', 'surrogatepass'))[:8]}]"

    def without_texts_in(self, value: Any) -> Any:  # plain forms
        """Return a plain form in which none of the collected texts is left: itself where there is none."""
        if isinstance(value, str):
            for text in self._longest_first():
                value = value.replace(text, self.mark(text)) if text in value else value
            return value
        if is_dict(value):
            after: Any = {name: self.without_texts_in(part) for name, part in value.items()}
        elif is_list(value):
            after = [self.without_texts_in(part) for part in value]
        else:
            return value
        return value if after == value else after

    def without_texts(self, record: Record) -> Record:
        """Return a record in whose values none of the collected texts is left: itself where there is none."""
        names = _FREE_TEXT.get(type(record), ())
        if isinstance(record, Update):
            rows = [(row[0], self.without_texts_in(row[1]), row[2], row[3]) for row in record.params]
            return _replaced(record, params=rows)
        return _replaced(record, **{name: self.without_texts_in(getattr(record, name)) for name in names})

    def blotted(self, data: bytes) -> bytes:
        """Return bytes that are no record with stars in place of the collected texts."""
        for text in self._longest_first():
            raw = json.encode(text)[1:-1]
            data = data.replace(raw, b"*" * len(raw))
        return data

    def bytes_of_file(self, data: bytes) -> bytes:
        """Return a text file's bytes with marks in place of the collected texts."""
        for text in self._longest_first():
            mark = self.mark(text).encode()
            for form in {text.encode("utf-8", "surrogatepass"), json.encode(text)[1:-1]}:
                data = data.replace(form, mark)
        return data

    def _longest_first(self) -> list[str]:
        return sorted(self.texts, key=lambda text: (-len(text), text))

    def record(self, record: Record) -> Record:
        """Return a record without the key's values: itself where it has none."""
        if isinstance(record, Set):
            return _replaced(record, value=self.plain(record.value, path_of_any(record.key)))
        if isinstance(record, Update):
            rows = [
                row if row[3] == DELETED else (row[0], self.plain(row[1], path_of_any(row[0])), row[2], row[3])
                for row in record.params
            ]
            return _replaced(record, params=rows)
        if isinstance(record, Summary) and not record.deleted:
            return _replaced(record, value=self.plain(record.value, path_of_any(record.key), is_summary=True))
        if isinstance(record, Log) and self._is_summary:
            values = {
                name: self.plain(value, path_of_any(name), is_summary=True) for name, value in record.values.items()
            }
            return _replaced(record, values=values)
        return record


_FREE_TEXT: dict[type, tuple[str, ...]] = {
    Open: ("notes",),
    Set: ("value",),
    Summary: ("value",),
    Meta: ("notes",),
    Environment: ("values",),
    Finish: ("error",),
}
"""The fields of a record that hold text of the user's and of the machine's."""


def path_of_any(key: str) -> KeyPath:
    """Return the path of a key; an empty one where it is none."""
    try:
        return split_key(key)
    except ValueError:  # no key of a config, so it is not the one that is looked for
        return ()


def _replaced(record: Record, **fields: Any) -> Record:
    same = all(getattr(record, name) == value for name, value in fields.items())
    return record if same else structs.replace(record, **fields)


def _parts_of(value: Any) -> Any:
    if not is_dict(value) or "$type" not in value:
        return value
    return value.get("items") or value.get("fields")


def _with_part(value: Any, name: str | int, part: Any) -> Any:
    """Return a copy of a container in plain form with another part."""
    if is_dict(value) and "$type" in value:
        inner = "items" if value.get("items") else "fields"
        return {**value, inner: _with_part(value[inner], name, part)}
    if is_dict(value):
        return {**value, name: part}
    return [part if at == name else before for at, before in enumerate(value)]


def _bytes_of(plain: Any) -> bytes:
    """Return the bytes that stand for a value, those that a secret's fingerprint is made of."""
    value = decode(plain)
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return value if isinstance(value, bytes) else json.encode(plain)
