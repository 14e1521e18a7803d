"""The same script with setpoint and without it: what it prints, how it ends and what it raises must be the same."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

from scripts import environment

STAND_IN = '''
"""What a script has in setpoint's place: plain containers that nobody watches."""


class Section(dict):
    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    __setattr__ = dict.__setitem__


class Run:
    def __init__(self, values):
        config.update(values)
        self.config, self.summary, self.tags = config, Section(), ()

    def log(self, *given, **named):
        pass

    finish = log

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def init(config=(), **named):
    global run
    run = Run(config)
    return run


def log(*given, **named):
    pass


finish = log
config, run = Section(), None
'''


class Outcome(NamedTuple):
    """How a script ended, and apart from that what setpoint said."""

    stdout: str
    stderr: str
    exit_code: int
    said: list[str]

    @property
    def troubles(self) -> list[str]:
        """What setpoint said besides the lines at a run's start and end."""
        return [line for line in self.said if not line.startswith("run ")]

    @property
    def ending(self) -> str:
        """The line that setpoint said at the end."""
        return self.said[-1] if self.said else ""


def outcome(
    folder: Path,
    code: str,
    *args: str,
    command: Sequence[str] = (sys.executable, "train.py"),
    prepare: Callable[[], None] | None = None,
    environ: dict[str, str] | None = None,
) -> Outcome:
    """Run *code* as ``train.py`` in *folder*, with the store in ``folder/store``.

    Its coverage is not measured: the measurement is a part of the process, and meets the same faults.
    """
    (folder / "train.py").write_text(dedent(code), encoding="utf-8")
    done = subprocess.run(
        [*command, *args],
        cwd=folder,
        env=environment(folder, COVERAGE_PROCESS_CONFIG="", **(environ or {})),
        capture_output=True,
        timeout=60,
        check=False,
        preexec_fn=prepare,
    )
    lines = done.stderr.decode("utf-8", "replace").replace(str(folder), "<folder>").splitlines()
    said = [line.removeprefix("setpoint: ") for line in lines if line.startswith("setpoint: ")]
    own = [line for line in lines if not line.startswith("setpoint: ")]
    return Outcome(done.stdout.decode("utf-8", "replace"), "\n".join(own), done.returncode, said)


def undisturbed(
    folder: Path,
    code: str,
    *args: str,
    command: Sequence[str] = (sys.executable, "train.py"),
    prepare: Callable[[], None] | None = None,
    environ: dict[str, str] | None = None,
    between: Callable[[], None] = lambda: None,
) -> Outcome:
    """Run a script without setpoint and with it, assert that both went alike, and return how it went with setpoint.

    Args:
        folder: where the script with setpoint runs; the one without runs in ``alone`` beside its store.
        code: the script.
        args: its arguments.
        command: what starts it.
        prepare: done in each script's process before it starts.
        environ: variables for both.
        between: puts the place in order after the first.
    """
    alone = folder / "alone"
    alone.mkdir()
    (alone / "setpoint.py").write_text(STAND_IN)
    paths = os.pathsep.join(filter(None, [str(alone), (environ or {}).get("PYTHONPATH", "")]))
    how = {"command": command, "prepare": prepare}
    first = outcome(alone, code, *args, environ={**(environ or {}), "PYTHONPATH": paths}, **how)
    shutil.rmtree(alone, ignore_errors=True)
    between()
    second = outcome(folder, code, *args, environ=environ, **how)
    assert second[:3] == first[:3], f"\nwith setpoint: {second}\nwithout:       {first}"
    return second
