"""Which packages are installed, told by the names of folders: nothing is imported for it."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

_MAX_PACKAGES = 20_000
_MAX_FACTS_BYTES = 65_536
_INFO = re.compile(r"(?P<name>[^-]+(?:-(?!\d)[^-]+)*)(?:-(?P<version>[^-]+))?(?:-py\d[\w.]*)?\.(?:dist|egg)-info")
_SEPARATORS = re.compile(r"[-_.]+")
_VERSION_LINE = re.compile(r"^Version:[ \t]*(\S+)", re.MULTILINE)


class Installed(Struct, frozen=True):
    """Versions of the installed packages by normalised name, and the folders of those installed as editable."""

    versions: dict[str, str]
    editable: dict[str, str]


class _DirectUrl(Struct):
    """What a package's ``direct_url.json`` says of where it came from."""

    url: str = ""
    dir_info: dict[str, bool] = {}


def installed_packages(search_path: Iterable[str], folder: Path) -> Installed:
    """Return the packages that an import would find; of two with one name, the first on the path.

    Args:
        search_path: ``sys.path``; what is no folder or can't be read is passed over, as import does.
        folder: the working folder, which the empty entry stands for.

    Source:
        PyPA specifications "Recording installed projects" and "Recording the Direct URL Origin", and PEP 503 for names.
    """
    versions: dict[str, str] = {}
    editable: dict[str, str] = {}
    for info, name, version in _infos(search_path, folder):
        if name in versions or len(versions) >= _MAX_PACKAGES:
            continue
        versions[name] = version or _version_in(info)
        if source := _editable_folder(info):
            editable[name] = source
    return Installed(dict(sorted(versions.items())), editable)


def _infos(search_path: Iterable[str], folder: Path) -> Iterator[tuple[str, str, str]]:
    for place in dict.fromkeys(search_path):
        try:
            with os.scandir(folder / place) as entries:
                names = sorted(entry.name for entry in entries if entry.name.endswith(("-info", ".egg-info")))
        except (OSError, ValueError):  # no such folder, a zip file, or a path with a NUL
            continue
        for name in names:
            if match := _INFO.fullmatch(name):
                normal = _SEPARATORS.sub("-", match["name"]).lower()
                yield str(folder / place / name), normal, match["version"] or ""


def _editable_folder(info: str) -> str:
    try:
        origin = msgspec.json.decode(_text(f"{info}/direct_url.json"), type=_DirectUrl)
    except (OSError, msgspec.MsgspecError):  # the usual case: installed from an index
        return ""
    if not origin.dir_info.get("editable") or not origin.url.startswith("file://"):
        return ""
    from urllib.parse import unquote

    return unquote(origin.url.removeprefix("file://"))


def _version_in(info: str) -> str:
    for name in ("/METADATA", "/PKG-INFO", ""):
        try:
            match = _VERSION_LINE.search(_text(info + name))
        except OSError:
            continue
        if match:
            return match[1]
    return ""


def _text(path: str) -> str:
    with Path(path).open("rb") as file:
        return file.read(_MAX_FACTS_BYTES).decode("utf-8", "replace")
