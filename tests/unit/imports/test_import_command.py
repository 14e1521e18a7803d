"""``setpoint import`` as it is typed."""

import json
import subprocess
import sys
from pathlib import Path

from import_places import CORPUS


def run_command(*words: str, store: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "setpoint", "import", *words, "--store", str(store)],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_folder_is_imported_and_summed_up_in_a_line(store: Path) -> None:
    done = run_command(str(CORPUS / "wandb"), store=store)
    assert (done.returncode, done.stdout, done.stderr) == (0, "wandb: 3 runs read, 3 added\n", "")


def test_standard_input_is_read_and_bad_lines_go_to_standard_error(store: Path) -> None:
    done = run_command("-", "--json", store=store, text='{"config": {"lr": 1}}\n{"config"\n')
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert (said["format"], said["found"], said["added"], said["problem_count"]) == ("jsonl", 1, 1, 1)
    assert done.stderr == "not read: standard input:2:10: it is no JSON: Expecting ':' delimiter\n"


def test_exit_code_is_1_where_nothing_could_be_read(store: Path, tmp_path: Path) -> None:
    (tmp_path / "runs.jsonl").write_text("nothing\n")
    assert run_command(str(tmp_path / "runs.jsonl"), store=store).returncode == 1


def test_exit_code_is_2_where_there_is_nothing_or_nothing_known(store: Path, tmp_path: Path) -> None:
    missing, unknown = run_command(str(tmp_path / "not-there"), store=store), run_command(str(tmp_path), store=store)
    assert (missing.returncode, unknown.returncode) == (2, 2)
    assert "there is nothing of that name" in missing.stderr
    assert "wandb, mlflow" in unknown.stderr
    assert not store.exists()


def test_folder_of_several_formats_names_the_others(store: Path) -> None:
    done = run_command(str(CORPUS), "--dry-run", store=store)
    assert done.stdout == "wandb: 3 runs read, 3 would be added\n"
    assert "--format mlflow" in done.stderr
