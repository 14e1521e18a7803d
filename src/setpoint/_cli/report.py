"""A run as a page for people: heading, config, results, where it ran, what is wrong with it."""

import shlex
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from setpoint._query.recorded import MISSING, RecordedRun

from .facts import time_text
from .output import STATUS_STYLES, Screen, titled
from .table import GAP, Column, lines_of
from .text import FULL, age_text, count_text, duration_text, safe, size_text, value_text, value_texts, width_of, wrapped
from .tree import tree_lines

_INDENT = 2
_VALUE = 60
_NARROW = 20
_SHOWN_DAMAGE = 5


def report_lines(run: RecordedRun, screen: Screen, *, has_packages: bool) -> Iterator[str]:
    """Yield the lines of the page; *has_packages* lists every package instead of their number."""
    yield from _heading(run, screen)
    yield from titled("Config", tree_lines(run, screen, _INDENT), screen)
    yield from titled("Results", _results(run, screen), screen)
    yield from titled("Environment", _environment(run, screen), screen)
    if has_packages:
        packages = {name: str(version) for name, version in run.environment.get("packages", {}).items()}
        yield from titled("Packages", _pairs(packages, screen), screen)
    yield from titled("Processes that disagree", _disagreements(run, screen), screen)
    yield from titled("Damage", _damage(run), screen)


def _pairs(pairs: dict[str, str], screen: Screen) -> Iterator[str]:
    """Yield a line for each pair whose text is not empty; on a terminal, text too long for it goes on below."""
    shown = {safe(name): safe(text) for name, text in pairs.items() if text}
    names = max(map(width_of, shown), default=0)
    for name, text in shown.items():
        room = screen.width - names - GAP - _INDENT
        lines = wrapped(text, max(room, _NARROW)) if screen.is_terminal else [text]
        yield f"{screen.styled(name, 'dim')}{' ' * (names - width_of(name) + GAP)}{lines[0]}"
        yield from (" " * (names + GAP) + line for line in lines[1:])


def _started(created_ns: int) -> str:
    """Return when a run began, empty where that is not known, as of some that were imported."""
    if not created_ns:
        return ""
    age = age_text(time.time() - created_ns / 1e9)
    return f"{time_text(created_ns)}, {age} ago" if age != "now" else time_text(created_ns)


def _heading(run: RecordedRun, screen: Screen) -> Iterator[str]:
    status = screen.styled(run.status, STATUS_STYLES.get(run.status, ""))
    yield f"{screen.styled(safe(run.name or run.id), 'title')}  {status}{_how_long(run)}"
    user, host = run.value("run.user") or "", run.value("run.host") or ""
    facts = {
        "run": run.id,
        "project": run.project,
        "group": run.group,
        "job type": run.job_type,
        "tags": ", ".join(run.tags),
        "notes": run.notes,
        "started": _started(run.row.created_ns),
        "by": f"{user}@{host}" if user and host else f"{user}{host}",
        "error": run.error,
        "lost": f"{count_text(run.lost, 'record')} that could not be saved" if run.lost else "",
    }
    yield from _pairs(facts, screen)


def _how_long(run: RecordedRun) -> str:
    took = run.value("run.duration")
    text = f" after {duration_text(took.total_seconds())}" if isinstance(took, timedelta) else ""
    return text + (f", exit code {run.exit_code}" if run.exit_code else "")


def _results(run: RecordedRun, screen: Screen) -> Iterator[str]:
    from setpoint._catalog.leaf import Scope

    values = run.leaves(Scope.SUMMARY)
    width = _VALUE if screen.is_terminal else FULL
    rows: list[tuple[str, list[str]]] = []
    for key in dict.fromkeys([*values, *run.stats]):
        stats = run.stats.get(key)
        numbers = [stats.min, stats.max, stats.mean] if stats is not None else []
        texts = value_texts([values.get(key, MISSING), *numbers], width, is_metric=True)
        count = f"{stats.count:,}" if stats is not None else ""
        rows.append((key, [*texts, *[""] * (4 - len(texts)), count]))
    if not rows:
        return
    titles = ("value", "min", "max", "mean", "points")
    has_stats = bool(run.stats)
    columns = [Column("", [safe(key) for key, _ in rows], styles=["key"])]
    for at, title in enumerate(titles if has_stats else titles[:1]):
        columns.append(Column(title, [safe(texts[at]) for _, texts in rows], is_right=has_stats, rank=at))
    yield from lines_of(columns, screen, has_titles=has_stats, indent=_INDENT)


def _environment(run: RecordedRun, screen: Screen) -> Iterator[str]:
    facts = run.environment
    command = [str(part) for part in facts.get("command", [])]
    python, system = facts.get("python", {}), facts.get("system", {})
    pairs = {
        "command": shlex.join(command),
        "folder": str(facts.get("folder", "")),
        "code": _code(facts.get("git", {})),
        "python": str(python.get("version", "")),
        "packages": f"{len(facts.get('packages', {}))} ('--packages' lists them)" if facts.get("packages") else "",
        "system": str(system.get("distribution") or system.get("name", "")),
        "machine": _machine(facts),
        "variables": " ".join(f"{name}={value}" for name, value in facts.get("variables", {}).items()),
        "processes": _processes(run),
    }
    yield from _pairs(pairs, screen)


def _code(git: dict[str, Any]) -> str:
    if not git:
        return ""
    commit = f"commit {str(git['commit'])[:12]}" if git.get("commit") else "no commit yet"
    branch = f" on {git['branch']}" if git.get("branch") else ""
    dirty = f", changed ({size_text(int(git['diff_bytes']))} of diff kept)" if git.get("diff_bytes") else ""
    dirty = dirty or (", changed" if git.get("dirty") else "")
    untracked = len(git.get("untracked", []))
    return commit + branch + dirty + (f", {count_text(untracked, 'untracked file')}" if untracked else "")


def _machine(facts: dict[str, Any]) -> str:
    cpus, memory, gpus = facts.get("cpu_count"), facts.get("memory_bytes"), facts.get("gpus", [])
    parts = [
        count_text(cpus, "CPU") if isinstance(cpus, int) else "",
        size_text(memory) if isinstance(memory, int) else "",
        ", ".join(f"{gpus.count(gpu)} x {gpu}" for gpu in dict.fromkeys(gpus)),
    ]
    return ", ".join(part for part in parts if part)


def _processes(run: RecordedRun) -> str:
    if len(run.writers) <= 1:
        return ""
    roles = [writer.role for writer in run.writers]
    return ", ".join(f"{roles.count(role)} {role}" for role in dict.fromkeys(roles))


def _disagreements(run: RecordedRun, screen: Screen) -> Iterator[str]:
    found = run.disagreements
    if not found:
        return
    ranks = {writer.name: f"rank {writer.rank}" for writer in run.writers if writer.rank is not None}
    columns = [
        Column("key", [safe(one.key) for one in found], styles=["key"]),
        Column("process", [safe(ranks.get(one.writer, one.writer)) for one in found]),
        Column("has", [safe(value_text(one.value, _VALUE)) for one in found], styles=["warn"]),
        Column("the run has", [safe(value_text(one.leading, _VALUE)) for one in found]),
        Column("set by", [safe(str(one.origin)) for one in found], styles=["dim"], rank=1),
    ]
    yield from lines_of(columns, screen, indent=_INDENT)


def _damage(run: RecordedRun) -> Iterator[str]:
    for damage in run.damage[:_SHOWN_DAMAGE]:
        place = f"{damage.path}, bytes {damage.start} to {damage.end}" if damage.end else damage.path
        yield safe(f"{damage.kind}: {place}: {damage.detail}")
    if len(run.damage) > _SHOWN_DAMAGE:
        yield f"and {len(run.damage) - _SHOWN_DAMAGE} more; 'setpoint verify {run.id}' lists them"
