"""Values that bite: recording them never raises, hangs or disturbs, and says what was not kept."""

import sys
import threading
import time
from typing import Any

import msgspec
import pytest

from setpoint._core.values import Encoder, Redacted, StandIn, decode, is_equal, is_same, show


class RaisingRepr:
    def __repr__(self) -> str:
        raise RuntimeError("no")


class EvilAttributes:
    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)


class LyingClass:
    @property
    def __class__(self) -> Any:  # type: ignore[override]
        return dict


class RaisingEq:
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no")


class VagueEq:
    def __eq__(self, other: object) -> Any:
        return [self, other]

    __hash__ = object.__hash__


class EvilMeta(type):
    @property
    def __module__(cls) -> Any:  # type: ignore[override]
        raise RuntimeError("no")

    def __getattribute__(cls, name: str) -> Any:
        raise RuntimeError(name)


class EvilDict(dict[str, Any]):
    def items(self) -> Any:
        raise RuntimeError("no")

    def __iter__(self) -> Any:
        raise RuntimeError("no")


def stand_in_of(value: Any) -> StandIn:
    encoder = Encoder()
    back = decode(msgspec.json.decode(msgspec.json.encode(encoder.encode(value))))
    assert type(back) is StandIn
    assert len(back.shown) <= 200
    assert encoder.stand_ins == [("", back.reason)]
    return back


# Made inside the test: the test runner itself stumbles over some of these.
HOSTILE: dict[str, Any] = {
    "object": object,
    "raising repr": RaisingRepr,
    "evil attributes": EvilAttributes,
    "lying class": LyingClass,
    "raising eq": RaisingEq,
    "vague eq": VagueEq,
    "evil metaclass": lambda: type.__call__(EvilMeta.__new__(EvilMeta, "Evil", (), {})),
    "function": lambda: lambda: 1,
    "iterator": lambda: iter([]),
    "module": lambda: sys,
    "lock": threading.Lock,
    "view": lambda: memoryview(b"x"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_value_of_no_known_kind_becomes_a_stand_in_with_its_reason(kind: str) -> None:
    value = HOSTILE[kind]()
    assert stand_in_of(value).reason
    assert show(value)
    assert is_equal(value, value)
    assert not is_equal(value, 3)
    assert not is_same({"a": value}, {"a": "x"})


def test_stand_in_of_a_place_inside_names_the_place() -> None:
    encoder = Encoder()
    encoder.encode({"a": [1, {"b.c": object()}], "d": (object(),)})
    assert [key for key, _ in encoder.stand_ins] == ['a[1]."b.c"', "d[0]"]


def test_two_objects_of_no_known_kind_are_equal_only_if_they_say_so() -> None:
    assert not is_equal(object(), object())
    assert is_equal(VagueEq(), VagueEq())
    assert not is_same(RaisingRepr(), RaisingRepr())


def test_dict_with_hostile_methods_is_read_as_the_dict_it_is() -> None:
    assert decode(Encoder().encode(EvilDict(a=1))) == {"a": 1}
    assert is_same(EvilDict(a=1), {"a": 1})
    assert show(EvilDict(a=1)) == "{'a': 1}"


def test_cycle_ends_in_a_stand_in_at_its_place() -> None:
    cyclic: dict[str, Any] = {"lr": 0.1}
    cyclic["self"] = [cyclic]
    encoder = Encoder()
    back = decode(encoder.encode(cyclic))
    assert back["lr"] == 0.1
    assert encoder.stand_ins == [("self[0]", "it contains itself")]
    assert len(show(cyclic)) <= 80


def test_two_cycles_alike_are_equal() -> None:
    a: list[Any] = [1]
    a.append(a)
    b: list[Any] = [1]
    b.append(b)
    assert is_equal(a, b)
    assert is_same(a, b)


def test_a_hundred_levels_are_kept_and_deeper_ones_become_a_stand_in() -> None:
    deep: Any = "bottom"
    for _ in range(100):
        deep = [deep]
    assert decode(Encoder().encode(deep)) == deep
    encoder = Encoder()
    encoder.encode([deep])
    assert "deeper" in encoder.stand_ins[0][1]


def test_values_nested_deeper_than_they_are_compared_are_told_apart_by_their_forms() -> None:
    alike: Any = [1]
    same: Any = [1]
    other: Any = [2]
    for _ in range(200):
        alike, same, other = [alike], [same], [other]
    assert is_equal(alike, same)
    assert is_same(alike, same)
    assert not is_equal(alike, other)
    assert not is_same(alike, other)


def test_ten_thousand_levels_do_no_harm() -> None:
    deep: Any = []
    for _ in range(10_000):
        deep = [deep]
    other: Any = []
    for _ in range(10_000):
        other = {"a": other}
    msgspec.json.encode(Encoder().encode(deep))
    assert show(deep)
    assert is_equal(deep, [deep[0]])
    assert not is_equal(deep, other)
    assert not is_same(other, deep)


def test_deep_form_is_read_to_a_bound() -> None:
    form: Any = 1
    for _ in range(5000):
        form = {"$type": "tuple", "items": [form]}
    decode(form)


def test_encoding_near_the_end_of_the_stack_does_not_raise() -> None:
    def descend() -> Any:
        try:
            return descend()
        except RecursionError:
            return Encoder().encode({"a": [{"b": object()}, 1]})

    assert descend() is not None


def test_parts_shared_many_times_over_stay_bounded() -> None:
    bomb: Any = [1] * 10
    for _ in range(60):
        bomb = [bomb, bomb]
    start = time.process_time()
    encoder = Encoder()
    encoder.encode(bomb)
    show(bomb)
    other: Any = [1] * 10
    for _ in range(60):
        other = [other, other]
    assert is_equal(bomb, other)
    assert is_same(bomb, other)
    assert time.process_time() - start < 20
    assert any("parts" in reason for _, reason in encoder.stand_ins)


def test_containers_changed_by_another_thread_are_read_whole() -> None:
    shared: dict[str, Any] = {"d": {}, "l": [], "s": set()}
    done = threading.Event()

    def change() -> None:
        number = 0
        while not done.is_set():
            number = (number + 1) % 500
            shared["d"][str(number)] = number
            shared["l"].append(number)
            shared["s"].add(number)
            if number == 0:
                shared["d"].clear()
                shared["l"].clear()
                shared["s"].clear()

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(200):
            encoder = Encoder()
            encoder.encode(shared)
            assert encoder.stand_ins == []
            show(shared)
    finally:
        done.set()
        thread.join()


def test_recording_changes_nothing() -> None:
    value = {"a": [1, {2}], "b": {"c": (1, [2])}}
    before = repr(value)
    Encoder().encode(value)
    assert repr(value) == before


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\nb\r\nc", "\u202eevil", "\x00", "\ud800", "\x9b0m"])
def test_control_characters_are_escaped_in_messages(text: str) -> None:
    class Odd:
        def __repr__(self) -> str:
            return text

    assert show(text).isprintable()
    assert show(Odd()).isprintable()
    assert show({"a": Odd()}).isprintable()


GIANTS: dict[str, Any] = {
    "int": lambda: 10**100_000,
    "str": lambda: "x" * 10**7,
    "bytes": lambda: b"x" * 10**7,
    "list": lambda: list(range(10**6)),
    "dict": lambda: {i: i for i in range(10**5)},
}


@pytest.mark.parametrize("kind", GIANTS)
def test_giant_values_are_shown_at_once(kind: str) -> None:
    value = GIANTS[kind]()
    start = time.process_time()
    assert len(show(value, 50)) <= 50
    assert time.process_time() - start < 0.1


def test_secret_inside_the_repr_of_a_stand_in_is_left_out() -> None:
    class Client:
        def __repr__(self) -> str:
            return "Client(key=hush)"

    def redact(name: str, value: Any) -> Any:
        if type(value) is StandIn:
            return StandIn(value.type_name, value.shown.replace("hush", "***"), value.reason)
        return value

    assert decode(Encoder(redact).encode(Client())).shown == "Client(key=***)"
    hidden = decode(Encoder(lambda name, value: Redacted("ab") if type(value) is StandIn else value).encode(Client()))
    assert hidden.shown == "[redacted ab]"


def test_addresses_are_left_out_so_that_runs_compare() -> None:
    assert show(lambda: 1) == "<function test_addresses_are_left_out_so_that_runs_compare.<locals>.<lambda>>"
    assert "0x" not in show(object())


@pytest.mark.parametrize(
    ("a", "b", "equal", "same"),
    [
        (4, 4.0, True, False),
        (True, 1, True, False),
        (0.0, -0.0, True, False),
        (float("nan"), -float("nan"), True, True),
        ([float("nan")], [float("nan")], True, True),
        ((float("nan"),), (float("nan"),), True, True),
        ({float("nan")}, {float("nan")}, True, True),
        ((1,), [1], False, False),
        ({1: "a"}, {True: "a"}, True, False),
        ({"a": 1}, {"a": 1, "b": 2}, False, False),
        ({"a": 1}, {"b": 1}, False, False),
        ({1}, {1.0}, True, False),
        (1 + 0j, 1, True, False),
        ("a", b"a", False, False),
        (None, 0, False, False),
        ([1, [2]], [1, [3]], False, False),
        ([1], [1, 2], False, False),
    ],
)
def test_equality_is_pythons_and_sameness_minds_types(a: Any, b: Any, equal: bool, same: bool) -> None:
    assert (is_equal(a, b), is_same(a, b)) == (equal, same)
    assert (is_equal(b, a), is_same(b, a)) == (equal, same)


def test_keys_whose_equality_raises_are_compared_by_their_forms() -> None:
    class Key(RaisingEq):
        def __hash__(self) -> int:
            return 1

        def __repr__(self) -> str:
            return "key"

    assert is_equal({Key(): 1}, {Key(): 1})
    assert not is_equal({Key(): 1}, {Key(): 2})


def test_class_without_a_module_is_named() -> None:
    space: dict[str, Any] = {}
    exec("bare = type('Bare', (), {})()", space)
    assert stand_in_of(space["bare"]).type_name == "Bare"


def test_names_remembered_stay_bounded() -> None:
    encoder = Encoder()
    many = {f"name{number}": number for number in range(70_000)}
    assert encoder.encode(many) == many
    assert encoder.encode(many) == many


def test_list_of_too_many_parts_is_a_stand_in() -> None:
    assert "5,000,000 parts" in stand_in_of([0] * 5_000_001).reason
