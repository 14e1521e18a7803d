"""``setpoint importance``: how much each param matters for a metric."""

from typing import TYPE_CHECKING

import click

from .options import filter_argument, made, project_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from setpoint._query.importance import Importance, ParamImportance

    from .output import Screen

_BAR = 20


@made("setpoint importance acc", "setpoint importance val/loss 'model.name == \"mlp\"'")
@click.argument("metric")
@filter_argument
@project_option
def command(metric: str, filter_: str | None, project: str | None, store: str | None, is_json: bool) -> int:
    """Rank params by how much they matter for a metric.

    The share is that of METRIC's variance which the param accounts for, alone and with others, with a 90 % interval. It
    says so when there are too few runs.
    """
    from setpoint._query.runs import runs

    from .failures import ProblemError
    from .progress import catching_up

    with catching_up() as progress:
        found = runs(filter_, project=project, store=store, progress=progress)
        found.catch_up()
    try:
        result = found.importance(metric)
    except ImportError as error:
        raise ProblemError(f"This needs numpy: pip install numpy ({error}).") from None
    from .output import say, this_screen, write, write_json

    if is_json:
        from msgspec import to_builtins

        write_json(to_builtins(result))
    else:
        screen = this_screen()
        write(_lines(result, screen), screen)
        if result.note:
            say(result.note)
        if not result.runs and not found:
            say("No run fits what was asked for.")
    return 0 if result.params else 1


def _lines(result: "Importance", screen: "Screen") -> "Iterator[str]":
    from .groups import bar
    from .table import Column, lines_of
    from .text import count_text, safe

    if not result.params:
        return
    explained = (
        f", of which the params explain {max(result.explained, 0):.0%}" if result.explained == result.explained else ""
    )
    yield screen.styled(safe(f"{result.metric} over {count_text(result.runs, 'run')}{explained}"), "title")
    yield ""
    params = result.params
    styles = ["" if param.matters else "dim" for param in params]
    columns = [
        Column(
            "key", [safe(param.key) for param in params], styles=["key" if param.matters else "dim" for param in params]
        ),
        Column("share", [f"{max(param.value, 0):.0%}" for param in params], is_right=True, styles=styles),
        Column(
            "90 % interval", [f"{max(param.low, 0):.0%} to {max(param.high, 0):.0%}" for param in params], styles=styles
        ),
        Column("", [_says(param) for param in params], styles=styles),
    ]
    if screen.is_terminal:
        columns.insert(2, Column("", [bar(param.value, _BAR) for param in params], styles=["key"], rank=1))
    yield from lines_of(columns, screen)
    if result.constant:
        yield ""
        yield screen.styled(f"The same in all runs: {count_text(len(result.constant), 'param')}.", "dim")


def _says(param: "ParamImportance") -> str:
    from .text import safe

    words = [] if param.matters else ["not told from chance"]
    if param.tendency:
        words.append(f"goes {param.tendency} with it")
    if param.tied:
        words.append(f"always changes with {', '.join(param.tied)}")
    return safe("; ".join(words))
