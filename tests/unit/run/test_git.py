import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from setpoint._run import git as git_module
from setpoint._run.git import git_facts
from setpoint._run.shell import start_shell

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the hostile programs are shell scripts")

PLAIN = SimpleNamespace(text=lambda text: text)
IDENTITY = {
    "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
}  # fmt: skip


@pytest.fixture(autouse=True, params=["by a shell", "as a child"])
def _git_of_nobody(monkeypatch, request):
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    if request.param == "as a child":
        monkeypatch.setitem(globals(), "start_shell", lambda folder, environ: None)


def git(folder, *args):
    subprocess.run(["git", "-C", str(folder), *args], check=True, capture_output=True)


def answer(folder, *args):
    done = subprocess.run(["git", "-C", str(folder), *args], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repo(tmp_path):
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "train.py").write_text("lr = 0.1\n")
    (folder / "data.bin").write_bytes(bytes(range(256)))
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def ask(folder, redactor=PLAIN, **how):
    shell = start_shell(folder, os.environ)
    if shell is not None:
        shell.settle()
    return git_facts(folder, os.environ, redactor, shell=shell, **how)


def test_a_clean_repository_tells_commit_branch_and_root(repo):
    found = ask(repo)
    assert found.facts == {
        "root": str(repo),
        "commit": answer(repo, "rev-parse", "HEAD"),
        "branch": "main",
        "dirty": False,
        "untracked": [],
    }
    assert found.patch is None


def test_the_diff_of_a_dirty_tree_makes_it_again(repo, tmp_path):
    (repo / "train.py").write_text("lr = 0.2\n")
    (repo / "data.bin").write_bytes(bytes(range(255, -1, -1)))
    (repo / "new.py").write_text("x = 1\n")
    git(repo, "add", "new.py")
    found = ask(repo)
    assert found.facts["dirty"] is True
    assert found.facts["diff_bytes"] == len(found.patch)
    git(repo, "worktree", "add", "-q", str(tmp_path / "again"), "HEAD")
    (tmp_path / "diff.patch").write_bytes(found.patch)
    git(tmp_path / "again", "apply", str(tmp_path / "diff.patch"))
    for name in ("train.py", "data.bin", "new.py"):
        assert (tmp_path / "again" / name).read_bytes() == (repo / name).read_bytes()


def test_the_whole_repository_is_asked_from_a_folder_inside(repo):
    (repo / "jobs").mkdir()
    (repo / "train.py").write_text("lr = 0.2\n")
    found = ask(repo / "jobs")
    assert found.facts["root"] == str(repo)
    assert b"train.py" in found.patch


def test_untracked_files_are_named_but_the_store_and_ignored_ones_are_not(repo):
    (repo / ".gitignore").write_text("*.pt\n")
    for name in ("notes.txt", "größe\n.txt", "model.pt", ".setpoint/runs/a", "outputs/b"):
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).touch()
    found = ask(repo)
    assert sorted(found.facts["untracked"]) == [".gitignore", "größe\n.txt", "notes.txt", "outputs/"]
    assert found.facts["dirty"] is False


def test_no_more_than_200_untracked_files_are_named(repo):
    for number in range(300):
        (repo / f"{number}.txt").touch()
    found = ask(repo)
    assert len(found.facts["untracked"]) == 200
    assert found.facts["untracked_cut"] is True


def test_a_huge_diff_is_cut_and_said_to_be(repo, monkeypatch):
    monkeypatch.setattr(git_module, "MAX_PATCH_BYTES", 1000)
    (repo / "train.py").write_text("lr = 0.2\n" * 1000)
    found = ask(repo)
    assert len(found.patch) == 1000
    assert found.facts["diff_cut"] is True


def test_a_detached_head_has_no_branch(repo):
    git(repo, "checkout", "-q", "--detach")
    assert ask(repo).facts["branch"] == ""


def test_a_repository_without_a_commit_has_no_diff(tmp_path):
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a.py").touch()
    git(tmp_path, "add", "a.py")
    found = ask(tmp_path)
    assert (found.facts["commit"], found.facts["branch"], found.facts["dirty"]) == ("", "main", True)
    assert found.patch is None


def test_a_folder_without_a_repository_tells_nothing(tmp_path):
    assert ask(tmp_path).facts == {}


def test_without_git_nothing_is_told(repo, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ask(repo).facts == {}


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:hunter2@example.com/a.git", "https://example.com/a.git"),
        ("https://ghp_0123@example.com/a.git", "https://example.com/a.git"),
        ("ssh://git:hunter2@example.com/a.git", "ssh://example.com/a.git"),
        ("ssh://git@example.com/a.git", "ssh://git@example.com/a.git"),
        ("git@example.com:a.git", "git@example.com:a.git"),
    ],
)
def test_the_remote_is_told_without_a_password(repo, url, shown):
    git(repo, "remote", "add", "upstream", "https://example.com/upstream.git")
    git(repo, "remote", "add", "origin", url)
    assert ask(repo).facts["remote"] == shown


def test_secrets_are_taken_out_of_the_diff_and_that_is_said(repo):
    (repo / "train.py").write_text("key = 'hunter2'\n")
    found = ask(repo, SimpleNamespace(text=lambda text: text.replace("hunter2", "***")))
    assert b"hunter2" not in found.patch
    assert b"***" in found.patch
    assert found.facts["diff_redacted"] is True


def test_bytes_that_are_no_text_come_through_the_redactor_unchanged(repo):
    (repo / "train.py").write_bytes(b"name = '\xff\xfe'\nkey = 'hunter2'\n")
    found = ask(repo, SimpleNamespace(text=lambda text: text.replace("hunter2", "***")))
    assert b"'\xff\xfe'" in found.patch


def test_a_long_diff_goes_through_the_redactor_in_pieces_that_start_with_a_file_or_hunk(repo, monkeypatch):
    monkeypatch.setattr(git_module, "_PIECE_BYTES", 10)
    for number in range(5):
        (repo / f"{number}.py").write_text("x = 1\n" * 10)
    git(repo, "add", ".")
    pieces = []

    def keep(text):
        pieces.append(text)
        return text

    found = ask(repo, SimpleNamespace(text=keep))
    assert "".join(pieces).encode() == found.patch
    assert len(pieces) >= 5
    assert all(piece.startswith(("diff --git ", "@@ ")) for piece in pieces)


def hostile_script(tmp_path, name, body="cat"):
    script = tmp_path / name
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran-{name}\n{body}\n")
    script.chmod(0o755)
    return str(script)


@pytest.fixture
def hostile_repo(repo, tmp_path):
    """Give a repository whose own config and attributes make git run a program wherever they can."""
    (repo / "train.py").write_text("lr = 0.2\n")
    script = {
        name: hostile_script(tmp_path, name)
        for name in (
            "fsmonitor",
            "external",
            "textconv",
            "clean",
            "smudge",
            "process",
            "pager",
            "ssh",
            "askpass",
            "proxy",
        )
    }
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "pre-commit", "post-checkout", "fsmonitor-watchman", "reference-transaction"):
        os.symlink(hostile_script(tmp_path, f"hook-{hook}"), hooks / hook)
        os.symlink(hooks / hook, repo / ".git" / "hooks" / hook)
    for name, value in {
        "core.fsmonitor": script["fsmonitor"],
        "core.hooksPath": str(hooks),
        "core.pager": script["pager"],
        "pager.diff": "true",
        "core.sshCommand": script["ssh"],
        "core.askPass": script["askpass"],
        "core.gitProxy": script["proxy"],
        "core.attributesFile": str(tmp_path / "attributes"),
        "diff.external": script["external"],
        "diff.evil.command": script["external"],
        "diff.evil.textconv": script["textconv"],
        "filter.evil.clean": script["clean"],
        "filter.evil.smudge": script["smudge"],
        "filter.evil.required": "true",
        "filter.Evil.Two.process": script["process"],
        "filter.Evil.Two.clean": script["clean"],
        "filter.Evil.Two.required": "true",
        "alias.diff": f"!{script['external']}",
        "alias.status": f"!{script['external']}",
        "interactive.diffFilter": script["pager"],
        "color.ui": "always",
    }.items():
        git(repo, "config", name, value)
    (repo / ".git" / "info" / "attributes").write_text("train.py diff=evil filter=evil\n*.bin filter=Evil.Two\n")
    os.utime(repo / "data.bin", (1, 1))
    return repo


def test_a_hostile_repository_runs_no_code_and_still_tells_its_diff(hostile_repo, tmp_path):
    found = ask(hostile_repo)
    assert [path.name for path in tmp_path.glob("ran-*")] == []
    assert "problem" not in found.facts
    assert b"+lr = 0.2" in found.patch


def test_the_hostile_repository_would_run_code_if_asked_carelessly(hostile_repo, tmp_path):
    subprocess.run(["git", "-C", str(hostile_repo), "diff", "HEAD"], capture_output=True, check=False)
    assert {"ran-fsmonitor", "ran-clean", "ran-external"} & {path.name for path in tmp_path.glob("ran-*")}


def test_the_users_own_filter_is_used_even_if_the_repository_names_another(repo, tmp_path, monkeypatch):
    own = tmp_path / "gitconfig"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own))
    git(tmp_path, "config", "--global", "filter.upper.clean", "tr a-z A-Z")
    git(repo, "config", "filter.upper.clean", hostile_script(tmp_path, "clean"))
    (repo / ".git" / "info" / "attributes").write_text("train.py filter=upper\n")
    (repo / "train.py").write_text("lr = 0.2\n")
    assert b"+LR = 0.2" in ask(repo).patch
    assert not (tmp_path / "ran-clean").exists()


def test_a_hostile_submodule_runs_no_code(repo, tmp_path):
    inner = repo / "inner"
    inner.mkdir()
    git(inner, "init", "-q", "-b", "main")
    (inner / "a.txt").write_text("a\n")
    git(inner, "add", ".")
    git(inner, "commit", "-q", "-m", "inner")
    git(repo, "add", "inner")
    git(repo, "commit", "-q", "-m", "with inner")
    git(repo, "config", "diff.submodule", "diff")
    git(repo, "config", "status.submoduleSummary", "true")
    git(inner, "config", "core.fsmonitor", hostile_script(tmp_path, "fsmonitor"))
    git(inner, "config", "filter.evil.clean", hostile_script(tmp_path, "clean"))
    (inner / ".git" / "info" / "attributes").write_text("* filter=evil\n")
    (inner / "a.txt").write_text("b\n")
    (repo / "train.py").write_text("lr = 0.2\n")
    assert b"lr = 0.2" in ask(repo).patch
    assert [path.name for path in tmp_path.glob("ran-*")] == []


def test_missing_objects_are_not_fetched(repo, tmp_path):
    blob = answer(repo, "rev-parse", "HEAD:train.py")
    git(repo, "config", "remote.origin.url", f"ext::{hostile_script(tmp_path, 'fetch')}")
    git(repo, "config", "remote.origin.promisor", "true")
    git(repo, "config", "remote.origin.partialclonefilter", "blob:none")
    git(repo, "config", "extensions.partialClone", "origin")
    git(repo, "config", "core.repositoryformatversion", "1")
    git(repo, "config", "protocol.ext.allow", "always")
    (repo / "train.py").write_text("lr = 0.2\n")
    (repo / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    found = ask(repo)
    assert not (tmp_path / "ran-fetch").exists()
    assert found.facts["problem"].startswith("git diff failed")
    assert found.facts["commit"]


def test_a_folder_that_looks_like_a_bare_repository_is_not_trusted(tmp_path):
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "data")
    found = ask(tmp_path / "data")
    assert set(found.facts) == {"problem"}


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_user_is_not_read_and_that_is_said(repo):
    for path in (repo, repo / ".git"):
        os.chown(path, 65534, 65534)
    found = ask(repo)
    assert "dubious ownership" in found.facts["problem"]
    assert "commit" not in found.facts


def test_a_git_that_hangs_is_stopped_and_that_is_said(repo, tmp_path, monkeypatch):
    slow = tmp_path / "bin"
    slow.mkdir()
    (slow / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (slow / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow}:{os.environ['PATH']}")
    began_s = time.monotonic()
    found = ask(repo, timeout_s=0.3)
    assert time.monotonic() - began_s < 5
    assert found.facts == {"problem": "git rev-parse took too long and was stopped"}


def test_no_descriptors_left_is_said_and_does_not_raise(repo):
    script = (
        "import os, resource; from pathlib import Path; from types import SimpleNamespace\n"
        "from setpoint._run.git import git_facts\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (5, 5))\n"
        "print(git_facts(Path('.'), os.environ, SimpleNamespace(text=str)).facts)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=repo, check=True)
    assert done.stdout.startswith("{'problem': 'git could not be started")
