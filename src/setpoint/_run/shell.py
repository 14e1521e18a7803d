"""A shell beside the script that runs commands for it; none of its processes is a child of the script.

A script may wait for any child of its own (``os.wait()``), and must never meet one of ours there. So a launcher is
started inside ``init()`` and has ended before that returns. It leaves a shell that is nobody's child and reads what to
run from a pipe. The shell ends when it is told to, or once the script's process has ended.
"""

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_LAUNCH = "/bin/sh <&3 3<&- &"
_SIGKILL, _SIGPIPE = 9, 13  # on every POSIX system; the module signal takes a millisecond to import
_PIECE_BYTES = 1 << 16

SAFE_ENVIRON = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_PAGER": "cat",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "LC_ALL": "C",
}


class ShellGoneError(OSError):
    """The shell ended, so nothing can be run any more."""


class Shell:
    """A shell in a session of its own, without a terminal, that runs one command at a time."""

    def __init__(self, launcher: int, orders: tuple[int, int], answers: int) -> None:
        """Take the launcher's process id, both ends of the pipe of orders, and the read end of that of answers.

        The read end of the orders is kept: as long as it is there no order raises SIGPIPE, even without the shell.
        """
        self._group = launcher
        self._orders, self._answers = orders, answers
        self._mark = os.urandom(16).hex().encode()
        self._is_open = True

    def settle(self) -> None:
        """Wait for the end of the launcher, so that it is no child of the script's any more."""
        with suppress(ChildProcessError):  # the script's own handler of SIGCHLD was faster
            os.waitpid(self._group, 0)

    def run(
        self, command: Sequence[str], limit_bytes: int, deadline_s: float, *, told: bool = False
    ) -> tuple[int, bytes]:
        """Return a command's exit code, 127 where there is no such program, and what it wrote.

        Args:
            command: the program and its arguments.
            limit_bytes: how much is returned of what it writes; the command ends when it writes more.
            deadline_s: when it has to be done, by ``time.monotonic()``.
            told: whether what it writes to standard error is wanted, instead of its output.

        Raises:
            TimeoutError: it was not done in time. The shell is ended with it.
            ShellGoneError: the shell has ended.
        """
        from shlex import quote

        words = " ".join(map(quote, command))
        streams = "2>&1 >/dev/null" if told else "2>/dev/null"
        counted = f"{{ {words} </dev/null {streams} 3>&- 4>&-; echo $? >&4; }} | head -c {limit_bytes} >&3"
        self._order(f"{{ code=$({{ {counted}; }} 4>&1); }} 3>&1; printf '{self._mark.decode()}%s\\n' \"$code\"\n")
        answer = self._answer(deadline_s)
        output, _, code = answer.rpartition(self._mark)
        return int(code), output

    def close(self) -> None:
        """End the shell; more than one call is one."""
        if self._is_open:
            with suppress(OSError):
                self._order("exit\n")
            self._is_open = False
            for fd in (*self._orders, self._answers):
                with suppress(OSError):  # the script has closed it
                    os.close(fd)

    def _order(self, text: str) -> None:
        order = os.fsencode(text)
        try:
            written = os.write(self._orders[1], order) if self._is_open else 0
        except BlockingIOError:  # nobody reads any more
            written = 0
        if written != len(order):
            raise ShellGoneError("the shell that runs git takes no orders")

    def _answer(self, deadline_s: float) -> bytes:
        from select import POLLIN, poll

        poller: Any = poll()
        poller.register(self._answers, POLLIN)
        answer = bytearray()
        while not (answer.endswith(b"\n") and self._mark in answer[-len(self._mark) - 5 :]):
            patience_s = deadline_s - time.monotonic()
            if patience_s <= 0 or not poller.poll(patience_s * 1000):
                self._kill()
                raise TimeoutError("it took too long")
            piece = os.read(self._answers, _PIECE_BYTES)
            if not piece:
                raise ShellGoneError("the shell that runs git has ended")
            answer += piece
        return bytes(answer)

    def _kill(self) -> None:
        with suppress(OSError):  # it has ended just now
            os.killpg(self._group, _SIGKILL)
        self.close()


def start_shell(folder: Path, environ: Mapping[str, str]) -> Shell | None:
    """Return a shell to ask git for *folder* with, or None where git has nothing to say or there can be no such shell.

    There can be none on Windows, and beside the first process of a container: that one is made the parent of all that
    have lost theirs.
    """
    if not has_repository(folder, environ) or os.getpid() == 1 or not hasattr(os, "posix_spawn"):
        return None
    fds: list[int] = []
    try:
        fds += os.pipe()
        fds += os.pipe()
        os.set_blocking(fds[1], False)
        launcher = _launch(fds[0], fds[3], environ)
    except (OSError, NotImplementedError, ValueError):  # no descriptor or process to be had; an old system
        for fd in fds:
            os.close(fd)
        return None
    os.close(fds[3])
    return Shell(launcher, (fds[0], fds[1]), fds[2])


def has_repository(folder: Path, environ: Mapping[str, str]) -> bool:
    """Tell whether git would look into a repository for *folder*."""
    places = (at / name for at in (folder, *folder.parents) for name in (".git", "HEAD"))  # HEAD where it is a bare one
    return "GIT_DIR" in environ or any(map(os.path.lexists, places))


def _launch(orders: int, answers: int, environ: Mapping[str, str]) -> int:
    if min(orders, answers) < 3:
        raise ValueError("a stream of the script is closed, and its number taken by a pipe")
    null = os.devnull
    actions: list[tuple[Any, ...]] = [
        (os.POSIX_SPAWN_DUP2, answers, 1),
        (os.POSIX_SPAWN_DUP2, orders, 3),
        (os.POSIX_SPAWN_OPEN, 0, null, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, null, os.O_WRONLY, 0),
    ]
    actions += [(os.POSIX_SPAWN_CLOSE, fd) for fd in _inheritable() if fd > 3]
    command = ["sh", "-c", _LAUNCH]
    return os.posix_spawn(
        "/bin/sh", command, {**environ, **SAFE_ENVIRON}, file_actions=actions, setsid=True, setsigdef=[_SIGPIPE]
    )


def _inheritable() -> list[int]:
    """Return the descriptors that every child gets, which must not stay open in a process that nobody waits for."""
    found: list[int] = []
    for name in os.listdir("/dev/fd"):  # noqa: PTH208  # names are all that is wanted
        with suppress(OSError):  # the descriptor of the listing itself
            if os.get_inheritable(int(name)):
                found.append(int(name))
    return found
