"""From a file's tree to params: plain form, W&B's form, and the forms in which setpoint writes values itself."""

from typing import Any

from setpoint._core.change import Level, Origin, Param, Path

from .node import Node
from .source import Source, shorten

_WANDB_OWN = ("_wandb", "wandb_version")
_ENCODED = ("$type", "$redacted")


def params_in(root: Node, source: Source, level: Level) -> list[Param]:
    """Return a param for each top-level name of *root*, a node with a dict whose keys are strings.

    The whole file is in W&B's form where every entry (but W&B's own ``_wandb`` and ``wandb_version``) is a dict with
    ``value`` and at most ``desc`` besides. In any file an entry with exactly both is in W&B's form.
    """
    entries = {name: node for name, node in (root.entries or {}).items() if name not in _WANDB_OWN}
    is_wandb_file = all(_is_wandb(node) for node in entries.values())
    reader = _Reader(source)
    params: list[Param] = []
    for name, entry in entries.items():
        description, node = "", entry
        if entry.entries is not None and (is_wandb_file or (_is_wandb(entry) and len(entry.entries) == 2)):
            node = entry.entries["value"]
            description = entry.entries["desc"].value or "" if "desc" in entry.entries else ""
        inner: dict[Path, Origin] = {}
        value = reader.plain(node, (), inner)
        params.append(Param((name,), value, reader.origin(entry.line), level, description, inner))
    return params


def _is_wandb(node: Node) -> bool:
    entries = node.entries
    if entries is None or "value" not in entries or not entries.keys() <= {"value", "desc"}:
        return False
    return "desc" not in entries or entries["desc"].kind in ("null", "a str")


class _Reader:
    """Makes plain values of nodes and notes the origin of each part."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.origins: dict[int, Origin] = {}

    def origin(self, line: int) -> Origin:
        """Return the one origin that everything on a line shares."""
        if (known := self.origins.get(line)) is None:
            known = self.origins[line] = Origin("file", self.source.path, line)
        return known

    def plain(self, node: Node, path: Path, inner: dict[Path, Origin]) -> Any:  # Any: a param's value
        """Return the node's value without nodes; put the origins of what is below it into *inner*."""
        entries = node.entries
        if entries is not None:
            if not entries.keys().isdisjoint(_ENCODED):
                return self._decoded(node)
            # A dict with other keys than strings is one value to the config: no key names a part of it.
            if all(type(key) is str for key in entries):
                return {key: self._part(part, (*path, key), inner) for key, part in entries.items()}
            return {key: self.plain(part, (), {}) for key, part in entries.items()}
        if node.items is not None:
            return [self._part(part, (*path, index), inner) for index, part in enumerate(node.items)]
        return node.value

    def _part(self, node: Node, path: Path, inner: dict[Path, Origin]) -> Any:  # Any: a param's value
        inner[path] = self.origin(node.line)
        return self.plain(node, path, inner)

    def _decoded(self, node: Node) -> Any:  # Any: a param's value
        from setpoint._core.values import StandIn, decode

        encoded = _bare(node)
        value = decode(encoded)
        if isinstance(value, StandIn) and encoded.get("$type") != "stand-in":
            problem = f"the value with $type {shorten(str(encoded['$type']))} can't be read: {value.reason}"
            raise self.source.error(problem, node.line, 1, "Names with $ are setpoint's own; give the plain value.")
        return value


def _bare(node: Node) -> Any:  # Any: whatever a file can hold
    if node.entries is not None:
        return {key: _bare(part) for key, part in node.entries.items()}
    if node.items is not None:
        return [_bare(part) for part in node.items]
    return node.value
