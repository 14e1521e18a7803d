"""YAML: a tree of nodes composed from PyYAML's events, within bounds that hold before anything is built.

PyYAML (its C parser where there is one) reads the syntax and says where each part stands. What its own loader does
after that is not used: it recurses without a bound, expands aliases without a bound, lets a second key replace the
first in silence and follows YAML 1.1.
"""

import re
from collections.abc import Iterator
from typing import Any
from warnings import warn_explicit

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from setpoint.errors import ConfigFileError, YamlDialectWarning

from .limits import ALIASED_PARTS, DEPTH, PARTS, PURE_PYTHON_CHARACTERS, PURE_PYTHON_PARTS, SMALLER, TAG_LINES
from .node import Entries, Node, kind_of
from .scalars import TAG, WrongScalarError, Yaml11, construct, resolve, said, same_in_both
from .source import Source, shorten

_KEY_TYPES = (str, int, float, bool, type(None))
_MERGE = f"{TAG}merge"
_COLLECTION_TAGS = {"!", f"{TAG}map", f"{TAG}seq", f"{TAG}set"}
_MOST_WARNINGS = 5

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line for YAML's parsers: more than a newline."""


def read_yaml(source: Source) -> Node | None:
    """Return the file's root, a node with a dict whose keys are strings; None for a file without content."""
    fast: Any = getattr(yaml, "CSafeLoader", None)  # absent where PyYAML was built without libyaml
    _check_text(source, is_slow=fast is None)
    try:
        loader: Any = (fast or yaml.SafeLoader)(source.text)  # Any: the stubs leave its events without a type
        composer = _Composer(source, iter(loader.get_event, None), PARTS if fast else PURE_PYTHON_PARTS)
        root = composer.document()
    except yaml.YAMLError as error:
        raise _syntax_error(source, error) from None
    _warn(source, composer.dialects)
    return root


def _check_text(source: Source, *, is_slow: bool) -> None:
    if is_slow and len(source.text) > PURE_PYTHON_CHARACTERS:
        problem = f"it has more than {PURE_PYTHON_CHARACTERS:,} characters, the most that PyYAML reads without libyaml"
        raise source.error(problem, advice=f"Install a PyYAML with libyaml (its wheels have it). {SMALLER}")
    if source.text.count("\n%TAG") > TAG_LINES:
        raise source.error(f"it has more than {TAG_LINES} %TAG lines", advice="No own tags are read.")


def _syntax_error(source: Source, error: yaml.YAMLError) -> ConfigFileError:
    if isinstance(error, yaml.MarkedYAMLError):
        problem = " ".join(part for part in (error.context, error.problem) if part)
        mark = error.problem_mark or error.context_mark
        if mark is not None:
            where = mark.line + 1, mark.column + 1
            return source.error(_said_better(problem), *where, advice=_syntax_advice(source, problem, where[0]))
        return source.error(problem or "it is not YAML")
    if isinstance(error, yaml.reader.ReaderError):
        return source.error_at(_unprintable(source.text), "it has a control character", "Remove it.")
    return source.error(shorten(str(error)))


def _unprintable(text: str) -> int:
    match = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return match.start() if match else 0


def _said_better(problem: str) -> str:
    return problem.replace("'", "`") if problem else "it is not YAML"


def _syntax_advice(source: Source, problem: str, line: int) -> str:
    if "cannot start any token" in problem:
        lines = _BREAK.split(source.text, line)
        text = lines[line - 1] if line <= len(lines) else ""
        if "\t" in text[: len(text) - len(text.lstrip())]:
            return "Indent with spaces: YAML allows no tabs there."
        return "Put the value in quotes if the character belongs to it."
    if "end of stream" in problem and "quoted" in problem:
        return "Close the quote."
    return "Check quotes, brackets and the indent of the lines above."


def _warn(source: Source, dialects: list[tuple[int, str, Any, str]]) -> None:
    for line, text, value, other in dialects[:_MOST_WARNINGS]:
        message = (
            f"{text} is {said(value)} in YAML 1.2, which holds here; "
            f"YAML 1.1 (PyYAML, W&B) reads {other}. Write {same_in_both(value)} to mean the same in both."
        )
        warn_explicit(message, YamlDialectWarning, source.path, line)
    if (more := len(dialects) - _MOST_WARNINGS) > 0:
        line = dialects[_MOST_WARNINGS][0]
        message = f"And {more:,} more values from here on that YAML 1.1 reads otherwise."
        warn_explicit(message, YamlDialectWarning, source.path, line)


class _Anchored:
    """What an anchor names, and how many names and values it holds when written out."""

    __slots__ = ("node", "parts")

    def __init__(self, node: Node, parts: int) -> None:
        self.node, self.parts = node, parts


class _Composer:
    """Builds nodes from events; refuses what is too much, or not plain data, at the event that shows it."""

    def __init__(self, source: Source, events: Iterator[Event], most_parts: int) -> None:
        self.source, self.events, self.most_parts = source, events, most_parts
        self.parts = self.aliased = 0
        self.anchors: dict[str, _Anchored | None] = {}  # None while its own content is read
        self.yaml11 = Yaml11()
        self.dialects: list[tuple[int, str, Any, str]] = []

    def document(self) -> Node | None:
        """Return the root of the one document, None where there is nothing in it."""
        next(self.events)  # the stream's start
        if isinstance(event := next(self.events), StreamEndEvent):
            return None
        root = self.node(next(self.events), 1)
        next(self.events)  # the document's end
        if isinstance(event := next(self.events), DocumentStartEvent):
            advice = "Keep one, or save each in a file of its own and give both files."
            raise self.error(event, "a second document starts here; a config file has one", advice)
        if root.kind == "null":
            return None
        if root.entries is None:
            problem = f"its content is {root.kind}, not names with values"
            raise self.source.error(problem, root.line, 1, "Write one `name: value` a line.")
        for key, node in root.entries.items():
            if not isinstance(key, str):
                problem = f"the top-level name {key!r} is {kind_of(key)}, not a string"
                raise self.source.error(problem, node.line, 1, f'Write it in quotes: "{key}".')
        return root

    def error(self, event: Event, problem: str, advice: str = "") -> ConfigFileError:
        """Make the error for what *event* shows."""
        return self.source.error(problem, *_place(event), advice)

    def node(self, event: Event, depth: int, line: int = 0) -> Node:
        """Return the node that starts with *event*; *line* is its name's, where it has one."""
        line = line or _place(event)[0]
        if isinstance(event, AliasEvent):
            return self.alias(event, depth, line)
        assert isinstance(event, NodeEvent)
        before = self.parts
        self.count(event, 1)
        anchor = event.anchor
        if anchor is not None:
            self.anchors[anchor] = None
        node = self.scalar(event, line) if isinstance(event, ScalarEvent) else self.collection(event, depth, line)
        if anchor is not None:
            self.anchors[anchor] = _Anchored(node, self.parts - before)
        return node

    def count(self, event: Event, parts: int) -> None:
        """Count what was read or written out, and refuse too much."""
        self.parts += parts
        if self.parts > self.most_parts:
            raise self.error(event, f"it holds more than {self.most_parts:,} names and values", SMALLER)

    def alias(self, event: AliasEvent, depth: int, line: int) -> Node:
        """Return what an alias stands for, as if it were written there."""
        name = f"*{event.anchor}"
        if event.anchor not in self.anchors:
            raise self.error(event, f"the alias {name} has no anchor &{event.anchor} above it", "Check the spelling.")
        anchored = self.anchors[event.anchor]
        if anchored is None:
            raise self.error(event, f"the alias {name} stands inside what it names", "A value can't hold itself.")
        self.aliased += anchored.parts
        if self.aliased > ALIASED_PARTS:
            problem = f"aliases up to {name} add more than {ALIASED_PARTS:,} names and values"
            raise self.error(event, problem, "Aliases of aliases multiply; write the values out, or pass a dict.")
        self.count(event, anchored.parts)
        if depth - 1 + anchored.node.height > DEPTH:
            raise self.too_deep(event)
        node = anchored.node
        return Node(line, node.value, node.entries, node.items, node.height)

    def too_deep(self, event: Event) -> ConfigFileError:
        """Make the error for dicts and lists that stand too deep inside each other."""
        return self.error(event, f"dicts and lists are more than {DEPTH} deep inside each other here", "Flatten them.")

    def scalar(self, event: ScalarEvent, line: int) -> Node:
        """Return a scalar's node; notes where YAML 1.1 would read another value."""
        text: str = event.value
        try:
            if event.tag is not None:
                return Node(line, construct(self.known(event, event.tag), text))
            if not event.implicit[0]:
                return Node(line, text)
            value = resolve(text)
        except WrongScalarError as error:
            advice = "Put it in quotes if it is text." if event.tag is None else "Correct the value or its tag."
            raise self.error(event, str(error), advice) from None
        if other := self.yaml11.differs(text, value):
            self.dialects.append((_place(event)[0], text, value, other))
        return Node(line, value)

    def known(self, event: Event, tag: str) -> str:
        """Return the tag if it is a standard one of scalars; refuses all others."""
        kind = tag.removeprefix(TAG)
        if tag != "!" and (kind == tag or kind not in _SCALAR_KINDS):
            shown = tag.replace(TAG, "!!")
            advice = "Only data is read from a config file: use !!str, !!int, !!float, !!bool or no tag at all."
            raise self.error(event, f"the tag {shorten(shown)} is not known", advice)
        return tag

    def collection(self, event: Event, depth: int, line: int) -> Node:
        """Return the node of a dict, list or set."""
        assert isinstance(event, CollectionStartEvent)
        if depth > DEPTH:
            raise self.too_deep(event)
        is_mapping = isinstance(event, MappingStartEvent)
        tag = event.tag or "!"
        if tag not in _COLLECTION_TAGS:
            self.known(event, tag)
        if tag != "!" and is_mapping is (tag == f"{TAG}seq"):
            raise self.error(event, f"the tag {tag.replace(TAG, '!!')} does not fit this value", "Remove the tag.")
        if not is_mapping:
            return self.sequence(depth, line)
        node = self.mapping(depth, line)
        return self.as_set(event, node) if tag == f"{TAG}set" else node

    def sequence(self, depth: int, line: int) -> Node:
        """Return a list's node."""
        items: list[Node] = []
        height = 0
        while not isinstance(event := next(self.events), SequenceEndEvent):
            item = self.node(event, depth + 1)
            height = max(height, item.height)
            items.append(item)
        return Node(line, items=items, height=height + 1)

    def mapping(self, depth: int, line: int) -> Node:
        """Return a dict's node: what it merges first, then its own entries."""
        entries: Entries = {}
        merged: Entries = {}
        merge_line = 0
        height = 0
        while not isinstance(event := next(self.events), MappingEndEvent):
            name_line = _place(event)[0]
            if _is_merge(event):
                if merge_line:
                    raise self.duplicate(event, "<<", merge_line, "Merge both at once: <<: [*a, *b].")
                merge_line = name_line
                node = self.node(next(self.events), depth, name_line)
                merged = self.merged(event, node)
                height = max(height, node.height)
                continue
            key = self.key(event, depth)
            if key in entries:
                raise self.duplicate(event, key, entries[key].line)
            node = entries[key] = self.node(next(self.events), depth + 1, name_line)
            height = max(height, node.height)
        return Node(line, entries={**merged, **entries} if merged else entries, height=height + 1)

    def key(self, event: Event, depth: int) -> Any:  # Any: a scalar of any type
        """Return the value of a key, a scalar."""
        node = self.node(event, depth + 1)
        if node.kind in ("a dict", "a list") or type(node.value) not in _KEY_TYPES:
            advice = "A name is a string, number, boolean or null. Put it in quotes if it is text."
            raise self.error(event, f"{node.kind} can't be a name", advice)
        return node.value

    def duplicate(self, event: Event, key: object, line: int, advice: str = "") -> ConfigFileError:
        """Make the error for a name that the dict has already, at *line*."""
        shown = shorten(key) if isinstance(key, str) else repr(key)[:60]
        if not isinstance(key, str | None):
            advice = "Remove one of them, or quote it; 1, 1.0 and true are one name to Python."
        return self.error(event, f"{shown} is given again; line {line} has it first", advice or "Remove one of them.")

    def merged(self, event: Event, node: Node) -> Entries:
        """Return the entries that ``<<`` brings in; of two dicts with the same name the first one's counts."""
        entries: Entries = {}
        for source in [node] if node.items is None else node.items:
            if source.entries is None:
                advice = 'Write <<: *name with an anchored dict, or "<<" in quotes if it is a plain name.'
                raise self.error(event, f"<< merges dicts, and this is {source.kind}", advice)
            entries |= {key: part for key, part in source.entries.items() if key not in entries}
        return entries

    def as_set(self, event: Event, node: Node) -> Node:
        """Return the set that a dict with the tag !!set writes."""
        entries = node.entries or {}
        if any(entry.kind != "null" for entry in entries.values()):
            raise self.error(event, "a !!set has names only, no values", "Remove the values, or the tag.")
        return Node(node.line, set(entries))


_SCALAR_KINDS = frozenset(("str", "int", "float", "bool", "null", "timestamp", "binary"))


def _is_merge(event: Event) -> bool:
    if not isinstance(event, ScalarEvent) or event.value != "<<":
        return False
    return event.tag == _MERGE or (event.tag is None and event.implicit[0])


def _place(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)
