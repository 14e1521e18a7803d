"""Write docs/reference/cli.md from the commands themselves; a test checks that it was done."""

from collections.abc import Iterator
from pathlib import Path

import click

PAGE = Path(__file__).with_name("cli.md")
HEAD = """# Command line

Results go to standard output, everything else to standard error. The exit code is 0 when all is fine, 1 when a
problem was found, and 2 when the command could not be understood.

- **RUN** is an id, the beginning of one, three or more characters of its random end that no other run has (`wpt2dm`, as
  `setpoint ls` shows it), a name, `@last`, `@last~1` (the one before), `@best:acc` or `@best:loss:min`.
- **FILTER** is an expression: [Filters](filters.md). Quote it for the shell.
- `--json` prints JSON, with values in [plain form](../design/values.md); an error is then
  `{"error": {"type": ..., "message": ...}}` on standard error.
- `--store`, on any command or before it, names another store than `$SETPOINT_STORE` or the nearest `.setpoint` upwards.
- On a terminal, tables fit its width: what varies least is left out first, long values lose their middle, and long
  output goes through `$PAGER`. In a pipe every value is whole, a run is on one line, and nothing is coloured.
  `NO_COLOR=1` switches colours off. Control characters in values are always written out, as `\\x1b`.
"""


def command_line() -> click.Group:
    """Return the group of all commands, as the command ``setpoint`` starts it."""
    from setpoint import _cli

    return next(value for value in vars(_cli).values() if isinstance(value, click.Group))


def commands(group: click.Group, above: str) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Yield each command below *group* with its full name and a context that its help can be asked in."""
    context = click.Context(group, info_name=above, **group.context_settings)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        own = click.Context(command, info_name=name, parent=context, terminal_width=100, max_content_width=100)
        yield f"{above} {name}", command, own
        if isinstance(command, click.Group):
            yield from commands(command, f"{above} {name}")


def page() -> str:
    """Return the text of the page."""
    sections = [HEAD]
    for name, command, context in commands(command_line(), "setpoint"):
        sections.append(f"## {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(sections)


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
