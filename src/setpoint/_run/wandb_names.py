"""Names of W&B's that scripts use and that have no meaning here: each is met with a word on what to do instead."""

from collections.abc import Iterable

from .talk import say

PAGE = "docs/how-to/from-wandb.md"
_ARGUMENTS = frozenset({
    "anonymous", "entity", "force", "fork_from", "magic", "monitor_gym",
    "resume_from", "save_code", "settings", "sync_tensorboard",
})  # fmt: skip
_ADVICE = {
    "login": "There is no account: leave the call out.",
    "watch": "Log what you want to see of the model with run.log().",
    "define_metric": "min, max, mean and last of every metric are kept by themselves.",
    "sweep": "Start the script with other arguments, or with `setpoint rerun RUN --set key=value`.",
    "agent": "Start the script with other arguments, or with `setpoint rerun RUN --set key=value`.",
    "Api": "setpoint.runs() and setpoint.load() read runs back.",
    "Settings": "init() takes each of them as an argument, or from an environment variable.",
}
_OTHERS = frozenset({
    "Artifact", "Audio", "Graph", "Histogram", "Html", "Image", "Molecule", "Object3D", "Plotly", "Table", "Video",
    "alert", "log_artifact", "log_code", "log_model", "link_artifact", "mark_preempting", "plot", "restore", "save",
    "sdk", "setup", "teardown", "termlog", "unwatch", "use_artifact", "util",
})  # fmt: skip


def without_meaning(names: Iterable[str]) -> None:
    """Say which arguments of ``wandb.init()`` are left out; raises TypeError for names that W&B has not either."""
    known: list[str] = []
    for name in names:
        if name not in _ARGUMENTS:
            raise TypeError(f"init() has no argument {name!r}.{_near(name)}")
        known.append(name)
    say(f"init() leaves out {', '.join(known)}: no meaning here, see {PAGE}.")


def advice_on(name: str) -> str:
    """Return what to do where a script asks this package for W&B's *name*; empty for a name that W&B has not."""
    if name in _ADVICE:
        return f"setpoint has no {name}(). {_ADVICE[name]} See {PAGE}."
    if name in _OTHERS:
        return f"setpoint has no {name}: it records settings and numbers, no files and no media. See {PAGE}."
    return ""


def _near(name: str) -> str:
    from difflib import get_close_matches
    from inspect import signature

    from .init import init

    near = get_close_matches(name, [known for known in signature(init).parameters if known != "others"], 1)
    return f" Did you mean {near[0]!r}?" if near else ""
