"""Records of several writers and sessions, folded to one run."""

import math
from pathlib import Path

from journals import CODE, FILE, header, make_writer
from msgspec import structs

from setpoint._core.change import Level
from setpoint._journal.fold import fold
from setpoint._journal.frame import Frame
from setpoint._journal.record import Delete, Environment, Finish, Log, Meta, Open, Reads, Record, Set, Summary, Update
from setpoint._journal.state import RunState

WHOLE = Update([FILE], [("lr", 0.1, 0, 1), ("optim.name", "adam", 0, 1)], whole=True)


def folded(*writers: tuple[Open, list[Record]]) -> RunState:
    """Fold writers, each a header and its records, whose numbers are filled in where they have none."""
    segments = []
    for opened, records in writers:
        numbered = [
            record if record.seq else structs.replace(record, seq=at, t=opened.t + at)
            for at, record in enumerate(records, 1)
        ]
        frames = [
            Frame(record, f"{opened.writer}.jsonl", 10 * at, 10 * at + 9, at)
            for at, record in enumerate([opened, *numbered], 1)
        ]
        segments.append((opened.writer, frames))
    forwards, backwards = fold("run-1", segments), fold("run-1", segments[::-1])
    assert repr(forwards) == repr(backwards)  # by their texts, as nan differs from nan
    return forwards


def main(session: int = 1, t: int = 1000, **fields) -> Open:
    return header(writer=f"main-h-{session}-abcd", session=session, t=t, **fields)


def rank(number: int, t: int = 1000) -> Open:
    return header(writer=f"rank{number}-h-{number}-abcd", role="rank", rank=number, t=t)


def child(t: int = 2000) -> Open:
    return header(writer="child-h-9-abcd", role="child", parent="main-h-1-abcd", t=t)


def test_a_later_session_goes_before_by_number_and_not_by_clock() -> None:
    state = folded((main(2, t=10), [Set("lr", 0.2, CODE)]), (main(1, t=5000), [WHOLE, Finish("failed", 1, "boom")]))
    assert state.config["lr"] == 0.2
    assert (state.status, state.error, state.finished_ns, state.created_ns) == ("running", "", 0, 5000)


def test_a_resume_that_states_the_same_config_changes_only_what_differs() -> None:
    again = Update([FILE, CODE], [("lr", 0.2, 1, 1), ("optim.name", "adam", 0, 1)], whole=True)
    state = folded((main(1), [WHOLE]), (main(2, t=9000), [again, Finish("finished", 0)]))

    assert state.config == {"lr": 0.2, "optim": {"name": "adam"}}
    assert [(change.key, change.value) for change in state.changes] == [
        ("lr", 0.1),
        ("optim.name", "adam"),
        ("lr", 0.2),
    ]
    assert (state.held["lr"].writer, state.held["optim.name"].writer) == ("main-h-2-abcd", "main-h-1-abcd")
    assert state.status == "finished"


def test_a_whole_config_removes_what_it_does_not_name() -> None:
    state = folded((main(1), [WHOLE]), (main(2), [Update([CODE], [("lr", 0.1, 0, 1)], whole=True)]))
    assert state.config == {"lr": 0.1}
    assert [change.key for change in state.changes if change.deleted] == ["optim.name"]
    assert list(state.held) == ["lr"]


def test_a_rank_that_disagrees_is_listed_by_key_and_changes_nothing() -> None:
    other = Update([CODE], [("lr", 0.3, 0, 1), ("optim.name", "adam", 0, 1), ("local_rank", 1, 0, 1)], whole=True)
    state = folded((rank(0), [WHOLE]), (rank(1), [other]))

    assert state.config == {"lr": 0.1, "optim": {"name": "adam"}, "local_rank": 1}
    (disagreement,) = state.disagreements
    assert (disagreement.key, disagreement.value, disagreement.leading) == ("lr", 0.3, 0.1)
    assert (disagreement.writer, disagreement.origin) == ("rank1-h-1-abcd", CODE)
    assert state.held["local_rank"].writer == "rank1-h-1-abcd"
    assert [change.key for change in state.changes] == ["lr", "optim.name", "lr", "local_rank"]


def test_values_that_differ_only_in_type_disagree_and_nan_agrees_with_nan() -> None:
    nan = {"$type": "float", "value": "nan"}
    lead = Update([CODE], [("a", 4, 0, 1), ("b", nan, 0, 1)], whole=True)
    state = folded((rank(0), [lead]), (rank(1), [Update([CODE], [("a", 4.0, 0, 1), ("b", nan, 0, 1)], whole=True)]))
    assert [disagreement.key for disagreement in state.disagreements] == ["a"]


def test_a_child_goes_on_from_its_parents_config_and_a_list_counts_as_one_value() -> None:
    lead = Update([CODE], [("layers", [64, 32], 0, 1), ("optim", {"lr": 1}, 0, 1)], whole=True)
    state = folded(
        (main(), [lead]), (child(), [Set("layers[2]", 16, CODE), Set("optim.wd", 2, CODE), Delete("optim.lr", CODE)])
    )

    assert state.config == {"layers": [64, 32], "optim": {"lr": 1, "wd": 2}}
    assert [(item.key, item.value) for item in state.disagreements] == [("layers", [64, 32, 16])]
    assert state.damage == []
    assert "optim.wd" in state.held


def test_a_scalar_against_a_section_disagrees_where_they_part() -> None:
    state = folded((rank(0), [Set("optim", 3, CODE)]), (rank(1), [Update([CODE], [("optim.lr", 1, 0, 1)], whole=True)]))
    assert [(item.key, item.value, item.leading) for item in state.disagreements] == [("optim", {"lr": 1}, 3)]


def test_of_two_main_writers_in_a_session_the_first_leads() -> None:
    twin = header(writer="main-h-7-abcd", session=1, t=1500)
    state = folded((main(), [Set("lr", 1, CODE)]), (twin, [Update([CODE], [("lr", 2, 0, 1)], whole=True)]))
    assert state.config == {"lr": 1}
    assert [item.writer for item in state.disagreements] == ["main-h-7-abcd"]


def test_without_a_leading_writer_the_lowest_rank_leads() -> None:
    state = folded((rank(2), [Set("lr", 2, CODE)]), (rank(1), [Set("lr", 1, CODE)]), (child(), [Set("lr", 3, CODE)]))
    assert state.config == {"lr": 1}
    assert {item.value for item in state.disagreements} == {2, 3}


def test_metrics_of_other_writers_keep_apart_from_the_leading_ones() -> None:
    state = folded(
        (main(1), [Log(1, {"loss": 3.0})]),
        (main(2, t=9000), [Log(2, {"loss": 2})]),
        (rank(1), [Log(1, {"loss": 9.0, "gpu": 0.5})]),
        (child(), [Log(1, {"loss": 8.0}), Summary("loss", "low"), Summary("test", 1)]),
    )
    assert list(state.metrics) == ["loss", "loss@child-h-9-abcd", "loss@rank1", "gpu"]
    assert (list(state.metrics["loss"].steps), list(state.metrics["loss"].values)) == ([1, 2], [3.0, 2.0])
    assert state.summary == {"loss": 2, "gpu": 0.5, "test": 1}
    assert type(state.summary["loss"]) is int


def test_repeated_records_count_once_and_missing_numbers_are_a_gap() -> None:
    records = [
        structs.replace(Log(step, {"loss": 1.0}), seq=seq)
        for seq, step in [(1, 1), (2, 2), (2, 2), (6, 6), (5, 5), (9, 9)]
    ]
    state = folded((main(), records))
    assert list(state.metrics["loss"].steps) == [1, 2, 5, 6, 9]
    assert [entry.detail for entry in state.damage] == [
        "records 3 to 4 are missing of writer main-h-1-abcd",
        "records 7 to 8 are missing of writer main-h-1-abcd",
    ]
    assert {entry.kind for entry in state.damage} == {"gap"}


def test_what_can_not_be_applied_is_damage_and_the_rest_stands() -> None:
    records = [
        Set("lr", 0.1, CODE),
        Set("lr.x", 1, CODE),
        Set("layers[0]", 1, CODE),
        Set("[0]", 1, CODE),
        Set("", 1, CODE),
        Delete("gone", CODE),
        Update([CODE], [("a", 1, 5, 1), ("b", 1, 0, 7), ("c", 1, 0, 1), ("new.deep[0]", 1, 0, 1)]),
        Set("items", [1, 2], CODE),
        Delete("items[0]", CODE),
        Set("items[5]", 1, CODE),
        Set("lr.x.y", 1, CODE),
    ]
    state = folded((main(), records))
    assert state.config == {"lr": 0.1, "c": 1, "items": [1, 2]}
    assert [entry.line for entry in state.damage] == [3, 4, 5, 6, 7, 8, 8, 8, 10, 11, 12]
    assert {entry.kind for entry in state.damage} == {"format"}


def test_later_changes_leave_recorded_values_as_they_were() -> None:
    state = folded(
        (main(), [Set("a", {"b": [1]}, CODE), Set("a.b[1]", 2, CODE), Set("a.c", {}, CODE), Set("a.c.d", 1, CODE)])
    )
    assert state.config == {"a": {"b": [1, 2], "c": {"d": 1}}}
    assert [change.value for change in state.changes] == [{"b": [1]}, 2, {}, 1]


def test_a_change_carries_the_step_logged_before_it() -> None:
    records = [Set("a", 1, CODE), Log(5, {}), Set("b", 1, CODE, Level.DEFAULT), Log(9, {}), Delete("a", CODE)]
    state = folded((main(), records))
    assert [(change.key, change.step) for change in state.changes] == [("a", None), ("b", 5), ("a", 9)]
    assert state.held["b"].level == Level.DEFAULT


def test_values_that_are_no_numbers_are_summary_but_no_points() -> None:
    values = {"text": "x", "huge": {"$type": "int", "hex": hex(10**400)}, "list": [1], "none": None, "yes": True}
    state = folded((main(), [Log(1, values)]))
    assert list(state.metrics) == ["yes"]
    assert set(state.summary) == set(values)


def test_a_metric_of_nan_alone_has_nan_stats() -> None:
    state = folded((main(), [Log(1, {"loss": {"$type": "float", "value": "nan"}})]))
    stats = state.stats["loss"]
    assert stats.count == 1
    assert all(math.isnan(value) for value in (stats.last, stats.min, stats.max, stats.mean))


def test_facts_are_the_latest_of_the_leading_writers_then_of_others() -> None:
    state = folded(
        (
            main(1, name="one", project="p", tags=[]),
            [Environment({"host": "a", "gpu": 1}), Meta(notes="n"), Reads({"x": []})],
        ),
        (main(2, t=9000, name="", project=""), [Environment({"host": "b"})]),
        (child(), [Meta(name="three", group="g", job_type="j", project="q", tags=["t"]), Environment({"host": "c"})]),
    )
    assert (state.name, state.project, state.group, state.job_type, state.notes) == ("three", "q", "g", "j", "n")
    assert (state.tags, state.environment, state.unused) == (["t"], {"host": "b", "gpu": 1}, {"x": []})


def test_a_run_without_any_record_is_empty(tmp_path: Path) -> None:
    assert fold("run-1", []) == RunState("run-1")
    writer = make_writer(tmp_path / "run-1")
    writer.close()
    assert fold("run-1", [("child-h-1-abcd", [])]).config == {}


def test_a_value_of_a_class_that_is_not_here_is_a_point_where_it_is_a_number() -> None:
    grade = {"$type": "enum", "class": "gone.Grade", "name": "GOOD", "value": 3}
    word = {"$type": "enum", "class": "gone.Word", "name": "YES", "value": "yes"}
    state = folded((main(), [Log(1, {"grade": grade, "word": word})]))
    assert {metric: list(series.values) for metric, series in state.metrics.items()} == {"grade": [3.0]}


def test_of_two_ends_the_one_that_was_recorded_later_counts() -> None:
    late, early = structs.replace(Finish("finished", 0), seq=2), structs.replace(Finish("failed", 1), seq=1)
    assert folded((main(), [late, early])).status == "finished"


def test_a_childs_param_that_it_deletes_under_another_spelling_is_gone() -> None:
    state = folded((main(), [Set("lr", 1, CODE)]), (child(), [Set('"wd"', 2, CODE), Delete("wd", CODE)]))
    assert (state.config, state.disagreements, state.damage) == ({"lr": 1}, [], [])
