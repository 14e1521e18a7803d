"""What users' type checkers see; checked by mypy and pyright, never run."""

from array import array
from typing import Any, assert_type

import setpoint
from setpoint import Change, Config, Level, Origin, Param, Run, errors, init, load, log, runs
from setpoint.testing import FrozenClock, temp_store

# A run
run = setpoint.init(project="digits", config={"lr": 0.1})
assert_type(run, Run)
assert_type(init(), Run)
assert_type(run.id, str)
assert_type(run.name, str)
assert_type(run.tags, tuple[str, ...])
assert_type(run.config, Config)
assert_type(setpoint.config, Config)
assert_type(setpoint.run, Run | None)
run.log({"loss": 0.3}, step=1)
log({"val": {"loss": 0.3}})
run.summary["acc"] = 0.97
run.summary.acc = 0.97
run.finish()
setpoint.finish(exit_code=1)
with setpoint.init(mode="disabled") as live:
    assert_type(live, Run)

# A config
config = run.config
config.lr = 0.1
config["model"] = {"hidden": [64]}
config.model.hidden.append(10)
config |= {"epochs": 3}
config.update({"lr": 0.2}, allow_val_change=True)
config.merge({"model": {"depth": 2}})
config.setdefaults({"seed": 0})
config.update_locked({"lr": 0.3}, "sweep")
assert_type(config.lr, Any)
assert_type(config.as_dict(), dict[str, Any])
assert_type(config.origin("lr"), Origin)
assert_type(config.changes(), list[Change])
assert_type(config.changes("lr")[0].level, Level)
assert_type(config.unused(), list[str])
as_dict: dict[Any, Any] = config

# Reading
recorded = load("@last")
assert_type(recorded.id, str)
assert_type(recorded.status, str)
assert_type(recorded.config, dict[str, Any])
assert_type(recorded.summary, dict[str, Any])
assert_type(recorded.origin("lr"), Origin)
assert_type(recorded.metric("loss").steps, "array[int]")
assert_type(recorded.metric("loss").values, "array[float]")
found = runs("lr < 0.1", project="digits", order_by="-summary.acc", limit=10)
assert_type(len(found), int)
assert_type([one.name for one in found], list[str])
assert_type(found[0].name, str)
assert_type(found[:2][0].name, str)
assert_type(found.to_dicts(), list[dict[str, Any]])

# Sources
param = Param(("optim", "lr"), 0.1, Origin("flag", "--lr"), Level.SET)
assert_type(param.level, Level)


class Settings:
    """A source of one's own."""

    lr = 0.1


setpoint.adapters.register(Settings, lambda source: [Param(("lr",), source.lr)])

# Errors and testing
try:
    config.lr = 0.2
except errors.ParamChangedError as error:
    assert_type(error.key, str)
clock = FrozenClock()
assert_type(clock(), int)
with temp_store() as store:
    assert_type(store.name, str)
array_of_steps: array[int] = recorded.metric("loss").steps
