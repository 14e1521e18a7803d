"""Values as text for a terminal."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setpoint._cli.text import (
    FULL,
    age_text,
    count_text,
    duration_text,
    pad,
    safe,
    shorten,
    size_text,
    value_text,
    value_texts,
    width_of,
    wrapped,
)
from setpoint._query.recorded import MISSING

HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b31m",
    "a\rb",
    "a\nb",
    "\x00",
    "\x7f",
    "\u202eevil\u202c",
    "\u2066x\u2069",
    "\u2028",
    "\ud800",
    "\ufeff",
    "\u200b",
    "\x1bP1;1|\x1b\\",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_acts_on_a_terminal_is_left_in_safe_text(text: str) -> None:
    assert safe(text).isprintable()
    assert "\x1b" not in safe(text)
    assert value_text(text).isprintable()
    assert value_text({"a": [text]}).isprintable()


@given(st.text())
def test_safe_text_is_printable_and_keeps_what_was(text: str) -> None:
    assert safe(text).isprintable()
    assert not text.isprintable() or safe(text) == text


@given(st.text(), st.integers(0, 40))
def test_shortened_text_fits(text: str, width: int) -> None:
    assert width_of(shorten(safe(text), width)) <= width


@given(st.text(alphabet=st.characters(categories=["Lo", "Mn", "Ll", "So"])), st.integers(0, 30), st.booleans())
def test_padded_text_is_as_wide_as_asked(text: str, more: int, is_right: bool) -> None:
    assert width_of(pad(text, width_of(text) + more, is_right=is_right)) == width_of(text) + more


def test_wide_and_combining_characters_take_two_columns_and_none() -> None:
    assert width_of("学习率") == 6
    assert width_of("e\u0301") == 1
    assert shorten("学习率学习率", 7) == "学…习率"


def test_text_that_is_shortened_twice_has_one_sign_of_it() -> None:
    assert value_text("word " * 100, 30).count("…") == 1
    for width in range(4, 30):
        assert shorten(value_text("word " * 100, 30), width).count("…") == 1
        assert shorten(value_text({f"k{at}": at for at in range(100)}, 30), width).count("…") == 1


def test_long_list_shows_its_beginning_and_how_many_items_it_has() -> None:
    assert value_text(list(range(300)), 26) == "[0, 1, 2, 3, … 300 items]"
    assert value_text(tuple(range(300)), 26) == "(0, 1, 2, 3, … 300 items)"
    assert value_text([f"w{at}" for at in range(80)], 24) == "[w0, w1, w2, … 80 items]"
    assert shorten(value_text(list(range(300)), 40), 26) == "[0, 1, 2, 3, 4… 300 items]"
    assert value_text(list(range(3)), 26) == "[0, 1, 2]"
    assert value_text(list(range(300))).endswith("298, 299]")


def test_shortened_text_keeps_both_ends() -> None:
    assert shorten("/data/imagenet/train/shard-0001.tar", 16) == "/data/im…001.tar"
    assert shorten("abc", 1) == "…"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("adam", "adam"),
        ("1", "'1'"),
        (1, "1"),
        (1.0, "1.0"),
        ("None", "'None'"),
        (None, "None"),
        ("", "''"),
        (" x", "' x'"),
        ("x ", "'x '"),
        ("[a]", "'[a]'"),
        ("nan", "'nan'"),
        (math.nan, "nan"),
        (True, "True"),
        ("-", "'-'"),
        (MISSING, "-"),
        (["a", "b"], "['a', 'b']"),
        ((1, 2), "(1, 2)"),
        ("a b", "a b"),
    ],
)
def test_text_is_bare_where_nothing_else_reads_like_it(value: object, text: str) -> None:
    assert value_text(value) == text


def test_list_of_words_is_bare_where_room_is_short() -> None:
    assert value_text(["a", "1"], 40) == "[a, '1']"


@given(st.lists(st.floats(allow_nan=False), unique=True, min_size=2, max_size=6), st.booleans())
def test_numbers_that_differ_read_differently(numbers: list[float], is_metric: bool) -> None:
    texts = value_texts(numbers, 40, is_metric=is_metric)
    assert len(set(texts)) == len(set(map(repr, numbers))) or -0.0 in numbers


def test_metrics_have_the_same_number_of_decimals() -> None:
    assert value_texts([0.97222222, 0.95, MISSING], 40, is_metric=True) == ["0.9722", "0.9500", "-"]


def test_a_metric_just_below_one_does_not_read_as_one() -> None:
    assert value_texts([0.99997, 0.5], 40, is_metric=True) == ["0.99997", "0.50000"]


def test_params_keep_the_digits_people_typed() -> None:
    assert value_texts([0.1, 1 / 3, 1e-05], 40) == ["0.1", "0.3333", "1e-05"]


def test_full_width_keeps_every_digit() -> None:
    assert value_texts([1 / 3, 0.1], FULL, is_metric=True) == ["0.3333333333333333", "0.1"]


def test_ages_and_lengths_of_time_read_short() -> None:
    assert [age_text(seconds) for seconds in (0.2, 12, 200, 7300, 90_000, 15 * 86_400, 800 * 86_400)] == [
        "now", "12s", "3m", "2h", "1d", "2w", "2y"
    ]  # fmt: skip
    assert [duration_text(seconds) for seconds in (0.08, 1.84, 12.2, 185, 7800, 100_000)] == [
        "80 ms", "1.8 s", "12 s", "3 min 5 s", "2 h 10 min", "1 d 3 h"
    ]  # fmt: skip


def test_sizes_and_counts_have_units() -> None:
    assert [size_text(size) for size in (812, 12_600, 3_600_000, 2**50)] == ["812 B", "12 KiB", "3.4 MiB", "1024 TiB"]
    assert [count_text(number, "run") for number in (1, 1204)] == ["1 run", "1,204 runs"]


@given(st.text(alphabet="ab 学", max_size=80), st.integers(2, 30))
def test_wrapped_text_fits_and_keeps_every_word(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(width_of(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_text_is_wrapped_at_spaces() -> None:
    assert wrapped("python train.py --lr 0.1", 15) == ["python train.py", "--lr 0.1"]
    assert wrapped("abcdefgh", 3) == ["abc", "def", "gh"]
