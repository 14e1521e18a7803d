"""JSON lines: what any script can write comes in exactly; what is no run is named with line and column."""

import io
import json
from array import array
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from import_places import by_name, imported

from setpoint._core.secrets import Redactor
from setpoint._core.values import Encoder, is_same
from setpoint._journal import pack
from setpoint._query.export import write_jsonl
from setpoint._query.imports import Source, import_runs, jsonl
from setpoint._query.imports.making import Maker
from setpoint._query.imports.source import Context
from setpoint._query.load import load
from setpoint._query.runs import runs

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=8)
    | st.dates()
    | st.tuples(st.integers(), st.floats(allow_nan=False))
)
VALUES = st.recursive(
    LEAVES, lambda part: st.lists(part, max_size=4) | st.dictionaries(NAMES, part, max_size=4), max_leaves=12
)
TREES = st.dictionaries(NAMES, VALUES, max_size=6)
STEPS = st.integers(-(2**63), 2**63 - 1)
METRICS = st.dictionaries(NAMES, st.lists(st.tuples(STEPS, st.floats()), min_size=1, max_size=30), max_size=3)


def plain_tree(tree: dict[str, Any]) -> dict[str, Any]:
    return {name: Encoder().encode(value, name) for name, value in tree.items()}


def only_run(line: bytes) -> pack.RunState:
    """Return the run of a line, as it stands in a pack."""
    problems: list[str] = []
    found = list(jsonl.read_lines(io.BytesIO(line), "lines", Context(problems.append)))
    assert problems == []
    maker = Maker("jsonl", lambda data: "0" * 16)
    packed = pack.read_line(maker.line(maker.made(found[0])))
    assert packed is not None
    return pack.unpacked(packed)


@settings(max_examples=150)
@given(config=TREES, summary=TREES, metrics=METRICS, is_fast=st.booleans())
def test_any_run_comes_back_exactly(config: Any, summary: Any, metrics: Any, is_fast: bool) -> None:
    assume(not has_secret(config) and not has_secret(summary))
    line = {
        "config": plain_tree(config),
        "summary": plain_tree(summary),
        "metrics": {
            name: {"steps": [step for step, _ in points], "values": [value for _, value in points]}
            for name, points in metrics.items()
        },
    }
    # msgspec writes nan and infinities as null, which is nan again; Python's json writes them by name.
    text = msgspec.json.encode(line) if is_fast and not _has_infinity(metrics) else json.dumps(line).encode()
    state = only_run(text)
    assert is_same(state.config, config)
    assert is_same(state.summary, summary)
    for name, points in metrics.items():
        assert state.metrics[name].steps == array("q", [step for step, _ in points])
        assert is_same(list(state.metrics[name].values), [value for _, value in points])


def has_secret(tree: dict[str, Any]) -> bool:
    """Tell whether something in a tree would be taken out: such texts come up by themselves."""
    encoder = Encoder(Redactor(lambda data: "0"))
    return any(b'"$redacted"' in msgspec.json.encode(encoder.encode(value, name)) for name, value in tree.items())


def _has_infinity(metrics: Any) -> bool:
    return any(value in (float("inf"), float("-inf")) for points in metrics.values() for _, value in points)


def test_every_field_of_a_line_comes_in(store: Path, tmp_path: Path) -> None:
    line = {
        "id": "my-run-1",
        "name": "first",
        "project": "digits",
        "group": "g",
        "job_type": "train",
        "status": "failed",
        "created": "2024-01-02T03:04:05Z",
        "finished": 1704164700.5,
        "tags": ["a", "b"],
        "notes": "a note",
        "error": "ValueError",
        "exit_code": 3,
        "host": "node1",
        "user": "someone",
        "commit": "abc",
        "config": {"lr": 0.1},
        "summary": {"acc": 0.5},
    }
    path = write(tmp_path, line)
    assert imported(path, store).format == "jsonl"
    run = load("my-run-1", store)
    assert (run.name, run.project, run.group, run.job_type, run.status) == ("first", "digits", "g", "train", "failed")
    assert (run.tags, run.notes, run.error, run.exit_code) == (["a", "b"], "a note", "ValueError", 3)
    assert (run.row.host, run.row.host_user, run.row.commit_id) == ("node1", "someone", "abc")
    assert (run.created.isoformat(), run.finished.timestamp()) == ("2024-01-02T03:04:05+00:00", 1704164700.5)
    assert str(run.origin("lr")) == "import jsonl"


def test_run_of_many_metrics_comes_in_whole(store: Path, tmp_path: Path) -> None:
    metrics = {f"metric{at}": {"steps": [0, 1], "values": [0.5, at]} for at in range(200)}
    imported(write(tmp_path, {"id": "my-run-1", "config": {}, "metrics": metrics}), store)
    run = load("my-run-1", store)
    assert {name: list(run.metric(name).values) for name in run.metrics} == {
        name: series["values"] for name, series in metrics.items()
    }
    assert load("my-run-1", store).state.stats["metric7"].max == 7


def write(folder: Path, *lines: Any) -> Path:
    path = folder / "runs.jsonl"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ('{"config": {"lr": 0.1}', 23, "no JSON"),
        ('{"config": {"lr": x}}', 19, "no JSON"),
        ('{"config": 3}', 2, "config"),
        ('{"config": {}, "status": "done"}', 16, "done"),
        ('{"config": {}, "colour": 1}', 16, "colour"),
        ('{"name": "x"}', 1, "config"),
        ("[1]", 1, "array"),
        ('{"config": {}, "created": "yesterday"}', 1, "no time"),
        ('{"config": {}, "created": -5}', 1, "no time"),
        ('{"config": {}, "metrics": {"a": {"steps": [1], "values": []}}}', 1, "1 steps and 0 values"),
        ('{"config": {"lr": 1e999}}', 1, "beyond all floats"),
        ('{"config": ' + '{"a":' * 200 + "1" + "}" * 201, 1, "nested deeper"),
        ('{"config": ' + "[" * 100_000, 1, "nested too deeply"),
        ('{"config": {"n": ' + "9" * 5000 + "}}", 1, "digits"),
    ],
)
def test_wrong_line_is_named_with_its_column_and_the_rest_comes_in(
    line: str, column: int, said: str, store: Path, tmp_path: Path
) -> None:
    path = write(tmp_path, {"config": {"a": 1}}, line, {"config": {"a": 2}})
    problems: list[str] = []
    report = import_runs(Source(str(path)), store, refuse=problems.append)
    assert (report.found, len(runs(store=store))) == (2, 2)
    assert len(problems) == 1
    assert problems[0].startswith(f"{path}:2:{column}: ")
    assert said in problems[0]


def test_line_that_is_not_utf8_is_named(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    path.write_bytes(b'{"config": {"a": "\xff"}}\n')
    problems: list[str] = []
    assert import_runs(Source(str(path)), store, refuse=problems.append).found == 0
    assert problems == [f"{path}:1:19: it is not UTF-8"]


def test_equal_lines_are_runs_of_their_own_and_still_come_in_once(store: Path, tmp_path: Path) -> None:
    path = write(tmp_path, {"config": {"a": 1}}, {"config": {"a": 1}})
    assert imported(path, store).added == 2
    assert imported(path, store).unchanged == 2


def test_line_with_an_id_that_changed_replaces_the_run(store: Path, tmp_path: Path) -> None:
    imported(write(tmp_path, {"id": "a", "config": {"lr": 1}}, {"id": "b", "config": {"lr": 1}}), store)
    report = imported(write(tmp_path, {"id": "a", "config": {"lr": 2}, "created": "2024-01-01"}), store)
    assert (report.replaced, report.added) == (1, 0)
    assert {run.id: run.config["lr"] for run in runs(store=store)} == {"a": 2, "b": 1}
    assert load("a", store).created.year == 2024


def test_id_given_twice_in_one_file_ends_as_the_last(store: Path, tmp_path: Path) -> None:
    report = imported(write(tmp_path, *({"id": "a", "config": {"lr": at}} for at in range(5))), store)
    assert (report.found, report.added, report.replaced) == (5, 1, 4)
    assert [run.config for run in runs(store=store)] == [{"lr": 4}]


def test_id_that_can_be_none_here_gives_one_that_stays(store: Path, tmp_path: Path) -> None:
    path = write(tmp_path, {"id": "My Run/1", "name": "x", "config": {}})
    imported(path, store)
    before = by_name(store)["x"].id
    assert imported(path, store).unchanged == 1
    assert by_name(store)["x"].id == before


def test_run_that_was_recorded_here_is_never_replaced(store: Path, tmp_path: Path) -> None:
    import setpoint

    with setpoint.init(config={"lr": 0.1}) as run:
        pass
    report = imported(write(tmp_path, {"id": run.id, "config": {"lr": 9}}), store)
    assert (report.kept, report.added) == (1, 0)
    assert load(run.id, store).config == {"lr": 0.1}


def test_export_of_one_store_is_the_import_of_another(store: Path, tmp_path: Path) -> None:
    import setpoint

    with setpoint.init(project="p", name="n", tags=["t"], config={"betas": (0.9, 0.99), "lr": float("nan")}) as run:
        run.summary["acc"] = 0.5
        for step, loss in enumerate((1.5, float("nan"), float("-inf"))):
            run.log({"loss": loss}, step=10 * step)
    path = tmp_path / "runs.jsonl"
    with path.open("w") as file:
        write_jsonl(runs(store=store), file, has_metrics=True)
    imported(path, tmp_path / "other")
    there, here = load(run.id, tmp_path / "other"), load(run.id, store)
    assert is_same(there.config, here.config)
    assert is_same(list(there.metric("loss").values), [1.5, float("nan"), float("-inf")])
    assert list(there.metric("loss").steps) == [0, 10, 20]
    assert is_same(there.summary, here.summary)
    assert (there.name, there.project, there.tags, there.created) == (
        here.name,
        here.project,
        here.tags,
        here.created,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_key", "correct horse battery"),
        ("where", "sk-abcdefghijklmnop0123456789"),
        ("password", 12345678),
        ("password", ["aaaaaaaa", "bbbbbbbb"]),
        ("url", "postgres://me:hunter2hunter2@db/x"),
        ("password", {"$type": "tuple", "items": ["correct horse battery"]}),
        ("token", {"$type": "path", "class": "PosixPath", "value": "sk-abcdefghijklmnop0123456789"}),
        ("x", {"$type": "dict", "items": [["password", "correct horse battery"], [1, 2]]}),
    ],
)
def test_secrets_stay_out_wherever_they_stand(name: str, value: Any, store: Path, tmp_path: Path) -> None:
    lines = ({"config": {name: value, "in": {name: [value]}}}, {"config": {}, "summary": {"a": {name: value}}})
    imported(write(tmp_path, *lines), store)
    secrets = (b"correct horse", b"sk-abcdef", b"12345678", b"aaaaaaaa", b"bbbbbbbb", b"hunter2")
    written = b"".join(path.read_bytes() for path in store.rglob("*.pack"))
    ids = b"".join(run.id.encode() for run in runs(store=store))
    assert [secret for secret in secrets if secret in written and secret not in ids] == []


def test_text_that_is_fine_under_one_name_is_still_a_secret_under_another(store: Path, tmp_path: Path) -> None:
    lines = ({"config": {"a": "correct horse battery"}}, {"config": {"password": "correct horse battery"}})
    imported(write(tmp_path, *lines), store)
    kinds = sorted(type(value).__name__ for run in runs(store=store) for value in run.config.values())
    assert kinds == ["Redacted", "str"]


def test_many_lines_are_made_by_several_processes_with_the_same_result(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from setpoint._query.imports import parallel

    lines = [{"config": {"lr": at % 40, "password": "correct horse battery"}, "created": at} for at in range(1300)]
    path = write(tmp_path, *lines, "wrong", *({"config": {"lr": 1}} for _ in range(5)))
    there, here = tmp_path / "there", tmp_path / "here"
    for folder, alone in ((there, 1), (here, 1000)):
        problems: list[str] = []
        monkeypatch.setattr(parallel, "_ALONE", alone)
        monkeypatch.setattr(jsonl, "_BLOCK_BYTES", 20_000)
        monkeypatch.setattr(parallel, "_processors", lambda: 2)
        report = import_runs(Source(str(path)), folder, refuse=problems.append)
        assert (report.added, report.problems) == (1305, 1)
        assert problems == [f"{path}:1301:1: it is no JSON: Expecting value"]
    assert pack_lines(there) == pack_lines(here)
    assert imported_again(path, there) == 1305


def pack_lines(folder: Path) -> list[bytes]:
    return sorted(line for path in folder.rglob("*.pack") for line in path.read_bytes().splitlines())


def imported_again(path: Path, folder: Path) -> int:
    return import_runs(Source(str(path)), folder).unchanged
