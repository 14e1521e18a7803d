"""Config against a plain dict, and the changes it tells of against both."""

import os
from copy import deepcopy
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from setpoint._core.change import Change
from setpoint._core.config import Config
from setpoint._core.keys import split_key
from setpoint.errors import ParamChangedError

EXAMPLES = int(os.environ.get("SETPOINT_TEST_EXAMPLES", "20"))
NAMES = st.sampled_from(["a", "b", "lr", "a.b", "items", "", "x-y", "0"])
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(allow_nan=False), st.sampled_from(["s", "t"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(NAMES, inner, max_size=3),
        st.dictionaries(st.integers(0, 2), inner, max_size=2),
        st.tuples(inner, st.lists(inner, max_size=2)),
        st.frozensets(st.integers(0, 3), max_size=3),
        st.sets(st.integers(0, 3), max_size=3),
    ),
    max_leaves=6,
)


def replay(changes: list[Change]) -> dict[str, Any]:
    """Build the config anew from nothing but the changes that were told."""
    root: dict[str, Any] = {}
    for change in changes:
        at: Any = root
        path = split_key(change.key)
        for name in path[:-1]:
            if isinstance(name, str) and not isinstance(at.get(name), dict | list):
                at[name] = {}
            at = at[name]
        if change.deleted:
            del at[path[-1]]
        elif isinstance(at, list) and path[-1] == len(at):
            at.append(deepcopy(change.value))
        else:
            at[path[-1]] = deepcopy(change.value)
    return root


def containers(value: Any) -> list[Any]:
    """Return every dict, list and set in *value*, tuples looked into, in one order."""
    found: list[Any] = [value] if isinstance(value, dict | list | set) else []
    if isinstance(value, dict):
        parts = list(dict.values(value))
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        parts = []
    for part in parts:
        found += containers(part)
    return found


class ConfigMachine(RuleBasedStateMachine):
    """Every way of changing a dict, a list or a set, at any depth and through aliases taken earlier."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Change] = []
        self.config = Config(callback=self.told.extend, allow_val_change=True)
        self.model: dict[str, Any] = {}
        self.aliases: list[tuple[Any, Any]] = []

    def pick(self, kind: type, at: int) -> tuple[Any, Any] | None:
        pairs = [*zip(containers(self.config), containers(self.model), strict=True), *self.aliases]
        pairs = [(mine, model) for mine, model in pairs if isinstance(model, kind)]
        return pairs[at % len(pairs)] if pairs else None

    def both(self, pair: tuple[Any, Any] | None, act: Any) -> None:
        if pair is None:
            return
        results: list[Any] = []
        for target in pair:
            try:
                results.append(act(target))
            except (LookupError, ValueError):
                results.append("raised")
        assert results[0] == results[1]

    @rule(at=st.integers(0, 50))
    def take_alias(self, at: int) -> None:
        if (pair := self.pick(object, at)) is not None and len(self.aliases) < 6:
            self.aliases.append(pair)

    @rule(at=st.integers(0, 50), name=NAMES, value=VALUES)
    def set_item(self, at: int, name: str, value: Any) -> None:
        pair = self.pick(dict, at)
        if pair is not None and not self.keeps_equal(pair[1], name, value):
            self.both(pair, lambda d: d.__setitem__(name, deepcopy(value)))

    @staticmethod
    def keeps_equal(model: dict[Any, Any], name: Any, value: Any) -> bool:
        """An equal container keeps its identity in a config; a dict lets go of it: aliases then differ by design."""
        return name in model and isinstance(model[name], dict | list | set | tuple) and model[name] == value

    @rule(at=st.integers(0, 50), name=NAMES, value=VALUES)
    def update(self, at: int, name: str, value: Any) -> None:
        pair = self.pick(dict, at)
        if pair is not None and not self.keeps_equal(pair[1], name, value) and name != "source":
            self.both(pair, lambda d: d.update({name: deepcopy(value)}))

    @rule(at=st.integers(0, 50), name=NAMES, value=VALUES)
    def update_in_place(self, at: int, name: str, value: Any) -> None:
        pair = self.pick(dict, at)
        if pair is not None and not self.keeps_equal(pair[1], name, value):
            self.both(pair, lambda d: d.__ior__({name: deepcopy(value)}))

    @rule(at=st.integers(0, 50), name=NAMES)
    def delete_item(self, at: int, name: str) -> None:
        self.both(self.pick(dict, at), lambda d: d.__delitem__(name))

    @rule(at=st.integers(0, 50), name=NAMES)
    def pop_item(self, at: int, name: str) -> None:
        self.both(self.pick(dict, at), lambda d: d.pop(name, None))

    @rule(at=st.integers(0, 50))
    def pop_last_item(self, at: int) -> None:
        self.both(self.pick(dict, at), lambda d: d.popitem())

    @rule(at=st.integers(0, 50), name=NAMES, value=VALUES)
    def set_default(self, at: int, name: str, value: Any) -> None:
        self.both(self.pick(dict, at), lambda d: d.setdefault(name, deepcopy(value)))

    @rule(at=st.integers(0, 50), index=st.integers(0, 2), value=VALUES)
    def set_by_integer_name(self, at: int, index: int, value: Any) -> None:
        pair = self.pick(dict, at)
        if pair is not None and pair[1] is not self.model and not self.keeps_equal(pair[1], index, value):
            self.both(pair, lambda d: d.__setitem__(index, deepcopy(value)))

    @rule(at=st.integers(0, 50), keep=st.integers(0, 3))
    def clear(self, at: int, keep: int) -> None:
        if keep == 0:
            self.both(self.pick(dict, at), lambda d: d.clear())

    @rule(at=st.integers(0, 50), value=VALUES)
    def append(self, at: int, value: Any) -> None:
        self.both(self.pick(list, at), lambda items: items.append(deepcopy(value)))

    @rule(at=st.integers(0, 50), values=st.lists(VALUES, max_size=3))
    def extend(self, at: int, values: list[Any]) -> None:
        self.both(self.pick(list, at), lambda items: items.extend(deepcopy(values)))

    @rule(at=st.integers(0, 50), values=st.lists(VALUES, max_size=3))
    def add_in_place(self, at: int, values: list[Any]) -> None:
        self.both(self.pick(list, at), lambda items: items.__iadd__(deepcopy(values)))

    @rule(at=st.integers(0, 50), index=st.integers(-3, 3), value=VALUES)
    def insert(self, at: int, index: int, value: Any) -> None:
        self.both(self.pick(list, at), lambda items: items.insert(index, deepcopy(value)))

    @rule(at=st.integers(0, 50), value=SCALARS)
    def remove(self, at: int, value: Any) -> None:
        self.both(self.pick(list, at), lambda items: items.remove(value))

    @rule(at=st.integers(0, 50), index=st.integers(-3, 3))
    def pop_index(self, at: int, index: int) -> None:
        self.both(self.pick(list, at), lambda items: items.pop(index))

    @rule(at=st.integers(0, 50), index=st.integers(-3, 3), value=SCALARS)
    def set_index(self, at: int, index: int, value: Any) -> None:
        self.both(self.pick(list, at), lambda items: items.__setitem__(index, value))

    @rule(at=st.integers(0, 50), part=st.slices(4), values=st.lists(SCALARS, max_size=3))
    def set_slice(self, at: int, part: slice, values: list[Any]) -> None:
        self.both(self.pick(list, at), lambda items: items.__setitem__(part, values))

    @rule(at=st.integers(0, 50), part=st.slices(4))
    def delete_slice(self, at: int, part: slice) -> None:
        self.both(self.pick(list, at), lambda items: items.__delitem__(part))

    @rule(at=st.integers(0, 50))
    def reverse(self, at: int) -> None:
        self.both(self.pick(list, at), lambda items: items.reverse())

    @rule(at=st.integers(0, 50))
    def sort(self, at: int) -> None:
        self.both(self.pick(list, at), lambda items: items.sort(key=repr))

    @rule(at=st.integers(0, 50), times=st.integers(0, 2))
    def repeat(self, at: int, times: int) -> None:
        pair = self.pick(list, at)
        # Repeated containers are one object in a list, copies in a config: aliases differ by design.
        if pair is not None and not any(isinstance(item, dict | list | set | tuple) for item in pair[1]):
            self.both(pair, lambda items: items.__imul__(times))

    @rule(at=st.integers(0, 50), item=st.integers(0, 4))
    def add_to_set(self, at: int, item: int) -> None:
        self.both(self.pick(set, at), lambda items: items.add(item))

    @rule(at=st.integers(0, 50), item=st.integers(0, 4))
    def discard_from_set(self, at: int, item: int) -> None:
        self.both(self.pick(set, at), lambda items: items.discard(item))

    @rule(at=st.integers(0, 50), items=st.sets(st.integers(0, 4), max_size=2))
    def narrow_set(self, at: int, items: set[int]) -> None:
        self.both(self.pick(set, at), lambda held: held.__iand__(items))

    @invariant()
    def config_equals_model(self) -> None:
        assert self.config == self.model
        assert list(self.config) == list(self.model)

    @invariant()
    def changes_rebuild_the_config(self) -> None:
        assert replay(self.told) == self.model


TestConfigMachine = ConfigMachine.TestCase
TestConfigMachine.settings = settings(max_examples=EXAMPLES, stateful_step_count=30, deadline=None)


class RefusalMachine(RuleBasedStateMachine):
    """Without leave to change, a call either does all it says or nothing at all."""

    def __init__(self) -> None:
        super().__init__()
        self.config = Config()

    @rule(source=st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3))
    def update(self, source: dict[str, Any]) -> None:
        before = self.config.as_dict()
        try:
            self.config.update(source)
        except ParamChangedError:
            assert self.config == before
        else:
            assert {name: self.config[name] for name in source} == source
            assert all(before[name] == self.config[name] for name in before)

    @rule(source=st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3))
    def merge(self, source: dict[str, Any]) -> None:
        before = self.config.as_dict()
        try:
            self.config.merge(source)
        except ParamChangedError:
            assert self.config == before

    @rule(source=st.dictionaries(st.sampled_from("abcd"), SCALARS, max_size=3))
    def set_defaults(self, source: dict[str, Any]) -> None:
        before = self.config.as_dict()
        self.config.setdefaults(source)
        assert self.config == {**source, **before}
        for name in set(source) - set(before):
            del self.config[name]


TestRefusalMachine = RefusalMachine.TestCase
TestRefusalMachine.settings = settings(max_examples=EXAMPLES, stateful_step_count=12, deadline=None)
