"""``setpoint completion``: what a shell needs to complete commands, options and runs."""

import click

from .options import made


@made('eval "$(setpoint completion bash)"', "setpoint completion fish > ~/.config/fish/completions/setpoint.fish")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str, store: str | None, is_json: bool) -> None:  # noqa: ARG001  # every command has --store
    """Print what a shell needs to complete commands.

    It completes commands, options and runs.
    """
    from click.shell_completion import get_completion_class

    from . import cli
    from .output import write_json

    kind = get_completion_class(shell)
    assert kind is not None, "click knows each of the choices"
    script = kind(cli, {}, "setpoint", "_SETPOINT_COMPLETE").source()
    if is_json:
        write_json({"shell": shell, "script": script})
    else:
        click.echo(script)
