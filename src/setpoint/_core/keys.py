"""Keys, the dotted names of params: ``"optim.lr"`` <-> ``("optim", "lr")``.

A key is written as names joined by dots, with list indexes in brackets: ``optim.lr``, ``layers[0].width``. A name with
any character outside letters, digits, ``_``, ``-``, ``/``, ``@``, ``:`` and ``+`` (and the empty name) stands in double
quotes with JSON's escapes: ``"a.b".c``.
"""

import re

from .change import Path

_PLAIN = re.compile(r"[\w/@:+-]+")
_TOKEN = re.compile(r'\[(?P<index>\d+)\]|(?P<dot>\.)?(?:(?P<plain>[\w/@:+-]+)|(?P<quoted>"(?:[^"\\]|\\.)*"))')


def quote_name(name: str) -> str:
    """Return *name* as it stands in a key: itself, or in double quotes where it needs them."""
    if _PLAIN.fullmatch(name):
        return name
    import json  # here, so that a script without such names need not wait for it

    return json.dumps(name, ensure_ascii=not name.isprintable())


def join_key(path: Path) -> str:
    """Return the key of *path*, so that ``split_key(join_key(path)) == path``."""
    key = ""
    for name in path:
        if isinstance(name, int):
            key += f"[{name}]"
        else:
            key += f".{quote_name(name)}" if key else quote_name(name)
    return key


def _unquoted(text: str) -> str:
    import json

    name: str = json.loads(text, strict=False)
    return name


def split_key(key: str) -> Path:
    """Return the path that *key* names; raises ValueError where *key* is not one."""
    path: list[str | int] = []
    at = 0
    while at < len(key):
        match = _TOKEN.match(key, at)
        if match is None or (match["index"] is None and bool(match["dot"]) != bool(path)):
            raise ValueError(f"{key!r} is not a key: it can't be read from column {at + 1}")
        if match["index"] is not None:
            path.append(int(match["index"]))
        else:
            path.append(match["plain"] if match["plain"] is not None else _unquoted(match["quoted"]))
        at = match.end()
    if not path:
        raise ValueError("'' is not a key: it names nothing")
    return tuple(path)
