"""What git says about the working folder, asked so that a hostile repository runs no code of its own."""

import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Timer
from typing import Any, Protocol

from msgspec import Struct

from .shell import SAFE_ENVIRON, Shell, has_repository

MAX_PATCH_BYTES = 10 * 1024 * 1024
MAX_UNTRACKED = 200
_MAX_ANSWER_BYTES = 1024 * 1024
_MAX_TOLD_BYTES = 4096
_NO_GIT = 127
_PIECE_BYTES = 256 * 1024
_TRUSTED_SCOPES = ("system", "global", "command")
_WEB_LOGIN = re.compile(r"^(\w+://)[^/@]*@")
_PIECE_START = re.compile(rb"^(?:diff --git |@@ )", re.MULTILINE)

# What a repository's own config can make git run is switched off: a monitor, hooks, a pager and fetching of missing
# objects here, drivers for diff and text conversion by flags; filters are emptied by name, see `distrust_filters`.
_SAFE_CONFIG: tuple[str, ...] = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null" if os.name != "nt" else "core.hooksPath=NUL",
    "core.pager=cat",
    "core.askPass=",
    "core.sshCommand=false",
    "credential.helper=",
    "diff.external=",
    "diff.ignoreSubmodules=dirty",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
    "color.ui=false",
)
_DIFF = (
    "diff", "HEAD", "--binary", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color", "--submodule=short",
    "--ignore-submodules=dirty", "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip


class TextRedactor(Protocol):
    """Replaces the secrets in a text."""

    def text(self, text: str) -> str:
        """Return *text* without secrets."""
        ...


class GitFacts(Struct):
    """What git says: facts by name (``commit``, ``branch``, ``root``, ``dirty``, ...), and the diff to HEAD, if any."""

    facts: dict[str, Any]  # plain: what JSON can hold
    patch: bytes | None = None


class GitProblem(Exception):  # noqa: N818  # it never leaves this module
    """Git could not be asked, or gave no answer."""


def git_facts(
    folder: Path,
    environ: Mapping[str, str],
    redactor: TextRedactor,
    timeout_s: float = 20.0,
    shell: Shell | None = None,
) -> GitFacts:
    """Return what git says about the repository that *folder* is in; never raises.

    Args:
        folder: the working folder.
        environ: the environment that git gets, with what makes it safe added.
        redactor: takes secrets out of the remote's address and the diff.
        timeout_s: seconds for all questions together.
        shell: runs git, and is ended; without one git runs as a child of this process.

    Returns:
        Facts, all of them plain: ``root``, ``commit``, ``branch``, ``remote``, ``dirty``, ``untracked`` (names, 200 at
        most, with ``untracked_cut`` where there are more), ``diff_bytes``, ``diff_cut`` where the diff is over 10 MiB
        and ``diff_redacted`` where secrets were taken out of it; then it no longer applies. ``problem`` says what
        could not be learned and why. Empty outside of a repository and without git. The diff holds no content of
        untracked files.
    """
    found = GitFacts({})
    if not has_repository(folder, environ):
        return found
    way = shell or _Children(environ)
    git = _Git(folder, way, time.monotonic() + timeout_s)
    try:
        root = git.ask("rev-parse", "--show-toplevel").rstrip("\n")
        found.facts["root"] = root
        git.folder = Path(root)
        git.distrust_filters()
        _add_state(git, found.facts, redactor)
        _add_untracked(git, found.facts)
        if found.facts["dirty"] and found.facts["commit"]:
            _add_patch(git, found, redactor)
    except GitProblem as problem:
        if str(problem):
            found.facts["problem"] = redactor.text(str(problem))
    finally:
        way.close()
    return found


class _Git:
    """Asks git one question at a time, until a deadline."""

    def __init__(self, folder: Path, way: "Shell | _Children", deadline_s: float) -> None:
        self.folder = folder
        self.remote = ""
        self._way = way
        self._config = list(_SAFE_CONFIG)
        self._deadline_s = deadline_s

    def ask(self, *args: str) -> str:
        """Return git's whole answer; raises GitProblem, without a text where there is no repository or no git."""
        answer, _ = self.ask_bytes(*args, limit_bytes=_MAX_ANSWER_BYTES)
        return answer.decode("utf-8", "surrogateescape")

    def ask_bytes(self, *args: str, limit_bytes: int, may_fail: bool = False) -> tuple[bytes, bool]:
        """Return what git answers up to a limit, and whether there was more; raises GitProblem."""
        code, answer = self._run(args, limit_bytes + 1)
        is_cut = len(answer) > limit_bytes
        if code == _NO_GIT:
            raise GitProblem("")  # which is no problem of the run's
        if code and not is_cut and not may_fail:
            raise GitProblem(self._failure(args, code))
        return answer[:limit_bytes], is_cut

    def _run(self, args: Sequence[str], limit_bytes: int, *, told: bool = False) -> tuple[int, bytes]:
        options = [part for setting in self._config for part in ("-c", setting)]
        command = ["git", "--no-pager", "-C", str(self.folder), *options, *args]
        try:
            return self._way.run(command, limit_bytes, self._deadline_s, told=told)
        except TimeoutError:
            raise GitProblem(f"git {args[0]} took too long and was stopped") from None
        except (OSError, ValueError, RuntimeError) as error:  # no memory, descriptor, process or thread to be had
            raise GitProblem(f"git could not be started: {error}") from None

    def _failure(self, args: Sequence[str], code: int) -> str:
        told = self._run(args, _MAX_TOLD_BYTES, told=True)[1]
        line = told.decode("utf-8", "replace").strip().partition("\n")[0]
        if line.startswith("fatal: not a git repository"):
            return ""
        return f"git {args[0]} failed ({line or f'exit code {code}'})"

    def distrust_filters(self) -> None:
        """Empty each filter that the repository itself defines: git would run it on every changed file."""
        wanted = r"^(filter\..*|remote\..*\.url)$"
        answer, _ = self.ask_bytes(
            "config", "--show-scope", "-z", "--get-regexp", wanted, limit_bytes=_MAX_ANSWER_BYTES, may_fail=True
        )
        trusted: dict[str, str] = {}
        doubtful: set[str] = set()
        for scope, key, value in _settings(answer.decode("utf-8", "surrogateescape")):
            if key.startswith("remote."):
                if not self.remote or key == "remote.origin.url":
                    self.remote = value
            elif scope in _TRUSTED_SCOPES:
                trusted[key] = value
            else:
                doubtful.add(key)
        for key in doubtful:
            fallback = "false" if key.endswith(".required") else ""
            self._config.append(f"{key}={trusted.get(key, fallback)}")


class _Children:
    """Runs each command as a child of this process, in place of a Shell, whose ``run`` says what is what."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = {**environ, **SAFE_ENVIRON}

    def run(
        self, command: Sequence[str], limit_bytes: int, deadline_s: float, *, told: bool = False
    ) -> tuple[int, bytes]:
        wanted, unwanted = subprocess.PIPE, subprocess.DEVNULL
        try:
            # A session of its own has no terminal, so nothing can ask the user for a password.
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=unwanted if told else wanted,
                stderr=wanted if told else unwanted,
                env=self._environ,
                start_new_session=True,
            )
        except FileNotFoundError:
            return _NO_GIT, b""
        with child:
            stream = child.stderr if told else child.stdout
            assert stream is not None
            killer = Timer(max(deadline_s - time.monotonic(), 0.01), child.kill)
            killer.daemon = True
            try:
                killer.start()
            except RuntimeError:  # no thread to be had: without a time limit git is not waited for
                child.kill()
                raise
            answer = stream.read(limit_bytes)
            killer.cancel()
            if len(answer) == limit_bytes:
                child.kill()
        if child.returncode and time.monotonic() >= deadline_s:
            raise TimeoutError
        return child.returncode, answer

    def close(self) -> None:
        """Do nothing: no child stays."""


def _settings(answer: str) -> Iterator[tuple[str, str, str]]:
    # git-config(1), -z and --show-scope: scope NUL key LF value NUL.
    parts = answer.split("\0")
    for scope, setting in zip(parts[::2], parts[1::2], strict=False):
        key, _, value = setting.partition("\n")
        yield scope, key, value


def _add_state(git: _Git, facts: dict[str, Any], redactor: TextRedactor) -> None:
    status = ("status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules=dirty", "-z")
    answer, _ = git.ask_bytes(*status, limit_bytes=_MAX_ANSWER_BYTES)
    lines = answer.decode("utf-8", "replace").split("\0")
    header: dict[str, str] = {}
    for line in lines:
        if line.startswith("# "):
            name, _, value = line[2:].partition(" ")
            header[name] = value
    commit, branch = header.get("branch.oid", ""), header.get("branch.head", "")
    facts["commit"] = "" if commit == "(initial)" else commit
    facts["branch"] = "" if branch == "(detached)" else branch
    facts["dirty"] = any(line and not line.startswith("# ") for line in lines)
    if git.remote:
        facts["remote"] = redactor.text(_without_login(git.remote))


def _without_login(url: str) -> str:
    """Return a remote's address without user and password; the user of ssh is always the same and stays."""
    return url if url.startswith("ssh://") and ":" not in url[6:].partition("@")[0] else _WEB_LOGIN.sub(r"\1", url)


def _add_untracked(git: _Git, facts: dict[str, Any]) -> None:
    question = ("ls-files", "--others", "--exclude-standard", "--directory", "--no-empty-directory", "-z")
    answer, is_cut = git.ask_bytes(*question, limit_bytes=MAX_UNTRACKED * 256)
    names = [name.decode("utf-8", "backslashreplace") for name in answer.split(b"\0")[:-1]]
    names = [name for name in names if ".setpoint" not in name.split("/")]
    facts["untracked"] = names[:MAX_UNTRACKED]
    if is_cut or len(names) > MAX_UNTRACKED:
        facts["untracked_cut"] = True


def _add_patch(git: _Git, found: GitFacts, redactor: TextRedactor) -> None:
    patch, is_cut = git.ask_bytes(*_DIFF, limit_bytes=MAX_PATCH_BYTES)
    found.patch = b"".join(_redacted(piece, redactor) for piece in _pieces(patch))
    found.facts["diff_bytes"] = len(found.patch)
    if is_cut:
        found.facts["diff_cut"] = True
    if found.patch != patch:
        found.facts["diff_redacted"] = True


def _redacted(piece: bytes, redactor: TextRedactor) -> bytes:
    text = piece.decode("utf-8", "surrogateescape")
    kept = redactor.text(text)
    time.sleep(0)  # the search for secrets holds the interpreter: let training go on between two pieces
    return piece if kept == text else kept.encode("utf-8", "surrogateescape")


def _pieces(patch: bytes) -> Iterator[bytes]:
    """Yield *patch* in pieces that start with a file or a hunk, so that no secret spans two of them."""
    start = 0
    while start < len(patch):
        match = _PIECE_START.search(patch, start + _PIECE_BYTES)
        end = match.start() if match else len(patch)
        yield patch[start:end]
        start = end
