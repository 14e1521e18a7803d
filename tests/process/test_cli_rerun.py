"""A run once more, with the proof."""

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from setpoint._query.load import load

SCRIPT = """
import argparse, enum, os, sys
import setpoint

version = VERSION




class Color(enum.Enum):
    RED = 1

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
with setpoint.init(project="p", config=parser) as run:
    config = run.config
    config.betas = (0.9, 0.99)
    config.big = 2**70
    config.color = Color.RED
    config.api_key = "sk-abcdefghijklmnopqrstuvwx1234"
    config.model = {"layers": [64, 64], "act": "relu"}
    config.model.layers.append(10)
    config.setdefault("version", version)
    if os.environ.get("EXTRA"):
        config.extra = 1
    print("trained with", config.lr, config.betas)
    run.summary["acc"] = config.lr
sys.exit(int(os.environ.get("CODE", "0")))
"""


@pytest.fixture
def folder(tmp_path: Path, store: Path) -> Path:
    (tmp_path / "train.py").write_text(dedent(SCRIPT).replace("VERSION", "1"), encoding="utf-8")
    train(tmp_path, "--lr", "0.3")
    return tmp_path


def train(folder: Path, *arguments: str, **environ: str) -> None:
    subprocess.run(
        [sys.executable, "train.py", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        env={**os.environ, **environ},
    )


def rerun(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "setpoint", "rerun", *arguments, "--yes"],
        cwd=folder.parent,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_rerun_repeats_every_value_and_proves_it(folder: Path) -> None:
    done = rerun(folder, "@last")
    assert done.returncode == 0, done.stderr
    assert "proven" in done.stderr
    assert "trained with 0.3 (0.9, 0.99)" in done.stderr
    assert str(folder) in done.stderr
    new, old = load("@last"), load("@last~1")
    assert new.config["betas"] == (0.9, 0.99)
    assert new.config["big"] == 2**70
    assert new.config["model"] == old.config["model"]
    assert new.id != old.id


def test_rerun_changes_only_what_is_set(folder: Path) -> None:
    done = rerun(folder, "@last", "--set", "lr=0.5", "--set", "model.layers=[1]", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["is_proven"], said["changed"], said["diff"]["config"]) == (True, ["lr", "model.layers"], [])
    assert load(said["rerun"]).config["model"]["layers"] == [1]
    assert load(said["rerun"]).config["lr"] == 0.5


def test_code_that_adds_a_param_is_found_out(folder: Path) -> None:
    done = rerun(folder, "@last", EXTRA="1")
    assert done.returncode == 1
    assert "differs from" in done.stderr
    assert "extra" in done.stdout


def test_a_script_that_fails_is_no_proof(folder: Path) -> None:
    done = rerun(folder, "@last", CODE="3")
    assert done.returncode == 1
    assert "exit code 3" in done.stderr


def test_a_misspelt_key_starts_nothing(folder: Path) -> None:
    done = rerun(folder, "@last", "--set", "ls=0.5")
    assert done.returncode == 1
    assert "'lr'" in done.stderr or "no param 'ls'" in done.stderr
    assert "trained" not in done.stderr


def test_a_config_too_large_for_a_variable_is_passed_by_a_file(folder: Path) -> None:
    script = (folder / "train.py").read_text()
    (folder / "train.py").write_text(script.replace("config.big = 2**70", "config.big = 'x' * 200_000"))
    train(folder)
    done = rerun(folder, "@last")
    assert done.returncode == 0, done.stderr
    assert load("@last").config["big"] == "x" * 200_000


def test_a_secret_on_the_command_line_can_not_be_repeated(folder: Path) -> None:
    script = (folder / "train.py").read_text()
    (folder / "train.py").write_text(
        script.replace('parser.add_argument("--lr"', 'parser.add_argument("--api-token")\nparser.add_argument("--lr"')
    )
    train(folder, "--api-token", "hunter2-hunter2-hunter2")
    done = rerun(folder, "@last")
    assert done.returncode == 1
    assert "secret" in done.stderr


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_a_worktree_has_the_commit_and_the_diff_of_then(tmp_path: Path, store: Path) -> None:
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "train.py").write_text(dedent(SCRIPT).replace("VERSION", "1"), encoding="utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", "train.py")
    git(folder, "commit", "--quiet", "-m", "first")
    (folder / "train.py").write_text(dedent(SCRIPT).replace("VERSION", "2"), encoding="utf-8")
    train(folder)
    (folder / "train.py").write_text("raise SystemExit('another time')", encoding="utf-8")
    git(folder, "commit", "--quiet", "--all", "-m", "second")
    assert rerun(folder, "@last").returncode == 1
    done = rerun(folder, "@last", "--worktree")
    assert done.returncode == 0, done.stderr
    assert "what differs" not in done.stdout  # the code is the same, in another folder
    assert load("@last").config["version"] == 2
    worktrees = subprocess.run(["git", "worktree", "list"], cwd=folder, capture_output=True, text=True, check=True)
    assert len(worktrees.stdout.splitlines()) == 1


def test_a_worktree_needs_a_commit(folder: Path) -> None:
    done = rerun(folder, "@last", "--worktree")
    assert done.returncode == 1
    assert "no commit" in done.stderr
