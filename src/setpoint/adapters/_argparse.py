"""argparse.ArgumentParser: parse the command line and know which flags were typed."""

from argparse import SUPPRESS, Action, ArgumentParser, BooleanOptionalAction
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Self

from setpoint._core.change import Level, Origin, Param

from ._nested import params_in

_HOOKS = ("_get_values", "_get_value")


def params_of(source: ArgumentParser) -> Iterable[Param]:
    """Yield the params of the command line: typed flags are *set*, the parser's defaults are *default*.

    Parses ``sys.argv`` once as ``parse_args()`` does, and exits as it does on ``--help`` and usage errors.
    """
    with Recording(source) as recording:
        namespace = source.parse_args()
    for name, value in vars(namespace).items():
        yield from params_in(name, value, *recording.about(name, value))


class Recording:
    """What a parser does while it parses: which flags are typed, and what their defaults become.

    A second parse with suppressed defaults would run ``type`` functions and custom actions twice. Instead the two
    methods that every argument passes through (in all of Python 3.11 to 3.14) are wrapped on the parser object for
    the time of the parse.
    """

    def __init__(self, parser: ArgumentParser) -> None:
        """Take the parser; its subparsers are recorded with it."""
        self._parsers = list({id(one): one for one in _with_subparsers(parser)}.values())
        self._used = [parser]
        self._typed: dict[str, Action] = {}
        self._converted: dict[Action, Any] = {}

    def __enter__(self) -> Self:
        for parser in self._parsers:
            # Any: they are methods of the standard library's own, without public types.
            wrapped: Any = partial(self._note_values, parser._get_values), partial(self._note_value, parser._get_value)
            vars(parser).update(zip(_HOOKS, wrapped, strict=True))
        return self

    def __exit__(self, *_: object) -> None:
        for parser in self._parsers:
            for hook in _HOOKS:
                vars(parser).pop(hook, None)

    def about(self, dest: str, value: Any) -> tuple[str, Origin | None, Level]:
        """Return the description of what was parsed into *dest*, who set it and at which level."""
        actions = [action for parser in self._used for action in parser._actions if action.dest == dest]
        if typed := self._typed.get(dest):
            return self._help(typed), Origin("flag", _flag(typed, value)), Level.SET
        description = self._help(actions[0]) if actions else ""
        if actions and any(value is action.default or value is self._converted.get(action) for action in actions):
            return description, Origin("default", _flag(actions[0], value)), Level.DEFAULT
        if any(value is parser._defaults.get(dest, self) for parser in self._used):
            return description, Origin("default", dest), Level.DEFAULT
        return description, None, Level.SET  # another flag's action wrote it

    def _note_values(self, original: Callable[..., Any], action: Action, strings: list[str]) -> Any:
        is_typed = bool(action.option_strings) or any(text != "--" for text in strings)
        values = original(action, strings)
        if is_typed:
            self._typed[action.dest] = action
            if subparsers := _subparsers(action):
                self._used.append(subparsers[values[0]])
        else:
            self._converted[action] = values
        return values

    def _note_value(self, original: Callable[..., Any], action: Action, text: str) -> Any:
        value = self._converted[action] = original(action, text)
        return value

    def _help(self, action: Action) -> str:
        if not action.help or action.help == SUPPRESS:
            return ""
        named = {key: getattr(value, "__name__", value) for key, value in vars(action).items() if value is not SUPPRESS}
        named["prog"] = next(parser.prog for parser in self._used if action in parser._actions)
        if action.choices is not None:
            named["choices"] = ", ".join(map(str, action.choices))
        try:
            return action.help % named
        except (KeyError, TypeError, ValueError):  # a bare % in a help text, which argparse finds on --help only
            return action.help


def _with_subparsers(parser: ArgumentParser) -> Iterator[ArgumentParser]:
    yield parser
    for action in parser._actions:
        for subparser in _subparsers(action).values():
            yield from _with_subparsers(subparser)


def _subparsers(action: Action) -> dict[str, ArgumentParser]:
    return getattr(action, "_name_parser_map", {})


def _flag(action: Action, value: Any) -> str:
    """Return the flag's long name, as typed where there are two for true and false; a positional's own name."""
    options = action.option_strings
    if isinstance(action, BooleanOptionalAction):
        options = [option for option in options if option.startswith("--no-") is (value is False)] or options
    return next((option for option in options if option[1:2] in ("-", "+")), options[0] if options else action.dest)
