"""How each param of a run is held: by whom it was set, and at which level."""

from collections.abc import Callable

from setpoint._core.keys import join_key, split_key
from setpoint._journal.state import Held

from .recorded import RecordedRun

Find = Callable[[str], Held | None]


def finder(run: RecordedRun) -> Find:
    """Return the function that tells how a key of the run is held: by itself, in a section, or in its parts."""
    try:
        held = run.state.held
    except OSError:  # the journal went away after the catalog read it; the values are still worth showing
        held = {}

    def find(key: str) -> Held | None:
        path = split_key(key)
        for length in range(len(path), 0, -1):
            if (found := held.get(join_key(path[:length]))) is not None:
                return found
        below = (key + ".", key + "[")
        return next((found for name, found in held.items() if name.startswith(below)), None)

    return find
