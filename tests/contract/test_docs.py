"""Every example in the documentation runs, and every command is documented."""

import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
# `<!-- file: NAME -->` saves a block, `<!-- run -->` types its commands, `<!-- runs -->` is part of the page's script.
MARKED = re.compile(r"<!-- (file: (?P<name>\S+)|run|runs) -->\n```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.S | re.M)


def marked_blocks(page: Path) -> list[re.Match[str]]:
    return list(MARKED.finditer(page.read_text(encoding="utf-8")))


def page_id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def as_typed(line: str) -> list[str]:
    """Return a command of a console block with this interpreter's own ``python`` and ``setpoint``."""
    words = shlex.split(line.removeprefix("$ "), comments=True)
    return {"python": [sys.executable], "setpoint": [sys.executable, "-m", "setpoint"]}[words[0]] + words[1:]


def run_in(folder: Path, command: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SETPOINT_STORE"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("page", [page for page in PAGES if marked_blocks(page)], ids=page_id)
def test_examples_of_a_page_run(page: Path, tmp_path: Path) -> None:
    script = ""
    for block in marked_blocks(page):
        if block["name"]:
            (tmp_path / block["name"]).write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "python":
            script += block["text"]
        else:
            for line in block["text"].splitlines():
                run_in(tmp_path, as_typed(line))
    if script:
        (tmp_path / "page.py").write_text(script, encoding="utf-8")
        run_in(tmp_path, [sys.executable, "page.py"])


def test_marks_in_the_documentation_are_understood() -> None:
    marks = sum(page.read_text(encoding="utf-8").count("<!-- ") for page in PAGES)
    assert marks == sum(len(marked_blocks(page)) for page in PAGES)


def test_reference_of_commands_is_what_the_commands_say() -> None:
    written = runpy.run_path(str(ROOT / "docs" / "reference" / "make_cli.py"))
    assert written["PAGE"].read_text(encoding="utf-8") == written["page"](), "python docs/reference/make_cli.py"


def test_every_command_and_option_has_help() -> None:
    written = runpy.run_path(str(ROOT / "docs" / "reference" / "make_cli.py"))
    silent = []
    for name, command, _ in written["commands"](written["command_line"](), "setpoint"):
        if not command.help:
            silent.append(name)
        options = [param for param in command.params if isinstance(param, click.Option)]
        silent += [f"{name} {option.name}" for option in options if not option.help]
    assert silent == []


def test_every_variable_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "environment.md").read_text(encoding="utf-8")
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "setpoint").rglob("*.py"))
    assert set(re.findall(r"\bSETPOINT_[A-Z_]*[A-Z]", sources)) <= set(re.findall(r"\bSETPOINT_[A-Z_]*[A-Z]", page))


def test_every_page_is_in_the_navigation() -> None:
    listed = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]
    assert [page for page in pages if page not in listed] == []
