"""Short ids that people can type back."""

from hypothesis import given
from hypothesis import strategies as st

from setpoint._query.short_ids import short_ids, tail_of

TAILS = st.text(alphabet="0123456789abcdefghjkmnpqrstvwxyz", min_size=14, max_size=14)


@given(st.lists(TAILS, unique=True, max_size=30))
def test_short_ids_tell_runs_apart(tails: list[str]) -> None:
    ids = [f"20261124-160302-{tail}" for tail in tails]
    short = short_ids(ids)
    assert all([other for other in ids if tail_of(other).startswith(short[run_id])] == [run_id] for run_id in ids)
    assert all(len(text) >= 6 for text in short.values())


def test_ids_that_a_user_chose_stay_whole() -> None:
    assert short_ids(["baseline-a", "baseline-b"]) == {"baseline-a": "baseline-a", "baseline-b": "baseline-b"}
