"""Tables that fit the screen."""

from hypothesis import given
from hypothesis import strategies as st

from setpoint._cli.output import Screen
from setpoint._cli.table import Column, fitted, hidden_count, lines_of
from setpoint._cli.text import width_of

PIPE = Screen(False, 80, 24, False)


def terminal(width: int) -> Screen:
    return Screen(True, width, 24, False)


def test_a_pipe_gets_whole_cells_in_aligned_columns() -> None:
    columns = [Column("name", ["a", "b" * 100]), Column("lr", ["0.1", "10.25"], is_right=True)]
    assert list(lines_of(columns, PIPE)) == [
        "name" + " " * 96 + "     lr",
        "a" + " " * 99 + "    0.1",
        "b" * 100 + "  10.25",
    ]


def test_columns_of_the_highest_rank_are_left_out_first() -> None:
    columns = [Column("a", ["x" * 10]), Column("b", ["y" * 10], rank=2), Column("c", ["z" * 10], rank=1)]
    assert [column.title for column in fitted(columns, 22)[0]] == ["a", "c"]


def test_columns_that_find_no_room_are_counted() -> None:
    columns = [Column("a", ["x" * 10]), Column("b", ["y" * 10], rank=2), Column("c", ["z" * 10], rank=1)]
    assert [hidden_count(columns, terminal(width)) for width in (40, 30, 20)] == [0, 1, 2]
    assert hidden_count(columns, PIPE) == 0


def test_columns_without_rank_are_shortened_and_never_left_out() -> None:
    columns = [Column("a", ["x" * 30]), Column("b", ["y" * 30])]
    (line,) = list(lines_of(columns, terminal(20), has_titles=False))
    assert width_of(line) <= 20
    assert line.count("…") == 2


def test_room_that_is_left_goes_to_what_was_cut() -> None:
    columns = [Column("a", ["x" * 60]), Column("b", ["y"])]
    (line,) = list(lines_of(columns, terminal(50), has_titles=False))
    assert width_of(line) == 50


def test_a_free_title_runs_on_above_the_next_column() -> None:
    columns = [
        Column("", ["lr"]),
        Column("long title", ["0.1"], has_free_title=True),
        Column(None, ["train.py:7"]),
    ]
    assert list(lines_of(columns, PIPE)) == ["    long title", "lr  0.1  train.py:7"]


def test_styles_do_not_move_columns() -> None:
    columns = [Column("a", ["x", "yy"], styles=["good", "bad"]), Column("b", ["1", "2"])]
    plain = list(lines_of(columns, terminal(80)))
    coloured = list(lines_of(columns, Screen(True, 80, 24, True)))
    import click

    assert [click.unstyle(line) for line in coloured] == plain
    assert coloured != plain


@given(
    st.lists(st.lists(st.text(alphabet="ab学x", max_size=40), min_size=3, max_size=3), min_size=1, max_size=6),
    st.integers(30, 120),
)
def test_no_line_is_wider_than_the_terminal(cells: list[list[str]], width: int) -> None:
    columns = [Column("title", texts, rank=at) for at, texts in enumerate(cells)]
    assert max(width_of(line) for line in lines_of(columns, terminal(width))) <= width
