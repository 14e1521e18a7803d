"""What is wrong with a line of JSON, in our words: msgspec's name types of Python and not what would be right."""

import re
from difflib import get_close_matches

_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*?)`")
_MISSING = re.compile(r"Object missing required field `(?P<name>.*?)`")
_ENUM = re.compile(r"Invalid enum value (?P<value>.*?)(?: - at `|$)")
_KIND = re.compile(r"Expected `(?P<wanted>.*?)`, got `(?P<got>.*?)`")
_AT = re.compile(r" - at `\$\.?(?P<path>.*)`$")
_KINDS = {
    "object": "an object",
    "array": "an array",
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
}


def in_our_words(message: str, fields: tuple[str, ...], inner: tuple[str, ...], values: tuple[str, ...]) -> str:
    """Return what a message of msgspec's says.

    Args:
        message: the message.
        fields: the fields that a line may have.
        inner: the fields that a metric's points may have.
        values: the texts that a field with few values may have.
    """
    path = match["path"] if (match := _AT.search(message)) else ""
    place = path.replace("metrics[...].", "a metric's ").replace("metrics[...]", "a metric") or "the line"
    allowed = inner if path.startswith("metrics") else fields
    if match := _UNKNOWN.match(message):
        near = get_close_matches(match["name"], allowed, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"the fields are {', '.join(allowed)}"
        return f"there is no field {match['name']!r}; {hint}"
    if match := _MISSING.match(message):
        return f"the field {match['name']!r} is missing"
    if match := _ENUM.match(message):
        return f"{place} is {match['value']}; it can be {', '.join(values)}"
    if match := _KIND.match(message):
        return f"{place} is {_kinds(match['got'])}, not {_kinds(match['wanted'])}"
    return message


def _kinds(names: str) -> str:
    return " or ".join(_KINDS.get(name.strip(), name.strip()) for name in names.split("|"))
