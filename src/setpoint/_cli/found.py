"""The run that a RUN on the command line names."""

from setpoint._query.load import load
from setpoint._query.recorded import RecordedRun
from setpoint._query.store import catalog_for

from .progress import catching_up


def run_named(name: str, store: str | None) -> RecordedRun:
    """Return the run, with a progress bar while the catalog catches up; raises what ``load`` raises."""
    with catching_up() as progress:
        catalog_for(store).catch_up(progress)
    return load(name, store)
