"""A question before something that can't be taken back."""

import sys

import click


def is_confirmed(question: str, *, yes: bool) -> bool:
    """Tell whether the user agrees; *yes* agrees without asking.

    Raises:
        click.UsageError: nobody can be asked, as standard input is no terminal.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise click.UsageError("This asks before it does something. Add --yes where nobody can answer.")
    return click.confirm(question, err=True)
