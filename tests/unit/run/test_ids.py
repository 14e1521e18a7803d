import pytest
from hypothesis import given
from hypothesis import strategies as st

from setpoint._journal.layout import is_run_id, run_folder
from setpoint._run.ids import check_run_id, day_of, friendly_name, new_run_id
from setpoint._run.words import ADJECTIVES, NOUNS
from setpoint.errors import InvalidArgumentError

TIMES = st.integers(min_value=0, max_value=253_402_300_799_999_999_999)
MS = 1_000_000


@given(TIMES)
def test_every_new_id_is_a_valid_run_id(time_ns):
    assert is_run_id(new_run_id(time_ns))


@given(TIMES, TIMES)
def test_ids_of_different_milliseconds_sort_by_time_as_text(one, other):
    earlier, later = sorted([one, other])
    if earlier // MS != later // MS:
        assert new_run_id(earlier) < new_run_id(later)


def test_ids_made_in_one_millisecond_are_all_different():
    assert len({new_run_id(1_764_000_000_000_000_000) for _ in range(20_000)}) == 20_000


def test_an_id_starts_with_the_second_in_utc():
    assert new_run_id(1_795_533_227 * 10**9).startswith("20261124-151347-00")


@given(st.integers(min_value=-(2**70), max_value=2**70))
def test_a_clock_that_is_far_off_still_gives_an_id(time_ns):
    assert is_run_id(new_run_id(time_ns))


@pytest.mark.parametrize("text", ["a", "0", "my-run-2", "a" * 64])
def test_a_valid_id_is_returned_as_it_is(text):
    assert check_run_id(text) == text


@pytest.mark.parametrize("text", ["", "-a", "A", "a" * 65, "a/b", "..", "a.b", "a\n", "é", "a b", "\0", "%2e"])
def test_an_id_that_could_be_a_path_is_refused_by_name(text):
    with pytest.raises(InvalidArgumentError, match=r"^SETPOINT_RUN_ID is .*; expected 1 to 64 lower-case"):
        check_run_id(text, "SETPOINT_RUN_ID")


@given(st.text())
def test_a_friendly_name_is_always_the_same_for_the_same_id(text):
    name = friendly_name(text)
    adjective, noun, number = name.split("-")
    assert name == friendly_name(text)
    assert adjective in ADJECTIVES
    assert noun in NOUNS
    assert 1 <= int(number) <= 999


def test_friendly_names_of_a_thousand_runs_hardly_ever_meet():
    names = {friendly_name(new_run_id(number)) for number in range(1000)}
    assert len(names) > 980


def test_the_words_are_plain_and_none_comes_twice():
    for words in (ADJECTIVES, NOUNS):
        assert len(set(words)) == len(words)
        assert all(word.isascii() and word.isalpha() and word.islower() for word in words)


@given(TIMES)
def test_the_day_of_a_time_and_of_an_id_made_then_are_that_of_the_runs_folder(tmp_path_factory, time_ns):
    folder = run_folder(tmp_path_factory.getbasetemp(), "a", time_ns)
    assert day_of(time_ns) == day_of(new_run_id(time_ns)) == folder.parent.name


def test_an_id_of_the_users_own_tells_no_day():
    assert day_of("my-run") == ""
