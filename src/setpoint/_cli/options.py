"""How a command is made: its examples, and the options and arguments that many share."""

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

_MAY_BE_FIRST = ("import", "ui")
"""Commands that make a store, or wait for its first run."""

F = TypeVar("F", bound=Callable[..., Any])  # a command's function, with whatever arguments its options give it


class Command(click.Command):
    """A command whose help ends with examples."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:  # what click.Command takes
        """Take the examples, and what any command takes."""
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they are typed."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                formatter.write("".join(f"{' ' * formatter.current_indent}{line}\n" for line in self.examples))


def made(*examples: str) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of a function, with ``--store``, ``--json`` and the examples."""

    def of(function: Callable[..., Any]) -> Command:
        command = click.command(cls=Command, examples=examples)(store_option(json_option(function)))
        command.params.sort(key=lambda param: param.name in ("store", "is_json"))  # what all commands have comes last
        return command

    return of


def _given_store(ctx: click.Context, _: click.Parameter, store: str | None) -> str | None:
    named: str | None = store if store is not None else ctx.find_root().obj
    if ctx.info_name != "completion" and not ctx.resilient_parsing:
        from setpoint._query.store import catalog_for, expect_store

        is_named = named is not None or bool(os.environ.get("SETPOINT_STORE"))
        may_be_new = ctx.info_name in _MAY_BE_FIRST or (ctx.info_name == "ls" and not is_named)
        expect_store(catalog_for(named), may_be_new=may_be_new)
    return named


def store_option(function: F) -> F:
    """Add ``--store`` to a command; the one before the command's name counts where there is none after it."""
    return click.option(
        "--store",
        metavar="PATH",
        callback=_given_store,
        help="Store to use: a folder or a URL; by default $SETPOINT_STORE, else the nearest .setpoint upwards.",
    )(function)


def json_option(function: F) -> F:
    """Add ``--json`` to a command."""
    return click.option("--json", "is_json", is_flag=True, help="Print JSON.")(function)


def project_option(function: F) -> F:
    """Add ``--project`` to a command."""
    return click.option("--project", metavar="NAME", help="Only runs of this project.")(function)


def yes_option(function: F) -> F:
    """Add ``--yes`` to a command that asks before it does something."""
    return click.option("--yes", "-y", is_flag=True, help="Do it without asking.")(function)


def filter_argument(function: F) -> F:
    """Add the argument FILTER to a command: words on the command line that make one expression."""
    return click.argument("filter_", metavar="[FILTER]", nargs=-1, callback=_joined)(function)


def _joined(_ctx: click.Context, _param: click.Parameter, words: tuple[str, ...]) -> str | None:
    return " ".join(words) or None


def run_argument(function: F) -> F:
    """Add the argument RUN to a command."""
    return click.argument("run", metavar="RUN", shell_complete=complete_run)(function)


def complete_run(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return ids and names of the newest runs that begin with what was typed."""
    from setpoint._query.runs import runs

    newest = runs(limit=200, store=ctx.params.get("store") or ctx.find_root().obj)
    names = [name for run in newest for name in (run.name, run.id)]
    return [name for name in ["@last", "@last~1", "@best:", *names] if name.startswith(incomplete)]


def assignments(_ctx: click.Context, param: click.Parameter, words: Sequence[str]) -> dict[str, Any]:
    """Return what ``KEY=VALUE`` words set, by key; a value is read as JSON or Python, and as text where it is neither.

    Raises:
        click.BadParameter: a word has no ``=``, or what is before it is no key.
    """
    from setpoint._core.keys import split_key

    from .literals import read_value

    values: dict[str, Any] = {}
    for word in words:
        key, equals, text = word.partition("=")
        if not equals:
            raise click.BadParameter(f"{word!r} is not KEY=VALUE.", param=param)
        try:
            split_key(key)
        except ValueError as error:
            raise click.BadParameter(f"{error}.", param=param) from None
        values[key] = read_value(text)
    return values
