"""What is said when a command fails, and the exit code it ends with: 1 for a problem, 2 for a wrong question."""

import sys

import click

from setpoint.errors import FilterError, InvalidArgumentError, MissingParamError, SetpointError

from .output import say

PROBLEM, USAGE, INTERRUPTED = 1, 2, 130


class ProblemError(SetpointError):
    """Something that a command found wrong, in a line for people."""

    def __init__(self, message: str) -> None:
        """Take the message."""
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


def exit_code_of(error: Exception) -> int:
    """Return the exit code for an error that ended a command."""
    return USAGE if isinstance(error, FilterError | InvalidArgumentError | click.UsageError) else PROBLEM


def report(error: Exception, *, is_json: bool) -> None:
    """Say on standard error what went wrong, as lines for people or as a JSON object."""
    message = " ".join([_message(error), *getattr(error, "__notes__", ())])
    if is_json:
        import msgspec

        said = {"type": type(error).__name__, "message": message} | _fields(error)
        sys.stderr.write(msgspec.json.encode({"error": said}).decode("ascii", "backslashreplace") + "\n")
        return
    say(f"setpoint: {message}")
    if isinstance(error, click.UsageError) and error.ctx is not None:
        say(f"'{error.ctx.command_path} --help' shows what it takes.")


def _message(error: Exception) -> str:
    if isinstance(error, click.ClickException):
        return error.format_message().replace("\n\t", " ")  # a list of choices, a line each
    if isinstance(error, MissingParamError):  # its own message tells a script what to write
        hint = f" Did you mean {' or '.join(map(repr, error.near))}?" if error.near else ""
        kind = "result" if error.key.startswith("summary.") else "param"
        return f"The run has no {kind} {error.key!r}.{hint}"
    if isinstance(error, OSError) and not isinstance(error, SetpointError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    return str(error)


def _fields(error: Exception) -> dict[str, object]:
    """Return the error's own fields that JSON can hold."""
    if not isinstance(error, SetpointError):
        return {}
    fields = {name: value for name, value in vars(error).items() if not name.startswith("_") and name != "message"}
    return {name: value for name, value in fields.items() if isinstance(value, str | int | list | tuple)}
