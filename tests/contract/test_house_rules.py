"""The measures of the house: sizes, no prints, nothing half-done."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import setpoint

SOURCE = Path(setpoint.__file__).parent
FILES = sorted(path for path in SOURCE.rglob("*.py") if "node_modules" not in path.parts)
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
MAX_INIT_LINES = 60
Function = ast.FunctionDef | ast.AsyncFunctionDef


def file_id(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def code_lines(function: Function) -> int:
    """Count a function's lines without its docstring, which is a contract and may be long."""
    has_docstring = ast.get_docstring(function, clean=False) is not None
    docstring = function.body[0]
    skipped = docstring.end_lineno - docstring.lineno + 1 if has_docstring and docstring.end_lineno else 0
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1 - skipped


@pytest.mark.parametrize("path", FILES, ids=file_id)
def test_file_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < MAX_FILE_LINES


@pytest.mark.parametrize("path", FILES, ids=file_id)
def test_functions_are_short(path: Path) -> None:
    long = {}
    for node in nodes(path):
        if isinstance(node, Function):
            is_init = node.name == "init" and path.name == "init.py"
            if code_lines(node) >= (MAX_INIT_LINES if is_init else MAX_FUNCTION_LINES):
                long[node.name] = code_lines(node)
    assert long == {}


@pytest.mark.parametrize("path", [path for path in FILES if "_cli" not in path.parts], ids=file_id)
def test_library_prints_nothing(path: Path) -> None:
    prints = [
        node.lineno
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert prints == []


@pytest.mark.parametrize("path", FILES, ids=file_id)
def test_every_module_says_what_it_owns(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def is_broad(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler catches everything, and does not raise it again as its last deed."""
    names = [] if handler.type is None else [node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)]
    raises_again = isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None
    return (handler.type is None or not {"Exception", "BaseException"}.isdisjoint(names)) and not raises_again


@pytest.mark.parametrize("path", FILES, ids=file_id)
def test_every_broad_except_has_its_reason_beside_it(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    broad = [node for node in nodes(path) if isinstance(node, ast.ExceptHandler) and is_broad(node)]
    places = [(node.lineno, "\n".join(lines[node.lineno - 1 : node.body[0].lineno])) for node in broad]
    assert [line for line, text in places if "#" not in text] == []


def test_no_file_is_a_drawer_for_anything() -> None:
    drawers = {"utils.py", "util.py", "common.py", "misc.py", "helpers.py", "manager.py"}
    assert [file_id(path) for path in FILES if path.name.lstrip("_") in drawers] == []
