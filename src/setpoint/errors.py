"""Every error and warning of setpoint, as one tree.

Each error has fields and one message in three parts: what happened, where from, what to do now. Each subclasses the
built-in it stands for, so ``getattr(config, "x", 0)`` and ``except KeyError`` work, and each can be pickled.
"""

from collections.abc import Collection, Sequence


class SetpointError(Exception):
    """The root of all errors that setpoint raises."""


class ConfigError(SetpointError):
    """Something about a config: its keys, its values or a source it was read from."""


class ParamChangedError(ConfigError, ValueError):
    """A param that already has a value was given another one, or was removed."""

    def __init__(self, key: str, old: str, old_origin: str, new: str, new_origin: str) -> None:
        """Take the key, and both values and origins as a message shows them; *new* is empty for a removal."""
        super().__init__(key, old, old_origin, new, new_origin)
        self.key, self.old, self.old_origin, self.new, self.new_origin = key, old, old_origin, new, new_origin

    @property
    def _change(self) -> str:
        return f"changed to {self.new}" if self.new else "removed"

    def __str__(self) -> str:
        return (
            f"Param {self.key!r} is already {self.old}, set by {self.old_origin}; "
            f"it was not {self._change}, which {self.new_origin} wanted. "
            "If the change is meant, pass allow_val_change=True to config.update() or config.merge(), "
            "or to setpoint.init() to allow it for the whole run."
        )


class LockedParamError(ParamChangedError):
    """A param that is locked was locked to another value."""

    def __str__(self) -> str:
        return (
            f"Param {self.key!r} is locked to {self.old} by {self.old_origin}; "
            f"it was not {self._change}, which {self.new_origin} wanted. Give the key one locked value only."
        )


class MissingParamError(ConfigError, KeyError, AttributeError):
    """A key was read that the config does not have."""

    def __init__(self, key: str, known: Collection[str] = ()) -> None:
        """Take the missing key and the keys that are there; they are compared only when the message is read."""
        super().__init__(key)
        self.key, self._known = key, known

    @property
    def near(self) -> list[str]:
        """The known keys most like the missing one, nearest first."""
        from difflib import get_close_matches

        return get_close_matches(self.key, [str(name) for name in self._known], n=3, cutoff=0.6)

    def __reduce__(self) -> tuple[object, ...]:
        return MissingParamError, (self.key, tuple(self.near))

    def __str__(self) -> str:
        if near := self.near:
            return f"The config has no param {self.key!r}. Did you mean {' or '.join(map(repr, near))}?"
        return f"The config has no param {self.key!r}. config.get({self.key!r}, default) reads it if it is there."


class ReservedNameError(ConfigError, AttributeError):
    """An attribute was assigned whose name is a method of the config."""

    def __init__(self, name: str) -> None:
        """Take the attribute's name."""
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return (
            f"'config.{self.name}' is a method, so a param of that name can't be assigned as an attribute. "
            f"Write config[{self.name!r}] = ... instead."
        )


class InvalidKeyError(ConfigError, TypeError):
    """A key can't name a param."""

    def __init__(self, key: str, problem: str) -> None:
        """Take the key as it reads in a message, and what is wrong with it."""
        super().__init__(key, problem)
        self.key, self.problem = key, problem

    def __str__(self) -> str:
        return f"{self.key} can't be a key: {self.problem}."


class UnsupportedSourceError(ConfigError, TypeError):
    """No adapter can read the object that was given as a source of params."""

    def __init__(self, type_name: str, advice: str = "") -> None:
        """Take the qualified name of the object's type, and advice for this case if there is any."""
        super().__init__(type_name, advice)
        self.type_name, self.advice = type_name, advice

    def __str__(self) -> str:
        advice = self.advice or (
            "Pass a dict, a file name, a Namespace, a dataclass or another known config object, or teach setpoint "
            "the type: setpoint.adapters.register(TheType, lambda source: [Param(('lr',), source.lr)])"
        )
        return f"Can't read params from an object of type {self.type_name}. {advice}"


class ConfigFileError(ConfigError, ValueError):
    """A config file is missing, unreadable or wrong."""

    def __init__(self, path: str, problem: str, *, line: int = 0, column: int = 0, advice: str = "") -> None:
        """Take the file's path, the problem, its place (1-based; 0 where it has none) and what to do."""
        super().__init__(path, problem, line, column, advice)
        self.path, self.problem, self.line, self.column, self.advice = path, problem, line, column, advice

    def __reduce__(self) -> tuple[object, ...]:
        return _config_file_error, (self.path, self.problem, self.line, self.column, self.advice)

    def __str__(self) -> str:
        place = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.path}{place}: {self.problem}." + (f" {self.advice}" if self.advice else "")


def _config_file_error(path: str, problem: str, line: int, column: int, advice: str) -> ConfigFileError:
    return ConfigFileError(path, problem, line=line, column=column, advice=advice)


class StoreError(SetpointError, OSError):
    """The store's folder can't be used, said before the run starts."""

    def __init__(self, folder: str, problem: str) -> None:
        """Take the folder and what is wrong with it."""
        super().__init__(folder, problem)
        self.folder, self.problem = folder, problem

    def __str__(self) -> str:
        return (
            f"The store {self.folder} can't be used: {self.problem}. "
            "Make the folder writable, or name another one with SETPOINT_STORE or setpoint.init(dir=...)."
        )


class CatalogError(SetpointError, RuntimeError):
    """The database that answers queries can't be used."""

    def __init__(self, database: str, problem: str) -> None:
        """Take the database as a user knows it, without passwords, and what is wrong with it."""
        super().__init__(database, problem)
        self.database, self.problem = database, problem

    def __str__(self) -> str:
        return f"The catalog in {self.database} can't be used: {self.problem}. The runs themselves are not touched."


class NoRunError(SetpointError, RuntimeError):
    """Something was asked of the current run while there is none."""

    def __init__(self, name: str) -> None:
        """Take the name of what was asked for, such as ``log``."""
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"setpoint.{self.name} needs a run, and none is live. Call setpoint.init() first."


class ResumeError(SetpointError, ValueError):
    """A run can't be resumed, or not made, as ``resume`` asks."""

    def __init__(self, run_id: str, problem: str, advice: str) -> None:
        """Take the run's id, what is wrong and what to do."""
        super().__init__(run_id, problem, advice)
        self.run_id, self.problem, self.advice = run_id, problem, advice

    def __str__(self) -> str:
        return f"{f'Run {self.run_id!r}' if self.run_id else 'The run'} {self.problem}. {self.advice}"


class InvalidArgumentError(SetpointError, ValueError):
    """An argument or an environment variable has a value that means nothing."""

    def __init__(self, name: str, value: str, expected: str) -> None:
        """Take the argument's or variable's name, its value as it reads in a message, and what was expected."""
        super().__init__(name, value, expected)
        self.name, self.value, self.expected = name, value, expected

    def __str__(self) -> str:
        return f"{self.name} is {self.value}; expected {self.expected}."


class RunNotFoundError(SetpointError, LookupError):
    """No recorded run has the id, prefix or name that was asked for."""

    def __init__(self, run: str, store: str, near: Sequence[str] = ()) -> None:
        """Take what was asked for, the store that was searched and the nearest names, if any."""
        super().__init__(run, store, tuple(near))
        self.run, self.store, self.near = run, store, tuple(near)

    def __str__(self) -> str:
        hint = f" Did you mean {' or '.join(self.near)}?" if self.near else " 'setpoint ls' lists the runs."
        return f"No run {self.run!r} in {self.store}.{hint}"


class AmbiguousRunError(SetpointError, LookupError):
    """A run's prefix or name fits more than one run."""

    def __init__(self, run: str, matches: Sequence[str]) -> None:
        """Take what was asked for and the ids it fits."""
        super().__init__(run, tuple(matches))
        self.run, self.matches = run, tuple(matches)

    def __str__(self) -> str:
        return f"{self.run!r} fits {len(self.matches)} runs: {', '.join(self.matches[:5])}. Give more of the id."


class FilterError(SetpointError, ValueError):
    """A filter can't be read."""

    def __init__(self, text: str, problem: str, *, column: int, near: Sequence[str] = ()) -> None:
        """Take the filter, what is wrong, where (column, 1-based) and keys that may have been meant."""
        super().__init__(text, problem, column, tuple(near))
        self.text, self.problem, self.column, self.near = text, problem, column, tuple(near)

    def __reduce__(self) -> tuple[object, ...]:
        return _filter_error, (self.text, self.problem, self.column, self.near)

    def __str__(self) -> str:
        hint = f" Did you mean {' or '.join(self.near)}?" if self.near else ""
        if repr(self.text) in self.problem:  # a name alone, which the problem tells already
            return f"{self.problem}.{hint}"
        shown = self.text if len(self.text) <= 200 else self.text[:197] + "..."
        pointer = " " * (self.column - 1) + "^" if 1 <= self.column <= len(shown) + 1 else ""
        problem = self.problem
        if self.column > 1:
            problem = f"Column {self.column}: {problem[:1].lower()}{problem[1:]}"
        return f"{problem}.{hint}\n  {shown}\n  {pointer}".rstrip()


def _filter_error(text: str, problem: str, column: int, near: Sequence[str]) -> FilterError:
    return FilterError(text, problem, column=column, near=near)


class SetpointWarning(UserWarning):
    """The root of all warnings that setpoint gives."""


class LockedParamWarning(SetpointWarning):
    """A locked param was set; it keeps its locked value."""


class StandInWarning(SetpointWarning):
    """A value can't be kept exactly; a marked stand-in is recorded for it."""


class YamlDialectWarning(SetpointWarning):
    """YAML 1.1 (PyYAML, W&B) would read a value otherwise than YAML 1.2, which holds here."""


class RunWarning(SetpointWarning):
    """An argument of ``init()`` or a call on a run has no effect here."""
