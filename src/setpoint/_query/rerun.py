"""A recorded run started again: same command, folder, variables and config, and the proof afterwards."""

import os
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec
from msgspec import Struct

from setpoint._catalog.leaf import Scope
from setpoint._core.keys import quote_name, split_key
from setpoint._core.leaves import is_dict
from setpoint._core.values import ArrayDigest, Encoder, Foreign, Redacted, StandIn, decode
from setpoint._journal import layout, pack
from setpoint._journal.replay import ABSENT, NotPossibleError, put, value_at
from setpoint.errors import InvalidArgumentError, MissingParamError, SetpointError

from .diff import Diff, diff
from .edit import place_of
from .recorded import RecordedRun
from .runs import runs
from .store import catalog_for

_LAUNCHER = (
    *("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "GROUP_RANK", "NODE_RANK", "MASTER_", "SLURM_"),
    *("TORCHELASTIC_", "OMPI_", "PMI_", "PMIX_", "PBS_", "LSB_", "JOB_ID"),
)
"""What the names of a launcher's variables begin with."""
_OWN = ("SETPOINT_RUN_ID", "SETPOINT_NAME", "SETPOINT_TAGS", "SETPOINT_CONFIG", "SETPOINT_MODE", "SETPOINT_LOCKED")
_ENVIRONMENT_LIMIT = 100_000  # execve(2): Linux takes 128 KiB for one variable


class Plan(Struct, frozen=True):
    """What a rerun will do.

    ``command`` and ``folder`` are where and what to start; ``variables`` are set beside those of this process;
    ``locked`` is the config in plain form by key, with the changes; ``not_locked`` are keys whose values a record can't
    give back (secrets, objects of classes), so that the script sets them again. ``commit`` and ``root`` name the code.
    """

    run: RecordedRun
    command: list[str]
    folder: Path
    variables: dict[str, str]
    locked: dict[str, Any]
    not_locked: list[str]
    changes: dict[str, Any]
    commit: str
    root: str
    is_dirty: bool


class Outcome(Struct, frozen=True):
    """What came of a rerun: the process's exit code, the new run, and what differs from the old one's config.

    ``difference`` leaves out what was changed on purpose; None where the process recorded no run.
    """

    exit_code: int
    run: RecordedRun | None
    difference: Diff | None

    @property
    def is_proven(self) -> bool:
        """Whether the script ended well and its config is that of the old run, but for what was changed on purpose."""
        return self.exit_code == 0 and self.difference is not None and self.difference.is_config_equal


class NotRepeatableError(SetpointError, RuntimeError):
    """A run can't be started again from what is recorded of it."""

    def __init__(self, run: str, problem: str) -> None:
        """Take the run's id and why not."""
        super().__init__(run, problem)
        self.run, self.problem = run, problem

    def __str__(self) -> str:
        return f"Run {self.run} can't be run again: {self.problem}."


def plan(run: RecordedRun, changes: Mapping[str, Any]) -> Plan:
    """Return what a rerun with these changed params will do; starts nothing.

    Raises:
        NotRepeatableError: no command was recorded, or one that can't be repeated.
        MissingParamError: a changed key is none of the run's.
    """
    facts = run.environment
    command = [str(part) for part in facts.get("command", [])]
    _check_command(run, command, facts)
    locked, not_locked = _lockable(run.plain(Scope.PARAM))
    encoder = Encoder()
    for key, value in changes.items():
        if value_at(run.plain(Scope.PARAM), split_key(key)) is ABSENT:
            raise MissingParamError(key, list(run.leaves(Scope.PARAM)))
        try:
            put(locked, split_key(key), encoder.encode(value))
        except NotPossibleError as error:
            raise InvalidArgumentError("--set", repr(key), f"a param that can be locked by itself ({error})") from None
    git = facts.get("git", {})
    return Plan(
        run=run,
        command=[_interpreter(command[0], str(facts.get("executable", ""))), *command[1:]],
        folder=Path(str(facts.get("folder", ""))),
        variables=_variables(facts.get("variables", {})),
        locked={quote_name(name): value for name, value in locked.items()},
        not_locked=[key for key in not_locked if key not in changes],
        changes=dict(changes),
        commit=str(git.get("commit", "")),
        root=str(git.get("root", "")),
        is_dirty=bool(git.get("dirty")),
    )


def _check_command(run: RecordedRun, command: list[str], facts: Mapping[str, Any]) -> None:
    problem = ""
    if not command or not facts.get("folder"):
        problem = "its command was not recorded"
    elif any("[redacted" in part for part in command):
        problem = "its command line holds a secret, which was not recorded; start it by hand"
    elif any("ipykernel" in part for part in command):
        problem = "it ran in a notebook"
    elif command[-1:] == ["-c"] or "-c" in command[1:2]:
        problem = "" if len(command) > 2 else "its code came from the command line"
    if problem:
        raise NotRepeatableError(run.id, problem)


def _interpreter(name: str, executable: str) -> str:
    """Return the interpreter that ran: its full path where it is still there, else what was typed."""
    return executable if executable and Path(executable).is_file() else name


def _variables(recorded: Mapping[str, Any]) -> dict[str, str]:
    """Return the recorded variables that a rerun sets: no secrets, and none of a launcher, which does not run again."""
    return {
        name: value for name, value in recorded.items() if isinstance(value, str) and not name.startswith(_LAUNCHER)
    }


def _lockable(tree: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the plain config without what can't be given back, and the keys of that."""
    left_out: list[str] = []
    return _kept(tree, "", left_out), left_out


def _kept(section: Mapping[str, Any], above: str, left_out: list[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in section.items():
        key = f"{above}.{quote_name(name)}" if above else quote_name(name)
        if is_dict(value) and "$type" not in value and "$redacted" not in value:
            kept[name] = _kept(value, key, left_out)
        elif _can_be_given_back(decode(value)):
            kept[name] = value
        else:
            left_out.append(key)
    return kept


def _can_be_given_back(value: Any) -> bool:
    if isinstance(value, Redacted | StandIn | Foreign | ArrayDigest):
        return False
    if is_dict(value):
        return all(_can_be_given_back(part) for pair in value.items() for part in pair)
    if type(value) in (list, tuple, set, frozenset):
        return all(map(_can_be_given_back, value))
    return True


@contextmanager
def worktree(planned: Plan, store: str | Path | None = None) -> Generator[Plan]:
    """Give the plan with the code as it was: commit and diff in a temporary working tree, removed at the end.

    Raises:
        NotRepeatableError: no commit was recorded, or git can't restore it.
    """
    if not planned.commit or not planned.root:
        raise NotRepeatableError(planned.run.id, "no commit was recorded for it")
    git = planned.run.environment.get("git", {})
    if git.get("diff_redacted") or git.get("diff_cut"):
        raise NotRepeatableError(planned.run.id, "its diff held a secret or was too large, and was not kept whole")
    patch = _patch(planned.run, store)
    with tempfile.TemporaryDirectory(prefix="setpoint-rerun-", ignore_cleanup_errors=True) as parent:
        tree = Path(parent) / "tree"
        _git(planned, "worktree", "add", "--detach", str(tree), planned.commit)
        try:
            if patch:
                _git(planned, "apply", "--binary", "-", folder=tree, data=patch)
            yield _moved(planned, tree)
        finally:
            _git(planned, "worktree", "remove", "--force", str(tree))


def _patch(run: RecordedRun, store: str | Path | None) -> bytes | None:
    place = place_of(run, catalog_for(store))
    if place.folder is not None:
        path = place.folder / layout.DIFF
        return path.read_bytes() if path.is_file() else None
    assert place.pack is not None
    for item in pack.read_entries(place.pack, pack.PackedRun):
        if item.entry is not None and item.entry.id == run.id:
            return pack.details_of(item.entry).files.get(layout.DIFF)
    return None


def _git(planned: Plan, *args: str, folder: Path | None = None, data: bytes | None = None) -> None:
    command = ["git", "-C", str(folder or planned.root), "-c", f"core.hooksPath={os.devnull}", *args]
    try:
        subprocess.run(command, input=data, check=True, capture_output=True)
    except FileNotFoundError:
        raise NotRepeatableError(planned.run.id, "git is not installed") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise NotRepeatableError(planned.run.id, f"git {args[0]} failed: {said}") from None


def _moved(planned: Plan, tree: Path) -> Plan:
    """Return the plan in another working tree: folder and files of the command below the root are those in *tree*."""
    root = Path(planned.root)

    def moved(text: str) -> str:
        path = Path(text)
        return str(tree / path.relative_to(root)) if path.is_absolute() and path.is_relative_to(root) else text

    interpreter, *rest = planned.command  # it may lie in the tree itself, in .venv, where git has no copy of it
    command = [interpreter, *map(moved, rest)]
    return msgspec.structs.replace(planned, command=command, folder=Path(moved(str(planned.folder))))


def start(planned: Plan, output: IO[Any], store: str | Path | None = None) -> Outcome:
    """Run the plan's command to its end and compare what it recorded with the old run.

    Args:
        planned: what to start.
        output: a file with a descriptor, which gets the script's standard output.
        store: the store of the old run, which gets the new one.

    Raises:
        NotRepeatableError: the command can't be started.
    """
    catalog = catalog_for(store)
    before_ns = time.time_ns()
    with tempfile.TemporaryDirectory(prefix="setpoint-rerun-") as folder:
        environ = _environ(planned, catalog.store, Path(folder))
        try:
            child = subprocess.Popen(planned.command, cwd=planned.folder, env=environ, stdout=output)
        except OSError as error:
            raise NotRepeatableError(
                planned.run.id, f"{error.filename or planned.command[0]}: {error.strerror}"
            ) from None
        try:
            exit_code = child.wait()
        except KeyboardInterrupt:  # the child got it too; what it recorded until then is still worth comparing
            exit_code = child.wait()
    new = _new_run(catalog.store, child.pid, before_ns)
    found = diff([planned.run, new], planned.changes) if new is not None else None
    return Outcome(exit_code, new, found)


def _environ(planned: Plan, store: str, folder: Path) -> dict[str, str]:
    environ = {name: value for name, value in os.environ.items() if name not in _OWN and not name.startswith(_LAUNCHER)}
    locked = msgspec.json.encode(planned.locked).decode()
    if len(locked) > _ENVIRONMENT_LIMIT:
        path = folder / "locked.json"
        path.touch(mode=0o600)
        path.write_text(locked, encoding="utf-8")
        locked = f"@{path}"
    project = {"SETPOINT_PROJECT": planned.run.project} if planned.run.project else {}
    return {**environ, **planned.variables, **project, "SETPOINT_STORE": store, "SETPOINT_LOCKED": locked}


def _new_run(store: str, pid: int, since_ns: int) -> RecordedRun | None:
    """Return the run that the process wrote, else the first that began since, as a script may start another process."""
    found = [run for run in runs(limit=50, store=store) if run.row.created_ns >= since_ns]
    own = [run for run in found if any(writer.pid == pid for writer in run.writers)]
    return next(reversed(own or found), None)
