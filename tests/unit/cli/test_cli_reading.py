"""The commands that read: what they print in a pipe, as JSON, and when something is wrong."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest
from cli_store import RUNS, CommandLine


def test_ls_lists_the_newest_run_first_with_what_varies(cli: CommandLine) -> None:
    header, *rows = cli.lines("ls")
    assert [row.split()[0] for row in rows] == ["four", "three", "two", "one"]
    assert {"id", "name", "project", "status", "created", "lr", "family", "seed", "summary.loss"} <= set(header.split())
    assert "warmup" not in header


def test_ls_shows_the_runs_of_a_filter_with_chosen_columns_in_order(cli: CommandLine) -> None:
    lines = cli.lines("ls", "lr < 0.1 or family == 'svm'", "--columns", "lr,summary.acc", "--sort", "-summary.acc")
    assert [line.split()[0] for line in lines][:2] == ["id", "four"]
    assert lines[0].split()[-2:] == ["lr", "summary.acc"]


def test_ls_takes_a_limit(cli: CommandLine) -> None:
    said = cli("ls", "--limit", "1")
    assert len(said.out.splitlines()) == 2
    assert "and 3 more" in said.err


def test_ls_counts_the_runs_of_each_value(cli: CommandLine) -> None:
    assert [line.split() for line in cli.lines("ls", "--group", "model.C")] == [
        ["model.C", "runs"], ["missing", "3"], ["10.0", "1"]
    ]  # fmt: skip
    assert cli("ls", "--group", "family", "--json").json() == [{"value": "mlp", "runs": 3}, {"value": "svm", "runs": 1}]


def test_ls_without_runs_prints_nothing_and_is_fine(cli: CommandLine) -> None:
    assert cli("ls", "lr > 100").out == ""
    assert cli("ls", "lr > 100").code == 0
    assert cli("ls", "lr > 100", "--json").json() == []


def test_ls_json_has_a_run_a_line_with_exact_values(cli: CommandLine) -> None:
    said = cli("ls", "--json")
    assert len(said.out.splitlines()) == 6
    newest = said.json()[0]
    assert newest["id"] == "four"
    assert newest["config"]["model"]["betas"] == {"$type": "tuple", "items": [0.9, 0.99]}


def test_best_puts_the_best_first_and_says_which_that_is(cli: CommandLine) -> None:
    said = cli("best", "acc", "--limit", "2")
    assert [line.split()[0] for line in said.out.splitlines()][1] in ("one", "four")
    assert "largest acc is best" in said.err
    assert "smallest loss is best" in cli("best", "loss").err


def test_best_takes_a_direction_and_a_filter(cli: CommandLine) -> None:
    said = cli("best", "acc", "family == 'mlp'", "--min", "--json")
    assert [run["id"] for run in said.json()][-1] == "one"
    assert said.err == ""


def test_best_has_one_direction(cli: CommandLine) -> None:
    said = cli("best", "acc", "--min", "--max")
    assert (said.code, said.out) == (2, "")


def test_best_says_when_it_is_the_filter_that_finds_nothing(cli: CommandLine) -> None:
    assert cli("best", "acc", "family == 'zz'").err == "setpoint: No run fits this filter.\n"
    assert cli("best", "acc", "--project", "zz").err == "setpoint: No run fits project 'zz'.\n"


def test_best_of_an_unknown_metric_names_near_ones(cli: CommandLine) -> None:
    said = cli("best", "acd")
    assert said.code == 2
    assert "summary.acc" in said.err


def test_show_prints_config_with_origins_results_and_environment(cli: CommandLine) -> None:
    text = cli("show", "four").out
    words = [line.split() for line in text.splitlines()]
    assert ["family", "svm", "--family", "never", "read"] not in words
    assert any(line[:3] == ["family", "svm", "--family"] for line in words)
    assert any(line[:5] == ["lr", "0.1", "default", "of", "--lr"] for line in words)
    assert any(line[:3] == ["hidden", "[128,", "64]"] for line in words)
    assert any(line[:2] == ["warmup", "50"] and "changed" in line[-2] for line in words)
    assert {"Config", "Results", "Environment"} <= set(text.splitlines())


def test_show_unused_lists_what_was_never_read(cli: CommandLine) -> None:
    said = cli("show", "one", "--unused")
    assert said.code == 1
    assert "seed" in said.out
    assert "lr" not in said.out.split()
    assert "seed" in cli("show", "one", "--unused", "--json").json()


def test_show_config_is_a_config_file(cli: CommandLine, tmp_path: Path) -> None:
    import setpoint

    path = tmp_path / "again.yaml"
    path.write_text(cli("show", "four", "--config").out, encoding="utf-8")
    with setpoint.init(config=str(path), dir=tmp_path / "store") as run:
        again = run.config.as_dict()
    assert again == setpoint.load("four", store=cli.store).config


def test_show_config_is_json_when_json_is_asked_for(cli: CommandLine) -> None:
    assert cli("show", "one", "--config", "--json").json()["model"]["hidden"] == [128, 64]


def test_show_lists_packages_when_asked(cli: CommandLine) -> None:
    assert "Packages" in cli("show", "one", "--packages").out.splitlines()
    assert "Packages" not in cli("show", "one").out.splitlines()


def test_diff_shows_only_what_differs_with_origins(cli: CommandLine) -> None:
    text = cli("diff", "one", "two").out
    assert [line.split() for line in text.splitlines() if line.startswith("  lr ")] == [
        ["lr", "0.1", "--lr", "0.02", "--lr"]
    ]
    assert "family" not in text
    assert text.index("Config") < text.index("Results")


def test_diff_of_four_runs_has_a_column_for_each(cli: CommandLine) -> None:
    said = cli("diff", *RUNS, "--json").json()
    assert said["runs"] == list(RUNS)
    assert {row["key"] for row in said["config"]} >= {"lr", "seed", "family", "model.C"}


def test_diff_ignores_keys(cli: CommandLine) -> None:
    text = cli("diff", "two", "three", "--ignore", "seed").out
    assert "The config is the same" in text or "Nothing differs but the results" in text or "All is equal" in text
    assert "1 param that differs was ignored" in text


def test_diff_and_alike_note_keys_that_no_run_has(cli: CommandLine) -> None:
    said = cli("diff", "two", "three", "--ignore", "sed", "--ignore", "nope.*", "--ignore", "model")
    assert (said.code, said.err) == (0, "--ignore sed: no run here has it. Did you mean seed?\n")
    assert "--except sed: no run here has it. Did you mean seed?" in cli("alike", "two", "--except", "sed").err
    assert cli("alike", "two", "--except", "seed").err == ""


def test_diff_all_shows_equal_params_too(cli: CommandLine) -> None:
    assert "model.act" in cli("diff", "one", "two", "--all").out


def test_diff_of_a_run_with_itself_says_that_it_is_one(cli: CommandLine) -> None:
    said = cli("diff", "@last", "four")
    assert (said.code, said.out) == (2, "")
    assert "one run, four" in said.err


def test_diff_needs_two_runs(cli: CommandLine) -> None:
    assert cli("diff", "one").code == 2


def test_blame_names_who_set_each_leaf(cli: CommandLine) -> None:
    rows = {line.split()[0]: line for line in cli.lines("blame", "one")}
    assert "--lr" in rows["lr"]
    assert "default of --seed" in rows["seed"]
    assert "train.py:" in rows["model.hidden[0]"]
    assert "main-" in rows["lr"]


def test_blame_of_a_key_is_its_history_with_steps(cli: CommandLine) -> None:
    _, first, second = cli.lines("blame", "one", "warmup")
    assert (first.split()[0], second.split()[0]) == ("100", "50")
    assert second.split()[-2] == "2"
    changes = cli("blame", "one", "warmup", "--json").json()["changes"]
    assert [change["value"] for change in changes] == [100, 50]


def test_blame_of_an_unknown_key_names_near_ones(cli: CommandLine) -> None:
    said = cli("blame", "one", "warmip")
    assert said.code == 1
    assert "warmup" in said.err


def test_alike_finds_runs_equal_but_for_a_key_and_gives_the_spread(cli: CommandLine) -> None:
    text = cli("alike", "two", "--except", "seed").out
    assert "three" in text
    assert "four" not in text
    assert "2 runs that differ in seed only" in text
    said = cli("alike", "two", "--except", "seed", "--json").json()
    assert [run["id"] for run in said["alike"]] == ["three"]
    assert {one["metric"] for one in said["results"]} == {"loss", "acc"}


def test_alike_without_another_run_says_so(cli: CommandLine) -> None:
    said = cli("alike", "four")
    assert (said.code, said.out) == (0, "")
    assert "No other run" in said.err


def test_importance_admits_that_there_are_too_few_runs(cli: CommandLine) -> None:
    pytest.importorskip("numpy")
    said = cli("importance", "acc")
    assert (said.code, said.out) == (1, "")
    assert "Too few runs" in said.err


def test_importance_of_an_unknown_metric_names_near_ones(cli: CommandLine) -> None:
    pytest.importorskip("numpy")
    said = cli("importance", "accu")
    assert (said.code, said.out) == (2, "")
    assert "Did you mean summary.acc" in said.err
    assert "No run fits" in cli("importance", "acc", "family == 'zz'").err


def test_importance_ranks_what_matters_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("numpy")
    import setpoint

    cli = CommandLine(tmp_path / "store", capsys)
    for number in range(16):
        config = {"lr": number % 4 / 10, "seed": number // 4, "fixed": 1}
        with setpoint.init(dir=cli.store, config=config) as run:
            run.summary["acc"] = number % 4 / 10 + number / 1e6
    lines = cli.lines("importance", "acc")
    assert lines[0].startswith("acc over 16 runs")
    assert lines[3].split()[0] == "lr"
    assert "goes up with it" in lines[3]
    assert lines[-1] == "The same in all runs: 1 param."
    assert cli("importance", "acc", "--json").json()["params"][0]["key"] == "lr"


def test_show_names_what_the_processes_of_a_run_disagree_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import os
    import subprocess

    cli = CommandLine(tmp_path / "store", capsys)
    code = "import os, setpoint\nwith setpoint.init(config={'lr': int(os.environ['RANK']) + 1, 'seed': 7}): pass"
    for rank in ("0", "1"):
        launched = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": "2", "TORCHELASTIC_RUN_ID": "job-1"}
        environ = {**os.environ, **launched, "SETPOINT_STORE": str(cli.store), "SETPOINT_SILENT": "1"}
        subprocess.run([sys.executable, "-c", code], env=environ, check=True, timeout=60)
    text = cli("show", "@last").out
    assert "2 rank" in text
    (row,) = [line.split() for line in text.splitlines() if line.startswith("  lr   rank 1")]
    assert row[:5] == ["lr", "rank", "1", "2", "1"]
    assert cli("show", "@last", "--json").json()["disagreements"][0]["key"] == "lr"


def test_the_command_alone_prints_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    from setpoint import _cli

    assert _cli.run([]) == 0
    assert capsys.readouterr().out.startswith("Usage: setpoint")


def test_export_writes_csv_and_json_lines(cli: CommandLine, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("export", "family == 'mlp'").out)))
    assert [row["run.id"] for row in rows] == ["three", "two", "one"]
    path = tmp_path / "runs.jsonl"
    assert "4 runs written" in cli("export", "-o", str(path)).err
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == ["four", "three", "two", "one"]
    assert json.loads(cli("export", "--json", "lr < 0.1").out.splitlines()[0])["id"] == "three"


def test_export_writes_points_into_json_lines_only(cli: CommandLine, tmp_path: Path) -> None:
    lines = cli("export", "--json", "--metrics").out.splitlines()
    assert [json.loads(line)["metrics"]["loss"]["steps"] for line in lines] == [[0, 1, 2]] * 4
    assert cli("export", "--metrics").code == 2


@pytest.mark.parametrize("name", ["runs.xlsx", "runs.csv.gz"])
def test_export_refuses_an_ending_that_tells_no_format(cli: CommandLine, tmp_path: Path, name: str) -> None:
    said = cli("export", "-o", str(tmp_path / name))
    assert (said.code, list(tmp_path.iterdir())) == (2, [])
    assert "csv, jsonl or parquet" in said.err
    assert cli("export", "-o", str(tmp_path / name), "--format", "csv").code == 0


def test_export_of_no_runs_prints_nothing_and_says_so(cli: CommandLine) -> None:
    said = cli("export", "lr > 99")
    assert (said.code, said.out) == (0, "")
    assert said.err.startswith("No runs that pass this filter in ")


def test_export_to_parquet_needs_a_file(cli: CommandLine) -> None:
    assert cli("export", "--format", "parquet").code == 2


def test_verify_finds_nothing_in_a_whole_store(cli: CommandLine) -> None:
    said = cli("verify")
    assert (said.code, said.out) == (0, "")
    assert "4 runs read, no damage" in said.err


def test_completion_prints_a_script_for_each_shell(cli: CommandLine) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_SETPOINT_COMPLETE" in cli("completion", shell).out


def test_completion_without_a_shell_names_them_on_one_line(cli: CommandLine) -> None:
    said = cli("completion")
    assert said.code == 2
    assert said.err.splitlines()[0].endswith("Choose from: bash, zsh, fish")


def test_runs_are_completed_by_id_and_name(made_store: Path) -> None:
    import click

    from setpoint._cli import cli as group
    from setpoint._cli.options import complete_run

    context = click.Context(group, obj=str(made_store))
    assert complete_run(context, click.Argument(["run"]), "name-t") == ["name-three", "name-two"]
    assert "@last" in complete_run(context, click.Argument(["run"]), "@")


@pytest.mark.parametrize(
    ("run", "found"),
    [("@last", "four"), ("@last~1", "three"), ("name-two", "two"), ("thr", "three"), ("@best:acc", "one|four")],
)
def test_a_run_is_found_by_many_names(cli: CommandLine, run: str, found: str) -> None:
    assert cli("show", run, "--json").json()["id"] in found.split("|")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["show", "nope"], 1, ["nope", "setpoint ls"]),
        (["show", "t"], 1, ["2 runs", "three", "two"]),
        (["show", "@last~9"], 1, ["@last~9"]),
        (["show", "@first"], 2, ["@last~1"]),
        (["ls", "lr <"], 2, ["Column 5: "]),
        (["ls", "warmip < 1"], 2, ["No run has 'warmip'", "warmup"]),
        (["ls", "--sort", "lx"], 2, ["lx"]),
        (["ls", "--bad"], 2, ["--bad", "ls --help"]),
        (["lss"], 2, ["lss", "'ls'"]),
        (["qqqqqq"], 2, ["--help"]),
        (["tag", "one", "x"], 2, ["+TAG"]),
        (["show"], 2, ["RUN"]),
    ],
)
def test_what_goes_wrong_is_said_in_clear_lines(
    cli: CommandLine, arguments: list[str], code: int, words: list[str]
) -> None:
    said = cli(*arguments)
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith("setpoint: ")
    assert "Traceback" not in said.err
    for word in words:
        assert any(part in said.err for part in word.split("|"))


@pytest.mark.parametrize(
    "arguments", [["show", "nope"], ["ls", "lr <"], ["show"], ["blame", "one", "lx"], ["ls", "--watch"]]
)
def test_errors_are_json_when_json_is_asked_for(cli: CommandLine, arguments: list[str]) -> None:
    said = cli(*arguments, "--json")
    assert said.out == ""
    assert set(json.loads(said.err)["error"]) >= {"type", "message"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["ls"],
        ["ls", "--group", "lr"],
        ["best", "acc"],
        ["show", "one"],
        ["diff", "one", "two"],
        ["blame", "one"],
        ["alike", "one"],
        ["verify", "--strict"],
        ["tag", "one"],
        ["completion", "bash"],
    ],
)
def test_every_reading_command_prints_json(cli: CommandLine, arguments: list[str]) -> None:
    said = cli(*arguments, "--json")
    assert said.code == 0
    said.json()


def test_a_run_is_found_by_any_part_of_its_random_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import setpoint

    cli = CommandLine(tmp_path / "store", capsys)
    for end in ("abcd11111111ab", "abcd22222222ef"):
        with setpoint.init(id=f"20261124-160302-{end}", dir=cli.store):
            pass
    assert cli("show", "abcd1", "--json").json()["id"].endswith("abcd11111111ab")
    assert cli("show", "22ef", "--json").json()["id"].endswith("22ef")
    assert "2 runs" in cli("show", "abcd").err
    assert cli("show", "0302-abcd1").code == 1  # the time is no part of the random end
    assert setpoint.load("@last~1", store=cli.store).id != setpoint.load("@last", store=cli.store).id


def test_help_is_grouped_and_every_command_has_examples(cli: CommandLine) -> None:
    from setpoint._cli import SECTIONS

    text = cli("--help").out
    for section, names in SECTIONS.items():
        assert f"{section}:" in text
        for name in names:
            assert "Examples:" in cli(name, "--help").out, name
            assert f"setpoint {name}" in cli(name, "--help").out


def test_one_line_of_help_fits_in_eighty_columns(cli: CommandLine) -> None:
    assert all(len(line) <= 80 for line in cli("--help").out.splitlines())


def test_version_is_that_of_the_package(cli: CommandLine) -> None:
    import setpoint

    assert cli("--version").out == f"setpoint {setpoint.__version__}\n"


def test_listing_runs_imports_no_rich(made_store: Path) -> None:
    import subprocess

    code = "import sys; from setpoint import _cli; _cli.run(sys.argv[1:]); sys.exit('rich' in sys.modules)"
    command = [sys.executable, "-c", code, "ls", "--store", str(made_store)]
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
