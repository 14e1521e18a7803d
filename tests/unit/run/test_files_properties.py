"""Config files: whatever bytes come in, a list or one error; whatever was written comes back, with its lines."""

import json
import math
import string
import tempfile
import warnings
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from setpoint._run.files import SUFFIXES, file_params
from setpoint.errors import ConfigFileError

Lines = dict[tuple[Any, ...], int]

MARKS = "{}[]:,#&*!|>'\"%@`-?.=\n\t ~<\\\r\ufeffab01eE_xo\u2028\u0085"
SCALARS_OF_TOML = st.one_of(  # which has no null
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
)
SCALARS = st.none() | SCALARS_OF_TOML
# Without the names of W&B's form and of setpoint's own encodings, which other tests are about.
SPECIAL = {"value", "_wandb", "wandb_version", "$type", "$redacted"}
NAMES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8).filter(lambda name: name not in SPECIAL)
SIMPLE = st.recursive(
    st.integers(0, 9),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from("abcd"), part, max_size=3),
    max_leaves=10,
)


def trees(scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    values = st.recursive(
        scalars, lambda part: st.lists(part, max_size=4) | st.dictionaries(NAMES, part, max_size=4), max_leaves=12
    )
    return st.dictionaries(NAMES, values, max_size=5)


def read(suffix: str, content: str | bytes) -> list[Any]:
    data = content.encode() if isinstance(content, str) else content
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / f"config{suffix}"
        path.write_bytes(data)
        return file_params(path)


def tree_in(suffix: str, content: str) -> dict[Any, Any]:
    return {param.path[0]: param.value for param in read(suffix, content)}


def is_list_or_error(suffix: str, content: str | bytes) -> bool:
    try:
        return isinstance(read(suffix, content), list)
    except ConfigFileError as error:
        return bool(str(error))


@given(st.sampled_from(SUFFIXES), st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_arbitrary_bytes_give_a_list_or_one_error(suffix: str, content: bytes) -> None:
    assert is_list_or_error(suffix, content)


@given(st.sampled_from(SUFFIXES), st.text(alphabet=MARKS, max_size=60))
@settings(max_examples=300, deadline=None)
def test_arbitrary_marks_give_a_list_or_one_error(suffix: str, content: str) -> None:
    assert is_list_or_error(suffix, content)


@given(st.sampled_from(SUFFIXES), st.text(alphabet=MARKS, max_size=20), st.integers(0, 400))
@settings(max_examples=150, deadline=None)
def test_marks_inside_a_good_file_give_a_list_or_one_error(suffix: str, marks: str, at: int) -> None:
    text = {
        ".json": '{"a": [1, {"b": "c"}], "d": {"e": 1e3}}\n',
        ".toml": '[[a]]\nb.c = [1, {x = "y"}]\n[d]\ne = """x"""\n',
    }.get(suffix, "a: &a\n  b: [1, 'x']\nc:\n  <<: *a\n  d: |\n    text\n")
    at %= len(text) + 1
    assert is_list_or_error(suffix, text[:at] + marks + text[at:])


@given(trees(SCALARS))
@settings(max_examples=60, deadline=None)
def test_json_gives_the_tree_that_was_dumped(tree: dict[str, Any]) -> None:
    assert repr(tree_in(".json", json.dumps(tree))) == repr(tree)


@given(trees(SCALARS.filter(lambda value: not isinstance(value, float) or math.isfinite(value))))
@settings(max_examples=50, deadline=None)
def test_yaml_gives_the_tree_that_was_dumped_as_json(tree: dict[str, Any]) -> None:
    text = json.dumps(tree, indent=1)
    if "\\ud8" not in text and "\\ud9" not in text and "\\uda" not in text and "\\udb" not in text:
        # JSON writes characters beyond U+FFFF as pairs, which YAML does not know.
        assert repr(tree_in(".yaml", text)) == repr(tree)


@given(trees(SCALARS))
@settings(max_examples=50, deadline=None)
def test_yaml_gives_the_tree_that_pyyaml_wrote(tree: dict[str, Any]) -> None:
    text = yaml.safe_dump(tree, allow_unicode=False, sort_keys=False, default_style='"')
    assert repr(tree_in(".yaml", text)) == repr(yaml.safe_load(text))


def as_toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(name)} = {as_toml(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return quoted(value) if isinstance(value, str) else repr(value)


def quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(char):08x}" if char not in string.ascii_letters else char for char in text) + '"'


@given(trees(SCALARS_OF_TOML))
@settings(max_examples=50, deadline=None)
def test_toml_gives_the_tree_that_was_written(tree: dict[str, Any]) -> None:
    text = "".join(f"{quoted(name)} = {as_toml(value)}\n" for name, value in tree.items())
    assert repr(tree_in(".toml", text)) == repr(tree)


def lines_of(suffix: str, text: str) -> Lines:
    lines: Lines = {}
    for param in read(suffix, text):
        assert param.origin is not None
        lines[param.path] = param.origin.line
        lines |= {(*param.path, *path): origin.line for path, origin in param.inner.items()}
    return lines


def write_block(value: Any, indent: int, path: tuple[Any, ...], out: list[str], lines: Lines) -> None:
    is_list = isinstance(value, list)
    for name, part in enumerate(value) if is_list else value.items():
        out += ["# a comment", ""][: len(out) % 3]
        lead = " " * indent + ("-" if is_list else f"{name}:")
        is_section = bool(isinstance(part, dict | list) and part)
        out.append(lead if is_section else f"{lead} {json.dumps(part)}")
        lines[(*path, name)] = len(out)
        if is_section:
            write_block(part, indent + 2, (*path, name), out, lines)


@given(st.dictionaries(st.sampled_from("pqrs"), SIMPLE, max_size=4))
@settings(max_examples=60, deadline=None)
def test_yaml_lines_are_those_of_names_and_scalars(tree: dict[str, Any]) -> None:
    out: list[str] = []
    expected: Lines = {}
    write_block(tree, 0, (), out, expected)
    found = lines_of(".yaml", "\n".join(out) + "\n")
    assert found.keys() == expected.keys()
    # A section in a list stands where its first name does, not where its dash does.
    sections = {path[:end] for path in found for end in range(1, len(path)) if isinstance(path[end - 1], int)}
    checked = found.keys() - sections
    assert {path: found[path] for path in checked} == {path: expected[path] for path in checked}


@given(st.dictionaries(st.sampled_from("pqrs"), SIMPLE, max_size=4))
@settings(max_examples=60, deadline=None)
def test_json_lines_are_those_of_names_and_items(tree: dict[str, Any]) -> None:
    expected: Lines = {}
    line = 1

    def walk(value: Any, path: tuple[Any, ...]) -> None:
        nonlocal line
        for name, part in enumerate(value) if isinstance(value, list) else value.items():
            line += 1
            expected[(*path, name)] = line
            if isinstance(part, dict | list) and part:
                walk(part, (*path, name))
                line += 1

    walk(tree, ())
    assert lines_of(".json", json.dumps(tree, indent=1)) == expected


@given(st.lists(st.sampled_from(["a = 1", "# x", "", "b = [", "c = '''", "d = {x = 1, y = 2}"]), max_size=8))
@settings(max_examples=50, deadline=None)
def test_toml_lines_are_those_of_names_and_items(parts: list[str]) -> None:
    out: list[str] = []
    expected: Lines = {}
    for number, part in enumerate(parts):
        out.append(part.replace(" =", f"{number} =", 1))
        name = f"{part[:1]}{number}"
        if "=" in part:
            expected[(name,)] = len(out)
        if part.startswith("b"):
            out += ["  1, # one", "  2,", "]"]
            expected |= {(name, 0): len(out) - 2, (name, 1): len(out) - 1}
        if part.startswith("c"):
            out += ["]", "[x]'''"]
        if part.startswith("d"):
            expected |= {(name, "x"): len(out), (name, "y"): len(out)}
    assert lines_of(".toml", "\n".join(out)) == expected


def digits_of(value: int) -> str:
    """Write an int of any length: str() refuses more than 4,300 digits."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    pieces: list[str] = []
    while value >= 10**1000:
        value, piece = divmod(value, 10**1000)
        pieces.append(f"{piece:01000d}")
    return sign + str(value) + "".join(reversed(pieces))


@given(st.integers(0, 9990), st.integers(-(10**9), 10**9), st.sampled_from([".json", ".yaml"]))
@settings(max_examples=40, deadline=None)
def test_large_ints_are_exact(exponent: int, factor: int, suffix: str) -> None:
    value = factor * 10**exponent + exponent
    assert tree_in(suffix, f'{{"a": {digits_of(value)}}}') == {"a": value}
