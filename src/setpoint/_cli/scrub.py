"""``setpoint scrub``: take the values of a key out of all that is recorded."""

import click

from .options import complete_run, made, yes_option


@made("setpoint scrub api_key", "setpoint scrub data.password --run @last --yes")
@click.argument("key")
@click.option(
    "--run", "runs", metavar="RUN", multiple=True, shell_complete=complete_run, help="Only this run; may be repeated."
)
@yes_option
def command(key: str, runs: tuple[str, ...], yes: bool, store: str | None, is_json: bool) -> int:
    """Redact a key in everything that is recorded.

    Its values become fingerprints in journals, packs, config.yaml, the trash and the catalog; texts that were such a
    value are also taken out of command lines and diffs. This can't be taken back, and it can't reach copies elsewhere.
    Live runs are left and named.
    """
    from setpoint._query.scrub import scrub

    from .asking import is_confirmed
    from .changing import changing
    from .found import run_named
    from .output import say, write_json
    from .progress import progress_bar
    from .text import count_text, safe

    ids = [run_named(run, store).id for run in runs]
    where = ", ".join(ids) if ids else "all runs"
    if not is_confirmed(f"Redact {safe(key)!r} in {where}? This can't be taken back.", yes=yes):
        return 1
    with changing(store), progress_bar("Scrubbing") as progress:
        report = scrub(key, store, ids or None, progress)
    if is_json:
        write_json({"key": key, "changed": report.changed, "live": report.live})
    else:
        click.echo(f"{count_text(report.changed, 'run')} changed")
    for run_id in report.live:
        say(f"setpoint: run {run_id} is live and was left as it is; scrub again when it has ended.")
    return 1 if report.live else 0
