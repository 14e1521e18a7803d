"""How the process ends, learned without a signal handler and without changing how it ends.

``sys.exit()`` and the builtin ``exit()`` are noted, and an exception that nobody caught is read where the interpreter
leaves it. What can't be seen from inside: ``raise SystemExit(...)`` written out, which looks like an end that went
well; ``os._exit()`` and deadly signals, after which no code of ours runs at all.
"""

import builtins
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from threading import current_thread, main_thread
from typing import Any

from msgspec import Struct

from .notebook import is_interactive

INTERRUPTED = 130
"""The exit code of a script that an interrupt ends: 128 + SIGINT, as shells say it."""

_MAX_ERROR = 2000


class Ending(Struct, frozen=True):
    """How a script ended: the exit code of its process, 0 if it went well, and its error in one line, if any."""

    exit_code: int = 0
    error: str = ""


WELL = Ending()


class _Exits:
    """The exit that was noted last, None while there is none or once it was caught."""

    def __init__(self) -> None:
        self.noted: Ending | None = None
        self.is_noting = False


class _Token:
    """Lives as long as the SystemExit that carries it, and tells by its end whether that was caught."""

    __slots__ = ("_noted",)

    def __init__(self, noted: Ending) -> None:
        self._noted = noted

    def __del__(self) -> None:
        # If Python code still runs below this, the exit was caught and dropped. One that ends the process is dropped by
        # the interpreter itself, after all code has been left.
        below = sys._getframe().f_back  # pyright: ignore[reportPrivateUsage]  # documented; inspect costs milliseconds
        if below is not None and _exits.noted is self._noted:
            _exits.noted = None


_exits = _Exits()


def note_exits() -> None:
    """Note the code of each ``sys.exit()`` and builtin ``exit()`` from now on; more than one call is one."""
    if _exits.is_noting:
        return
    _exits.is_noting = True
    sys.exit = _noting(sys.exit)
    # site's Quitter, absent under python -S; its module is private, and its type can't be named.
    builtin_exit: Any = vars(builtins).get("exit")
    quitter: Any = builtin_exit.__class__
    if quitter.__module__ == "_sitebuiltins":
        quitter.__call__ = _noting(quitter.__call__)


def ending() -> Ending:
    """Return how the script ended, to be asked at exit: an uncaught error, else the exit that was noted, else well.

    An exit that the script caught and dropped does not count. In a notebook or at a prompt the end of the process tells
    nothing, and is taken for one that went well.
    """
    if is_interactive():
        return WELL
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if error is not None:
        return ending_of(error)
    return _exits.noted or WELL


def keep(ending: Ending) -> None:
    """Let the process end with SIGINT still if that is how it ends; to be called after the last work at exit.

    CPython forgets that nobody caught an interrupt whenever a text is run as code, as an import does that makes a named
    tuple. An interrupt in such a text reminds it.

    Source:
        CPython, Python/pythonrun.c, run_eval_code_obj().
    """
    if ending.exit_code == INTERRUPTED:
        with suppress(KeyboardInterrupt):
            exec("raise KeyboardInterrupt")  # noqa: S102  # a constant text


def ending_of(error: BaseException | None) -> Ending:
    """Return how a script ends that *error* leaves, by the interpreter's own rules; None is an end that went well."""
    if error is None or isinstance(error, GeneratorExit):
        return WELL
    if isinstance(error, SystemExit):
        return _ending_with(error.code)
    exit_code = INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
    return Ending(exit_code, error_line(error))


def error_line(error: BaseException) -> str:
    """Return type and message of *error* in one line, cut at 2000 characters; never raises."""
    try:
        message = " ".join(str(error).split())
    except Exception as fault:  # noqa: BLE001  # the error's own code ran; the run's end must come out whatever it raises
        message = f"(its message raised {type(fault).__name__})"
    name = type(error).__name__
    line = f"{name}: {message}" if message else name
    return line if len(line) <= _MAX_ERROR else line[: _MAX_ERROR - 3] + "..."


def _ending_with(code: object) -> Ending:
    if code is None:
        return WELL
    if isinstance(code, int):
        return Ending(int(code) & 0xFF)  # what the system keeps of it
    return Ending(1, error_line(SystemExit(code)))


def _noting(leave: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(leave)
    def noting_exit(*args: Any, **kwargs: Any) -> Any:
        try:
            return leave(*args, **kwargs)
        except SystemExit as error:
            _note(error)
            raise

    return noting_exit


def _note(error: SystemExit) -> None:
    if current_thread() is not main_thread():  # it ends only the thread
        return
    noted = _ending_with(error.code)
    _exits.noted = noted
    error.__setpoint__ = _Token(noted)  # type: ignore[attr-defined]  # an exception takes any attribute
