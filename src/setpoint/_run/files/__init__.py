"""Config files: YAML, JSON and TOML, each value with the line that gives it.

``file_params`` is all that others need. One module a format (``from_yaml``, ``from_json``, ``from_toml``) makes a tree
of nodes from a file's text; ``forms`` turns the tree into params. Every file is read within fixed bounds of time and
memory, see ``limits``; whatever can't be read is one ``ConfigFileError``.
"""

import os
from pathlib import PurePath

from setpoint._core.change import Level, Param

from .forms import params_in
from .node import Node
from .source import Source, read_source

SUFFIXES = (".yaml", ".yml", ".json", ".toml")


def file_params(path: str | os.PathLike[str], level: Level = Level.SET) -> list[Param]:
    """Return one param per top-level name of a config file, in the file's order; an empty file has none.

    A value is a plain scalar or a plain tree of dicts and lists. Its origin is ``Origin("file", path, line)`` with the
    path as it was given and the line where the name stands; ``inner`` holds the same for everything below it. YAML is
    read by the rules of version 1.2. A file in W&B's form, ``name: {desc: ..., value: ...}``, gives the values, with
    ``desc`` as the description; ``_wandb`` and ``wandb_version`` are left out.

    Args:
        path: a file whose name ends in ``.yaml``, ``.yml``, ``.json`` or ``.toml``, in any case of letters.
        level: the level that the params get.

    Raises:
        ConfigFileError: the file is missing, can't be read, or is wrong or too large; it says where and what to do.

    Warns:
        YamlDialectWarning: YAML 1.1, which PyYAML and W&B follow, reads another value.
    """
    shown = os.fspath(path)
    suffix = PurePath(shown).suffix.lower()
    source = read_source(shown, suffix, SUFFIXES)
    root = _read(source, suffix) if source.text.strip() else None
    return [] if root is None else params_in(root, source, level)


def _read(source: Source, suffix: str) -> Node | None:
    if suffix == ".json":
        from .from_json import read_json

        return read_json(source)
    if suffix == ".toml":
        from .from_toml import read_toml

        return read_toml(source)
    from .from_yaml import read_yaml

    return read_yaml(source)
