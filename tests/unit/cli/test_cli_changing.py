"""The commands that change a store: amend, tag, rm, pack, scrub, verify of damage."""

import errno
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_store import CommandLine

from setpoint._cli.changing import changing
from setpoint._cli.failures import ProblemError
from setpoint._journal.trash import empty_trash
from setpoint._query.load import load

WHERE = pytest.mark.parametrize("is_packed", [False, True], ids=["folder", "pack"])


def packed(cli: CommandLine, is_packed: bool) -> CommandLine:
    if is_packed:
        assert cli("pack", "--older-than", "0", "--json").json()["packed"] == 4
    return cli


def segments(cli: CommandLine, run: str) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in cli.store.glob(f"runs/*/{run}/*.jsonl")}


def everything(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@WHERE
def test_an_amended_value_is_read_back_with_both_values_on_record(own_cli: CommandLine, is_packed: bool) -> None:
    cli = packed(own_cli, is_packed)
    before = segments(cli, "one")
    said = cli("amend", "one", "lr=0.25", "model.hidden[1]=32", "summary.acc=0.5", "run.notes=warm start")
    assert said.out.splitlines()[0] == "lr: 0.1 -> 0.25"
    run = load("one", store=cli.store)
    assert (run.config["lr"], run.config["model"]["hidden"], run.summary["acc"]) == (0.25, [128, 32], 0.5)
    assert (run.notes, run.status) == ("warm start", "finished")
    assert run.config["model"]["betas"] == (0.9, 0.99)
    assert [change.value for change in run.changes("lr")] == [0.1, 0.25]
    assert run.origin("lr").kind == "amend"
    assert run.finished is not None
    assert all(path.read_bytes() == data for path, data in before.items())
    assert [line.split()[0] for line in cli.lines("ls", "lr == 0.25")] == ["id", "one"]


@WHERE
def test_amending_to_the_old_value_takes_it_back(own_cli: CommandLine, is_packed: bool) -> None:
    cli = packed(own_cli, is_packed)
    cli("amend", "one", "lr=0.25")
    cli("amend", "one", "lr=0.1")
    run = load("one", store=cli.store)
    assert run.config["lr"] == 0.1
    assert [change.value for change in run.changes("lr")] == [0.1, 0.25, 0.1]


def test_amending_to_the_same_value_writes_nothing(own_cli: CommandLine) -> None:
    before = everything(own_cli.store)
    said = own_cli("amend", "one", "lr=0.1")
    assert (said.code, said.out) == (0, "")
    assert everything(own_cli.store) == before


def test_amend_refreshes_the_config_file(own_cli: CommandLine) -> None:
    own_cli("amend", "one", "lr=0.25")
    (path,) = own_cli.store.glob("runs/*/one/config.yaml")
    assert "lr: 0.25" in path.read_text()


def test_amend_deletes_and_adds_only_when_told(own_cli: CommandLine) -> None:
    assert own_cli("amend", "one", "model.dropout=0.1").code == 1
    assert own_cli("amend", "one", "model.dropout=0.1", "--add", "--delete", "seed", "--json").json()["changed"] == [
        {"key": "model.dropout", "after": 0.1},
        {"key": "seed", "before": 0},
    ]
    config = load("one", store=own_cli.store).config
    assert config["model"]["dropout"] == 0.1
    assert "seed" not in config


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["lrr=1"], 1, "'lr'"),
        (["run.status=finished"], 2, "run.status"),
        (["run.name=3"], 2, "text"),
        (["lr.x=1", "--add"], 2, "lr.x"),
        (["lr"], 2, "KEY=VALUE"),
        ([], 2, "KEY=VALUE"),
    ],
)
def test_amendments_that_make_no_sense_are_refused_and_write_nothing(
    own_cli: CommandLine, words: list[str], code: int, said: str
) -> None:
    before = everything(own_cli.store)
    answer = own_cli("amend", "one", *words)
    assert answer.code == code
    assert said in answer.err
    assert everything(own_cli.store) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--delete", "lrr"], "The run has no param 'lrr'. Did you mean 'lr'?\n"),
        (["--delete", "summary.acd"], "The run has no result 'summary.acd'. Did you mean 'summary.acc'?\n"),
        (["summary.zzzz=3"], "The run has no result 'summary.zzzz'. --add makes it a new one.\n"),
        (["x=1"], "The run has no param 'x'. --add makes it a new one.\n"),
    ],
)
def test_amend_refuses_what_the_run_does_not_have(own_cli: CommandLine, words: list[str], said: str) -> None:
    before = everything(own_cli.store)
    answer = own_cli("amend", "one", *words)
    assert (answer.code, answer.out, answer.err) == (1, "", f"setpoint: {said}")
    assert everything(own_cli.store) == before


def test_amend_adds_a_result_when_told(own_cli: CommandLine) -> None:
    assert own_cli("amend", "one", "summary.f1=0.5", "--add").code == 0
    assert load("one", store=own_cli.store).summary["f1"] == 0.5


def test_a_store_that_cannot_be_written_is_named_with_the_reason(tmp_path: Path) -> None:
    inside = OSError(errno.EROFS, "Read-only file system", str(tmp_path / "runs" / "editor-1.jsonl"))
    with pytest.raises(ProblemError, match="Read-only file system") as caught, changing(str(tmp_path)):
        raise inside
    assert str(tmp_path) in str(caught.value)
    assert "editor-1" not in str(caught.value)
    with pytest.raises(PermissionError), changing(str(tmp_path)):
        raise PermissionError(errno.EACCES, "Permission denied", "/elsewhere/wandb/run.wandb")


def test_an_amended_secret_is_not_written(own_cli: CommandLine) -> None:
    own_cli("amend", "one", "api_key=sk-abcdefghijklmnopqrstuvwx1234", "--add")
    assert b"abcdefghijklmnopqrstuvwx" not in everything(own_cli.store)


def test_a_run_that_goes_on_after_an_amendment_has_the_last_word(own_cli: CommandLine) -> None:
    import setpoint

    own_cli("amend", "one", "lr=0.25", "warmup=7")
    with setpoint.init(id="one", resume="must", dir=own_cli.store, config={"lr": 0.5}, allow_val_change=True):
        pass
    config = load("one", store=own_cli.store).config
    assert (config["lr"], config["warmup"]) == (0.5, 7)


@WHERE
def test_tags_are_added_and_removed(own_cli: CommandLine, is_packed: bool) -> None:
    cli = packed(own_cli, is_packed)
    assert cli.lines("tag", "one", "+paper", "-demo", "+best of") == ["paper", "best of"]
    assert cli("tag", "one", "--json").json() == {"run": "one", "tags": ["paper", "best of"]}
    assert [line.split()[0] for line in cli.lines("ls", '"paper" in tags')] == ["id", "one"]


def test_a_live_run_can_be_tagged_but_not_amended(own_cli: CommandLine) -> None:
    import setpoint

    with setpoint.init(id="live", dir=own_cli.store, config={"lr": 1}):
        assert own_cli("tag", "live", "+hot").code == 0
        said = own_cli("amend", "live", "lr=2")
        assert own_cli("rm", "live", "--yes").code == 1
    assert said.code == 1
    assert "still running" in said.err
    assert load("live", store=own_cli.store).tags == ["hot"]


@WHERE
def test_a_removed_run_is_in_the_trash_and_can_be_moved_back(own_cli: CommandLine, is_packed: bool) -> None:
    cli = packed(own_cli, is_packed)
    (moved,) = cli("rm", "one", "--yes", "--json").json()
    assert cli("show", "one").code == 1
    assert len(cli("ls", "--json").json()) == 3
    Path(moved["after"]).rename(moved["before"])
    assert load("one", store=cli.store).config["lr"] == 0.1
    assert cli("verify").code == 0


def test_what_was_removed_twice_is_kept_twice(own_cli: CommandLine) -> None:
    import setpoint

    first = own_cli("rm", "one", "--yes", "--json").json()[0]["after"]
    day = Path(first).parent.name
    with setpoint.init(id="one", dir=own_cli.store):
        pass
    (folder,) = own_cli.store.glob("runs/*/one")
    if folder.parent.name == day:
        assert own_cli("rm", "one", "--yes", "--json").json()[0]["after"] == f"{first}.2"


def test_pack_empties_the_trash_after_a_week(own_cli: CommandLine) -> None:
    own_cli("rm", "one", "two", "--yes")
    assert own_cli("pack", "--json").json()["removed_from_trash"] == 0
    assert empty_trash(own_cli.store, datetime.now(UTC) + timedelta(days=9)) == 2
    assert not list(own_cli.store.glob("trash/*"))


def test_pack_says_what_it_did(own_cli: CommandLine) -> None:
    assert own_cli("pack", "--older-than", "0").out == "4 runs packed, 0 left as they are\n"
    assert own_cli("pack", "--older-than", "0").out == "0 runs packed, 0 left as they are\n"
    assert len(own_cli("ls", "--json").json()) == 4


@pytest.mark.parametrize("words", [["rm", "one"], ["scrub", "lr"], ["rerun", "one"]])
def test_what_can_not_be_taken_back_needs_a_yes(own_cli: CommandLine, words: list[str]) -> None:
    before = everything(own_cli.store)
    said = own_cli(*words)
    assert said.code == 2
    assert "--yes" in said.err
    assert everything(own_cli.store) == before


@WHERE
def test_scrub_leaves_no_byte_of_the_value_in_the_store_or_the_catalog(
    own_cli: CommandLine, is_packed: bool, tmp_path: Path
) -> None:
    import os

    import setpoint

    for run_id in ("s1", "s2"):
        with setpoint.init(id=run_id, dir=own_cli.store, notes="uses open-sesame", config={"lr": 1}) as run:
            run.config.door = {"word": "open-sesame", "tries": 3}
            run.config.link = "door://open-sesame@host"
            run.summary["said"] = "open-sesame"
    if is_packed:
        own_cli("pack", "--older-than", "0")
    own_cli("rm", "s2", "--yes")
    assert own_cli("ls", "door.word == 'open-sesame'", "--json").json()[0]["id"] == "s1"
    assert own_cli("scrub", "door.word", "--yes").out == "2 runs changed\n"
    assert b"open-sesame" not in everything(own_cli.store)
    assert b"open-sesame" not in everything(Path(os.environ["XDG_CACHE_HOME"]))
    run = load("s1", store=own_cli.store)
    assert repr(run.config["door"]["word"]).startswith("[redacted ")
    assert run.config["door"]["tries"] == 3
    assert run.config["lr"] == 1
    assert run.damage == []
    assert load("one", store=own_cli.store).config["lr"] == 0.1
    assert own_cli("scrub", "door.word", "--yes").out == "0 runs changed\n"


@WHERE
def test_scrub_takes_a_result_and_its_points(own_cli: CommandLine, is_packed: bool) -> None:
    cli = packed(own_cli, is_packed)
    assert cli("scrub", "summary.acc", "--run", "one", "--yes").out == "1 run changed\n"
    run = load("one", store=cli.store)
    assert "acc" not in run.metrics
    assert repr(run.summary["acc"]).startswith("[redacted ")
    assert load("two", store=cli.store).metrics == ["loss", "acc"]


def test_scrub_leaves_live_runs_and_names_them(own_cli: CommandLine) -> None:
    import setpoint

    with setpoint.init(id="live", dir=own_cli.store, config={"lr": 0.125}):
        said = own_cli("scrub", "lr", "--yes", "--json")
    assert said.code == 1
    assert said.json()["live"] == ["live"]
    assert load("live", store=own_cli.store).config["lr"] == 0.125


def test_scrub_refuses_what_is_no_key(own_cli: CommandLine) -> None:
    assert own_cli("scrub", "a..b", "--yes").code == 2


def test_verify_names_every_damaged_range(own_cli: CommandLine) -> None:
    (path,) = segments(own_cli, "one")
    data = bytearray(path.read_bytes())
    lines = bytes(data).splitlines(keepends=True)
    start = len(lines[0]) + len(lines[1])
    data[start + 20] ^= 1
    path.write_bytes(data + b"torn")
    said = own_cli("verify", "one")
    assert said.code == 1
    assert said.out.splitlines()[:1] == [
        f"{path}:3: bytes {start}-{start + len(lines[2])}: checksum: the checksum is not that of the record"
    ]
    assert f"bytes {len(data)}-{len(data) + 4}: torn" in said.out
    assert "3 damaged ranges" in said.err or "damaged range" in said.err
    assert own_cli("verify", "two").code == 0
    assert own_cli("verify", "--json").json()[0]["id"] == "one"
    assert "Damage" in own_cli("show", "one").out.splitlines()


def test_verify_reads_packs(own_cli: CommandLine) -> None:
    packed(own_cli, is_packed=True)
    (path,) = own_cli.store.glob("runs/*/*.pack")
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)
    said = own_cli("verify")
    assert said.code == 1
    assert f"{path}:1: bytes 0-" in said.out
    assert "4 runs read, 1 with problems" in said.err


def test_strict_verify_counts_a_crashed_run(own_cli: CommandLine) -> None:
    (path,) = segments(own_cli, "one")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if b'"kind":"finish"' not in line))
    assert own_cli("verify").code == 0
    said = own_cli("verify", "--strict")
    assert said.code == 1
    assert "crashed" in said.out
