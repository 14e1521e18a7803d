"""Filter text becomes the expression it says, or an error that points at the column."""

from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setpoint._catalog.leaf import Scope
from setpoint._query.expr import (
    ANY_INDEX,
    And,
    Column,
    Compare,
    Contains,
    Expr,
    Has,
    Holds,
    Key,
    Not,
    OneOf,
    Op,
    Or,
    Term,
)
from setpoint._query.grammar import parse
from setpoint._query.keys import target_of
from setpoint._query.naive import evaluate, facts_of
from setpoint.errors import FilterError

NOW_NS = 1_700_000_000_000_000_000


def param(*path: str | int, at: int = 1) -> Key:
    return Key(Scope.PARAM, path, at)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lr < 0.01", Term(param("lr"), Compare(Op.LT, 0.01))),
        ("  lr<1e-3 ", Term(param("lr", at=3), Compare(Op.LT, 0.001))),
        ("0.01 >= lr", Term(param("lr", at=9), Compare(Op.LE, 0.01))),
        ("optim.name == 'adam'", Term(param("optim", "name"), Compare(Op.EQ, "adam"))),
        ('config["any key"] != -1', Term(param("any key"), Compare(Op.NE, -1))),
        ('config["a.b"]["c"] == True', Term(param("a.b", "c"), Compare(Op.EQ, True))),
        ("layers[0].width > 64", Term(param("layers", 0, "width"), Compare(Op.GT, 64))),
        ("aug[*].name == 'mixup'", Term(param("aug", ANY_INDEX, "name"), Compare(Op.EQ, "mixup"))),
        ("aug[ * ] == '[*]'", Term(param("aug", ANY_INDEX), Compare(Op.EQ, "[*]"))),
        ("lr is None", Term(param("lr"), Compare(Op.EQ, None))),
        ("x == inf", Term(param("x"), Compare(Op.EQ, float("inf")))),
        ("summary.acc > 0.9", Term(Key(Scope.SUMMARY, ("acc",), 1), Compare(Op.GT, 0.9))),
        ('summary["train/loss"] < 1', Term(Key(Scope.SUMMARY, ("train/loss",), 1), Compare(Op.LT, 1))),
        ("'baseline' in tags", Term(Key(Scope.TAG, ("baseline",), 15), Has())),
        ("'x' not in tags", Not(Term(Key(Scope.TAG, ("x",), 12), Has()))),
        ("opt in ('a', 'b')", Term(param("opt"), OneOf(("a", "b")))),
        ("opt not in [1]", Term(param("opt"), OneOf((1,), negated=True))),
        ("'ada' in opt", Term(param("opt", at=10), Contains("ada"))),
        ("contains(notes, 'x')", Term(Column("notes", 10), Contains("x"))),
        ("missing(ema)", Not(Term(param("ema", at=9), Has()))),
        ("has(ema)", Term(param("ema", at=5), Has())),
        ("changed(lr)", Term(Key(Scope.CHANGED, ("lr",), 9), Has())),
        ("amp", Term(param("amp"), Holds())),
        ("not amp", Not(Term(param("amp", at=5), Holds()))),
        ("age < '7d'", Term(Column("created", 1), Compare(Op.GT, NOW_NS - 7 * 86_400 * 10**9))),
        ("run.duration >= '1h30m'", Term(Column("duration", 1), Compare(Op.GE, 5400 * 10**9))),
        ("run.project == 'p'", Term(Column("project", 1), Compare(Op.EQ, "p"))),
        ("run.commit == None", Not(Term(Column("commit", 1), Has()))),
        (
            "a and (b or c)",
            And((Term(param("a"), Holds()), Or((Term(param("b", at=8), Holds()), Term(param("c", at=13), Holds()))))),
        ),
        ("1 < a <= 2", And((Term(param("a", at=5), Compare(Op.GT, 1)), Term(param("a", at=5), Compare(Op.LE, 2))))),
    ],
)  # fmt: skip
def test_text_means_what_it_says(text: str, expected: Expr) -> None:
    found = parse(text, now_ns=NOW_NS)
    if text.startswith("age"):
        assert isinstance(found, Term)
        assert (found.target, found.test) == (Column("created", found.target.at), expected.test)  # type: ignore[union-attr]
    else:
        assert found == expected


def test_a_date_stands_for_its_day() -> None:
    start = int(datetime(2026, 11, 24).astimezone().timestamp()) * 10**9  # local time is what is meant
    inside = facts_of({}, {}, columns={"created": start + 1})
    outside = facts_of({}, {}, columns={"created": start - 1})
    assert evaluate(parse("run.created == '2026-11-24'"), inside)
    assert not evaluate(parse("run.created == '2026-11-24'"), outside)
    assert evaluate(parse("run.created != '2026-11-24'"), outside)
    assert evaluate(parse("run.created >= '2026-11-24 00:00'"), inside)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "empty"),
        ("lr <", 5, "can't be read"),
        ("lr = 1", 4, "=="),
        ("é == 'x' and lr = 1", 17, "=="),
        ("(lr < 1", 1, "never closed"),
        ("lr < wd", 6, "put text in quotes"),
        ("lr < 1 and a + b > 2", 12, "calculate"),
        ("lr < 1 and é.x / 2 > 2", 12, "calculate"),
        ("a == (1 if b else 2)", 7, "Expected a value"),
        ("__import__('os').system('x')", 1, "can be called"),
        ("eval('1')", 1, "can be called"),
        ("missing(lr, wd)", 1, "one key"),
        ("has('lr')", 5, "a key first"),
        ("contains(notes)", 1, "a key and a text"),
        ("'a' < 'b'", 1, "needs a key"),
        ("lr[-1] == 2", 4, "index from 0 up"),
        ("lr[1:2] == 2", 4, "index from 0 up"),
        ("run.statu == 'x'", 1, "no such column"),
        ("run.created > 'soon'", 15, "a date or time"),
        ("run.project == 5", 16, "text"),
        ("age < 'week'", 7, "a length of time"),
        ("age == '7d'", 8, "write age < '7d'"),
        ("tags == 'x'", 9, "in tags"),
        ("tags", 1, "in tags"),
        ("summary == 1", 1, "needs a key"),
        ("x in 'abc'", 6, "list of values"),
        ("lr == b'x'", 7, "Expected a value"),
        ("lr == 1j", 7, "Expected a value"),
        ("lambda: 1", 1, "a key"),
        ("[x for x in y]", 1, "a key"),
        ("a; b", 2, "can't be read"),
        ("a\x00b", 2, "can't be read"),
        ("f'{a}' == b", 1, "Expected a value"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_column(text: str, column: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert words in caught.value.problem
    assert caught.value.column == column


@pytest.mark.parametrize(
    "text",
    ["(" * 5000 + "a" + ")" * 5000, "not " * 5000 + "a",
     " and ".join(["a < 1"] * 10_000), "a" * 100_000,
     "-" * 20_000 + "1 < a", "a" + ".b" * 20_000 + " < 1", "a" + "[0]" * 20_000,
     "x == " + "9" * 5000, "a < " * 3000 + "1"],
    ids=["brackets", "nots", "ands", "name", "minus", "dots", "indexes", "digits", "chain"],
)  # fmt: skip
def test_monstrous_filters_are_refused_or_read_but_never_crash(text: str) -> None:
    with suppress(FilterError):
        parse(text)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    column = 1
    try:
        parse(text)
    except FilterError as error:
        column = error.column
    assert 1 <= column <= len(text) + 1


def test_column_names_are_read_as_tables_write_them() -> None:
    assert target_of("summary.train/loss") == Key(Scope.SUMMARY, ("train/loss",), 1)
    assert target_of('"a.b"[0]') == Key(Scope.PARAM, ("a.b", 0), 1)
    assert target_of("config.run.x") == Key(Scope.PARAM, ("run", "x"), 1)
    assert target_of("run.host") == Column("host", 1)
    assert target_of("config['a b']") == Key(Scope.PARAM, ("a b",), 1)
    with pytest.raises(FilterError):
        target_of("lr < 1")
