"""The command ``setpoint``: the table of its commands, and how one is found, run and ended."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

import click

SECTIONS: dict[str, dict[str, str]] = {
    "Find": {"ls": "ls", "best": "best", "show": "show", "alike": "alike"},
    "Look": {"ui": "ui"},
    "Compare and explain": {"diff": "diff", "blame": "blame", "importance": "importance"},
    "Repeat": {"rerun": "rerun"},
    "Mend": {"amend": "amend", "tag": "tag"},
    "Move": {"import": "import_", "export": "export"},
    "Look after the store": {"verify": "verify", "pack": "pack", "rm": "rm", "scrub": "scrub"},
    "Shell": {"completion": "completion"},
}
"""Each command's module in this package, by what the command is for; the module's ``command`` is the command."""

_MODULES = {name: module for section in SECTIONS.values() for name, module in section.items()}


class Commands(click.Group):
    """All commands. A command's module is imported when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's own
        """Return the names of all commands, in the order of the table."""
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's own
        """Return a command by its name; None where there is none."""
        if cmd_name not in _MODULES:
            return None
        command: click.Command = import_module(f"{__name__}.{_MODULES[cmd_name]}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that *args* begin with; an unknown one is an error that names the nearest."""
        if args and args[0] not in _MODULES and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], _MODULES, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else " 'setpoint --help' lists the commands."
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, section by section, each with its first line of help."""
        for section, names in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name, self._short_help(ctx, name)) for name in names], col_max=12)

    def _short_help(self, ctx: click.Context, name: str) -> str:
        command = self.get_command(ctx, name)
        return command.get_short_help_str(limit=200) if command is not None else ""


def _print_version(ctx: click.Context, _: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        from setpoint import __version__

        click.echo(f"setpoint {__version__}")
        ctx.exit()


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Print the version."
)
@click.option("--store", metavar="PATH", help="Store to read: a folder or a URL; by default the nearest .setpoint.")
@click.pass_context
def cli(ctx: click.Context, store: str | None) -> None:
    """Find, compare and explain recorded runs.

    A RUN is its id, the beginning of it, any part of its random end, its name, @last, @last~1 or @best:METRIC. A FILTER
    is an expression such as 'optim.lr < 0.01 and summary.acc > 0.9'.
    """
    ctx.obj = store
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> None:
    """Run the command line of this process and exit: 0 fine, 1 a problem found, 2 a question that can't be read."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that can't show a character gets its number, not an error
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    from setpoint.errors import SetpointError

    is_json = "--json" in arguments
    try:
        code = cli.main(args=list(arguments), prog_name="setpoint", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (KeyboardInterrupt, click.Abort):
        sys.stderr.write("\n")
        return 130
    except (SetpointError, click.ClickException, OSError) as error:
        from .failures import exit_code_of, report

        report(error, is_json=is_json)
        return exit_code_of(error)
    return code if isinstance(code, int) else 0
