"""Names on the command line mean the same for every option, and a store that is not there is said to be so."""

from pathlib import Path

import pytest
from cli_store import CommandLine, Said

from setpoint._cli.output import Screen
from setpoint._cli.report import report_lines
from setpoint._cli.runs_table import RunTable
from setpoint._query.runs import runs


def test_ls_takes_results_and_run_columns_by_their_bare_names(cli: CommandLine) -> None:
    lines = cli.lines("ls", "--sort", "-acc", "--columns", "acc,name,lr")
    assert lines[0].split()[-3:] == ["summary.acc", "run.name", "lr"]
    assert [line.split()[0] for line in lines[3:]] == ["two", "three"]
    assert cli("ls", "--group", "status", "--json").json() == [{"value": "finished", "runs": 4}]
    assert len(cli("ls", "--group", "acc", "--json").json()) == 2


def test_ls_counts_the_runs_of_each_list(cli: CommandLine) -> None:
    assert cli("ls", "--group", "model.hidden", "--json").json() == [{"value": [128, 64], "runs": 4}]


@pytest.mark.parametrize("option", ["--group", "--columns", "--sort"])
def test_every_option_refuses_a_key_that_no_run_has(cli: CommandLine, option: str) -> None:
    said = cli("ls", option, "famly")
    assert (said.code, said.out) == (2, "")
    assert said.err == "setpoint: No run has 'famly'. Did you mean family?\n"


@pytest.mark.parametrize("other", [["--sort", "lr"], ["--columns", "lr"], ["--limit", "1"], ["--watch"]])
def test_counting_goes_with_no_option_of_the_list(cli: CommandLine, other: list[str]) -> None:
    assert cli("ls", "--group", "lr", *other).code == 2


def test_columns_that_a_terminal_has_no_room_for_are_counted(
    cli: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    table = RunTable(runs(store=cli.store), None, Screen(True, 40, 24, False))
    list(table.lines())
    table.say_hidden()
    words = capsys.readouterr().err.split()
    assert int(words[0]) > 1
    assert words[1:3] == ["more", "columns;"]


def test_a_result_that_has_points_alone_reads_as_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "runs.jsonl"
    path.write_text('{"config": {}, "summary": {}, "metrics": {"loss": {"steps": [1], "values": [0.5]}}}')
    own = CommandLine(tmp_path / "store", capsys)
    assert own("import", str(path)).code == 0
    assert [line.split()[:2] for line in own.lines("show", "@last") if line.startswith("  loss")] == [["loss", "-"]]


def test_a_long_list_takes_one_line(tmp_path: Path) -> None:
    import setpoint

    with setpoint.init(dir=tmp_path, config={"long": list(range(300))}):
        pass
    (run,) = runs(store=tmp_path)
    lines = list(report_lines(run, Screen(True, 80, 24, False), has_packages=False))
    (line,) = [line for line in lines if line.startswith("  long")]
    assert "… 300 items]" in line
    assert not any(line.strip().startswith("[1]") for line in lines)


def at(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> Said:
    return CommandLine(folder, capsys)(*arguments)


@pytest.mark.parametrize("command", [["ls"], ["show", "@last"], ["verify"], ["export"]])
def test_a_named_store_that_is_not_there_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    said = at(tmp_path / "a" / ".." / "none", capsys, *command)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"setpoint: There is no store in {tmp_path / 'none'}: the folder does not exist.")
    assert list(tmp_path.iterdir()) == []


def test_an_import_makes_the_store_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "runs.jsonl").write_text('{"config": {}}')
    assert at(tmp_path / "new", capsys, "import", str(tmp_path / "runs.jsonl")).code == 0
    assert len(runs(store=tmp_path / "new")) == 1


def test_an_empty_folder_is_a_store_without_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = at(tmp_path, capsys, "ls")
    assert (said.code, said.out, said.err) == (0, "", f"No runs in {tmp_path}.\n")


def test_without_a_store_named_ls_says_that_there_is_none_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from setpoint import _cli

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SETPOINT_STORE", raising=False)
    assert _cli.run(["ls"]) == 0
    assert "There is no store yet" in capsys.readouterr().err
    assert _cli.run(["show", "@last"]) == 1
    assert "There is no store in " in capsys.readouterr().err


def test_a_folder_with_a_store_in_it_names_that(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".setpoint").mkdir()
    said = at(tmp_path, capsys, "ls")
    assert said.code == 1
    assert f"Did you mean {tmp_path / '.setpoint'}?" in said.err


def test_a_store_that_is_a_file_is_said_to_be_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "store").write_text("")
    said = at(tmp_path / "store", capsys, "ls")
    assert said.code == 1
    assert len(said.err.splitlines()) == 1
    assert "it is a file" in said.err
