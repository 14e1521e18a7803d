"""What it takes to run a recorded run again, and what of it can't be had again."""

import shlex
from pathlib import Path
from typing import Any

from msgspec import Struct

from setpoint.errors import SetpointError

from .recorded import RecordedRun
from .rerun import NotRepeatableError, plan

_SHOWN_KEYS = 5


class Repeating(Struct, frozen=True):
    """The command that runs it again and proves it, what was typed and where, and a sentence for what is missing."""

    command: str
    argv: list[str]
    folder: str
    missing: list[str]
    has_patch: bool


def repeating(run: RecordedRun) -> Repeating:
    """Return what it takes to run *run* again; starts nothing."""
    facts = run.environment
    argv = [str(part) for part in facts.get("command", [])]
    git: dict[str, Any] = facts.get("git", {})
    missing: list[str] = []
    try:
        planned = plan(run, {})
        if planned.not_locked:
            shown = ", ".join(planned.not_locked[:_SHOWN_KEYS])
            more = f" and {len(planned.not_locked) - _SHOWN_KEYS} more" if len(planned.not_locked) > _SHOWN_KEYS else ""
            missing.append(f"The record can't give back {shown}{more}: the script must set them.")
        if not planned.folder.is_dir():
            missing.append(f"The folder {planned.folder} is not on this machine.")
    except NotRepeatableError as error:
        missing.append(f"It can't be started again: {error.problem}.")
    except SetpointError as error:
        missing.append(str(error))
    missing += _code(git)
    has_worktree = bool(git.get("commit")) and not git.get("diff_redacted") and not git.get("diff_cut")
    command = shlex.join(["setpoint", "rerun", run.id, *(["--worktree"] if has_worktree else [])])
    return Repeating(command, argv, str(facts.get("folder", "")), missing, bool(git.get("diff_bytes")))


def _code(git: dict[str, Any]) -> list[str]:
    if not git.get("commit"):
        return ["No commit was recorded: the code is what is there now."]
    missing: list[str] = []
    if git.get("root") and not Path(str(git["root"])).is_dir():
        missing.append(f"The repository {git['root']} is not on this machine.")
    if git.get("diff_redacted"):
        missing.append("The diff of the changed files held a secret and was not kept whole.")
    if git.get("diff_cut"):
        missing.append("The diff of the changed files was too large and was not kept whole.")
    if git.get("dirty") and not git.get("diff_bytes"):
        missing.append("The working tree was changed, and its diff was not kept.")
    if count := len(git.get("untracked", [])):
        missing.append(f"{count} untracked file{'s' if count > 1 else ''} in the working tree, not kept.")
    return missing
