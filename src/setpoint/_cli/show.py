"""``setpoint show``: everything about one run."""

from typing import TYPE_CHECKING, Any

import click

from .options import made, run_argument

if TYPE_CHECKING:
    from setpoint._query.recorded import RecordedRun


@made(
    "setpoint show @last",
    "setpoint show calm-otter-417 --unused",
    "setpoint show @best:acc --config > best.yaml",
)
@run_argument
@click.option("--unused", is_flag=True, help="Only the params that were set and never read; exit 1 if there are any.")
@click.option("--packages", is_flag=True, help="Also every installed package with its version.")
@click.option(
    "--config", "is_config", is_flag=True, help="Only the config, as YAML that init(config=...) reads, or JSON."
)
def command(run: str, unused: bool, packages: bool, is_config: bool, store: str | None, is_json: bool) -> int:
    """Show one run: config with origins, results, environment.

    --unused lists what was set and never read. --config prints what init(config=...) and an editor read.
    """
    from .found import run_named

    found = run_named(run, store)
    if is_config:
        _print_config(found, is_json=is_json)
    elif unused:
        return _print_unused(found, is_json=is_json)
    elif is_json:
        from .output import write_json

        write_json(_as_dict(found))
    else:
        from .output import this_screen, write
        from .report import report_lines

        screen = this_screen()
        write(report_lines(found, screen, has_packages=packages), screen)
    return 0


def _print_config(run: "RecordedRun", *, is_json: bool) -> None:
    from setpoint._catalog.leaf import Scope
    from setpoint._journal.snapshot import snapshot_lines

    from .output import this_screen, write, write_json
    from .text import safe

    if is_json:
        write_json(run.plain(Scope.PARAM))
        return
    descriptions = {key: held.description for key, held in run.state.held.items() if held.description}
    screen = this_screen()
    lines = snapshot_lines(run.plain(Scope.PARAM), descriptions)
    write(map(safe, lines) if screen.is_terminal else lines, screen)


def _print_unused(run: "RecordedRun", *, is_json: bool) -> int:
    from .output import say, this_screen, write, write_json
    from .tree import tree_lines

    unused = run.unused
    if is_json:
        write_json(unused)
    elif unused:
        screen = this_screen()
        write(tree_lines(run, screen, 0, only=set(unused)), screen)
    else:
        say("Every param that was set was read." if run.config else "The run has no params.")
    return 1 if unused else 0


def _as_dict(run: "RecordedRun") -> dict[str, Any]:
    from setpoint._core.values import Encoder

    from .facts import run_dict
    from .origins import held_dict

    plain = Encoder().encode
    state = run.state
    return run_dict(run) | {
        "origins": {key: held_dict(held) for key, held in state.held.items()},
        "metrics": {name: plain(_fields(stats)) for name, stats in state.stats.items()},
        "environment": plain(state.environment),
        "unused": state.unused,
        "disagreements": [
            {
                "key": one.key,
                "writer": one.writer,
                "value": plain(one.value),
                "leading": plain(one.leading),
                "origin": str(one.origin),
            }
            for one in state.disagreements
        ],
        "writers": [_fields(writer) for writer in state.writers],
        "damage": [_fields(damage) for damage in state.damage],
    }


def _fields(struct: Any) -> dict[str, Any]:  # any record of a run's state
    return {name: getattr(struct, name) for name in struct.__struct_fields__}
