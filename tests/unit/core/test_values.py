"""What is put in comes back, same value and same type, through JSON and in another process."""

import json
import pickle
import subprocess
import sys
import types
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from values_samples import VALUES, Access, Color, Failure, Layer, Optimizer, Point, activation, identical

from setpoint._core.values import ArrayDigest, Encoder, Foreign, Redacted, StandIn, decode, is_equal, is_same, show

_SECOND_PROCESS = """
import json, pickle, sys
sys.path.insert(0, sys.argv[2])
from values_samples import identical
from setpoint._core.values import decode
values, lines = pickle.load(open(sys.argv[1], "rb"))
import msgspec
bad = [value for value, line in zip(values, lines) if not identical(value, decode(msgspec.json.decode(line)))]
sys.exit(f"{len(bad)} differ: {bad[:2]!r}" if bad else 0)
"""


def through_json(value: Any) -> Any:
    encoder = Encoder()
    plain = encoder.encode(value)
    assert encoder.stand_ins == []
    line = msgspec.json.encode(plain)
    assert json.loads(line) is not None or plain is None
    return decode(msgspec.json.decode(line))


@settings(max_examples=400, deadline=None)
@given(VALUES)
def test_any_value_comes_back_identical(value: Any) -> None:
    back = through_json(value)
    assert identical(value, back)
    assert is_same(value, back)
    assert is_equal(value, back)


@settings(max_examples=150, deadline=None)
@given(VALUES, VALUES)
def test_two_values_are_the_same_when_their_forms_are(a: Any, b: Any) -> None:
    forms_are_equal = msgspec.json.encode(Encoder().encode(a)) == msgspec.json.encode(Encoder().encode(b))
    assert is_same(a, b) or not forms_are_equal
    assert is_equal(a, b) or not is_same(a, b)
    assert is_same(a, b) == is_same(b, a)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_any_value_is_shown_in_one_bounded_printable_line(value: Any) -> None:
    text = show(value, 60)
    assert len(text) <= 60
    assert text.isprintable()


def test_values_come_back_identical_in_another_process(tmp_path: Path) -> None:
    values: list[Any] = []

    @settings(max_examples=300, deadline=None, database=None)
    @given(VALUES)
    def collect(value: Any) -> None:
        values.append(value)

    collect()
    lines = [msgspec.json.encode(Encoder().encode(value)) for value in values]
    file = tmp_path / "values.pickle"
    file.write_bytes(pickle.dumps((values, lines)))
    command = [sys.executable, "-c", _SECOND_PROCESS, str(file), str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (4, 4),
        (4.0, 4.0),
        ("naïve", "naïve"),
        ([1, [None]], [1, [None]]),
        ({"lr": 0.1}, {"lr": 0.1}),
        (2**64, {"$type": "int", "hex": "0x10000000000000000"}),
        (float("-inf"), {"$type": "float", "value": "-inf"}),
        ({1: "a"}, {"$type": "dict", "items": [[1, "a"]]}),
        ({"$type": 1}, {"$type": "dict", "items": [["$type", 1]]}),
        ((1, 2), {"$type": "tuple", "items": [1, 2]}),
        ({3, 1}, {"$type": "set", "items": [1, 3]}),
        (b"\x00\xff", {"$type": "bytes", "base64": "AP8="}),
        (Decimal("1.10"), {"$type": "decimal", "value": "1.10"}),
        (Color.BLUE, {"$type": "enum", "class": "values_samples:Color", "name": "BLUE", "value": "blue"}),
        (Layer, {"$type": "type", "name": "values_samples:Layer"}),
        (activation, {"$type": "function", "name": "values_samples:activation"}),
        (Point(1), {"$type": "namedtuple", "class": "values_samples:Point", "fields": {"x": 1, "y": 0}}),
    ],
)
def test_form_is_the_documented_one(value: Any, plain: Any) -> None:
    assert Encoder().encode(value) == plain


def test_large_values_come_back() -> None:
    for value in (10**5000, -(10**5000), "x" * 10_000_000, [0] * 1000, {str(i): i for i in range(999)}):
        assert identical(through_json(value), value)


def test_native_path_comes_back_and_a_foreign_one_as_its_pure_kind() -> None:
    assert identical(through_json(Path("/data")), Path("/data"))
    other = {"$type": "path", "class": "WindowsPath", "value": "C:\\x"}
    assert decode(other) == (PureWindowsPath("C:\\x") if sys.platform != "win32" else Path("C:\\x"))
    assert decode({"$type": "path", "class": "PosixPath", "value": "/x"}) == PurePosixPath("/x")


def test_dataclass_is_rebuilt_without_running_its_code() -> None:
    back = through_json(Optimizer("adam", [0.1]))
    assert back == Optimizer("adam", [0.1])
    assert not hasattr(back, "made")


def test_subclass_of_a_builtin_type_keeps_the_value_as_its_base() -> None:
    kinds: list[tuple[type, Any]] = [
        (str, "a"),
        (int, 2**70),
        (float, 0.5),
        (bytes, b"a"),
        (dict, {"a": 1}),
        (list, [1]),
    ]
    for base, value in [*kinds, (set, {1}), (frozenset, frozenset({1})), (tuple, (1,)), (bytearray, bytearray(b"a"))]:
        subclass = type("Sub", (base,), {})
        assert identical(through_json(subclass(value)), value)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (
            {"$type": "enum", "class": "gone:Color", "name": "RED", "value": 1},
            Foreign("gone.Color", "enum", "RED", 1),
        ),
        (
            {"$type": "enum", "class": "values_samples:Color", "name": "RED", "value": 9},
            Foreign("values_samples.Color", "enum", "RED", 9),
        ),
        (
            {"$type": "dataclass", "class": "values_samples:Layer", "fields": {"depth": 1}},
            Foreign("values_samples.Layer", "dataclass", "", {"depth": 1}),
        ),
        (
            {"$type": "namedtuple", "class": "values_samples:Point", "fields": {"x": 1}},
            Foreign("values_samples.Point", "namedtuple", "", {"x": 1}),
        ),
        ({"$type": "type", "name": "gone:Model"}, Foreign("gone.Model", "type")),
        ({"$type": "type", "name": "os:system"}, Foreign("os.system", "type")),
        ({"$type": "function", "name": "gone:relu"}, Foreign("gone.relu", "function")),
        ({"$type": "function", "name": "values_samples:Color"}, Foreign("values_samples.Color", "function")),
        (
            {"$type": "dataclass", "class": "builtins:int", "fields": {}},
            Foreign("int", "dataclass", "", {}),
        ),
    ],
)
def test_class_that_is_not_loaded_or_has_changed_gives_a_foreign(form: Any, expected: Foreign) -> None:
    back = decode(form)
    assert back == expected
    assert decode(Encoder().encode(back)) == back
    assert show(back)


def test_reading_never_imports_a_module() -> None:
    decode({"$type": "enum", "class": "antigravity:Color", "name": "RED", "value": 1})
    decode({"$type": "type", "name": "antigravity:webbrowser"})
    assert "antigravity" not in sys.modules


def test_reading_never_runs_the_attribute_hook_of_a_module() -> None:
    asked: list[str] = []
    module = types.ModuleType("lazy_values_module")
    module.__getattr__ = asked.append  # type: ignore[method-assign]
    sys.modules[module.__name__] = module
    try:
        assert isinstance(decode({"$type": "function", "name": "lazy_values_module:run.it"}), Foreign)
    finally:
        del sys.modules[module.__name__]
    assert asked == []


def test_foreign_shows_as_python_would_write_it() -> None:
    assert show(Foreign("optim.Adam", "dataclass", "", {"lr": 0.1})) == "optim.Adam(lr=0.1)"
    assert show(Foreign("colors.Color", "enum", "RED", 1)) == "colors.Color.RED"
    assert show(Foreign("torch.nn.ReLU", "type")) == "torch.nn.ReLU"
    assert show(Foreign("set", "set", "", [1])) == "set([1])"


@pytest.mark.parametrize(
    "mark",
    [
        StandIn("a.B", "<B>", "why"),
        Redacted("ab12"),
        Foreign("a.B", "dataclass", "", {"x": (1, Color.RED)}),
        ArrayDigest("<f4", (3, 4), "blake2b:ab", (0.0, float("inf"))),
    ],
)
def test_marks_come_back_as_they_were(mark: Any) -> None:
    assert through_json(mark) == mark


@pytest.mark.parametrize(
    "form",
    [
        {"$type": "quaternion", "items": [1, 2, 3, 4]},
        {"$type": "int"},
        {"$type": "int", "hex": "zz"},
        {"$type": "bytes", "base64": "***"},
        {"$type": "tuple", "items": 4},
        {"$type": 7},
        {"$type": "datetime", "value": "now"},
        {"$type": "datetime", "value": "2024-01-01T00:00:00", "tz": {"zone": "Mars/Olympus"}},
        {"$type": "path", "class": "x", "value": "/"},
        {"$type": "numpy.array", "dtype": "<f4", "shape": [3], "base64": "AA=="},
        {"$type": "numpy.scalar", "dtype": "nonsense", "value": 1},
        {"$type": "dict", "items": [[1]]},
    ],
)
def test_unknown_or_damaged_form_gives_a_stand_in(form: Any) -> None:
    back = decode(form)
    assert type(back) is StandIn
    assert back.reason


def test_part_without_a_hash_gives_a_foreign_container() -> None:
    part = {"$type": "dataclass", "class": "gone:A", "fields": {"x": 1}}
    inner = Foreign("gone.A", "dataclass", "", {"x": 1})
    assert decode({"$type": "set", "items": [part]}) == Foreign("set", "set", "", [inner])
    assert decode({"$type": "dict", "items": [[part, 1]]}) == Foreign("dict", "dict", "", [(inner, 1)])


def test_flags_with_a_hook_of_their_own_are_not_made_by_value() -> None:
    form = Encoder().encode(Access.READ | Access.WRITE)
    assert decode(form) == Access.READ | Access.WRITE


def test_redactor_is_asked_with_the_nearest_name_and_its_answer_is_recorded() -> None:
    asked: list[tuple[str, Any]] = []

    def redact(name: str, value: Any) -> Any:
        asked.append((name, value))
        return Redacted("f00d") if value == "hush" else value

    plain = Encoder(redact).encode({"a": ["hush", 1], 5: {"b": "x"}, "c": Layer("hush")}, "root")
    assert ("a", "hush") in asked
    assert ("root", {"b": "x"}) in asked
    assert ("width", "hush") in asked
    assert "hush" not in json.dumps(plain)
    assert decode(plain)["a"] == [Redacted("f00d"), 1]


def test_a_path_that_holds_a_secret_is_read_as_the_redacted_text() -> None:
    encoder = Encoder(lambda name, value: Redacted("ab") if value == "/mnt/hush" else value)
    assert decode(encoder.encode(PurePosixPath("/mnt/hush"))) == Redacted("ab")


def test_local_class_is_read_as_foreign_with_its_data() -> None:
    class Local(Enum):
        A = 1

    back = decode(Encoder().encode(Local.A))
    assert (back.kind, back.name, back.value) == ("enum", "A", 1)


def test_dataclass_field_that_was_never_set_is_left_out() -> None:
    half = Layer.__new__(Layer)
    object.__setattr__(half, "width", 3)
    back = through_json(half)
    assert back.width == 3
    assert not hasattr(back, "kind")


def test_dataclass_built_on_an_exception_is_read_as_foreign() -> None:
    back = through_json(Failure(3))
    assert type(back) is Foreign
    assert back.value == {"code": 3}


def test_time_zone_without_a_name_makes_a_stand_in() -> None:
    class Odd(tzinfo):
        def utcoffset(self, when: Any) -> Any:
            return timedelta(0)

    back = decode(Encoder().encode(datetime(2024, 1, 1, tzinfo=Odd())))
    assert type(back) is StandIn
    assert "time zone" in back.reason
    assert "2024" in show(back)


def test_time_zones_come_back() -> None:
    for zone in (UTC, timezone(timedelta(hours=1), "X"), ZoneInfo("Europe/Berlin")):
        assert repr(through_json(zone)) == repr(zone)


def test_dicts_with_a_nan_as_name_are_compared_by_what_is_recorded() -> None:
    one, other = float("nan"), float("nan")
    assert is_same({one: 1}, {other: 1})
    assert is_equal({one: 1, "a": 2}, {other: 1, "a": 2})
    assert not is_same({one: 1}, {other: 2})
    assert not is_same({1: 1}, {2: 1})
