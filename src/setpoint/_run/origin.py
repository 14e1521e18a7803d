"""Which line of code is at work: the origin of an assignment."""

import os
import re
import sys
from types import CodeType, FrameType

from setpoint._core.change import UNKNOWN, Origin

from .notebook import shell

_Lines = dict[int, Origin]
_MAX_CODES = 10_000
_OWN: _Lines = {}
_NOTHING: tuple[None, _Lines] = (None, {})
_IPYTHON_CELL = re.compile(r"<ipython-input-(\d+)-\w+>")
_KERNEL_CELL = re.compile(r"(?:^|[/\\])ipykernel_\d+[/\\]\d+\.py$")


class _Sites:
    """The origins known so far, by the identity of a code object and the offset of an instruction in it.

    A line number is found by a search from the start of the code, 10 ns a line of it, so each is looked for once. The
    code object is kept beside its lines: else another could come to have its identity. No frame is kept.
    """

    def __init__(self) -> None:
        self.by_code: dict[int, tuple[CodeType, _Lines]] = {}
        self.folder: str | None = None


_sites = _Sites()


def call_site() -> Origin:
    """Return the line of the innermost call from outside this package, as ``train.py:41``.

    The file is named relative to the working folder at the first use where it lies below it, else in full; a cell of a
    notebook as ``cell [12]``. The origin is unknown where no such call is left, as in a thread of the package.
    """
    return _site(sys._getframe(1))  # pyright: ignore[reportPrivateUsage]  # documented; inspect is 100 times slower


def setting_site() -> Origin:
    """Return the same for a config that asks it while it is changed: two calls of the config lie between at least.

    A frame object is made for each frame that is looked at, and unmade when the frame ends; the script's own lasts as
    long as its function runs. Going straight to it makes this eight times as fast.
    """
    try:
        frame = sys._getframe(3)  # pyright: ignore[reportPrivateUsage]  # as above
    except ValueError:  # a thread of the package itself
        return UNKNOWN
    code = frame.f_code
    known, lines = _sites.by_code.get(id(code), _NOTHING)
    return lines[at] if known is code and (at := frame.f_lasti) in lines else _site(frame)


def _site(frame: FrameType | None) -> Origin:
    while frame is not None:
        code = frame.f_code
        known = _sites.by_code.get(id(code))
        if known is None or known[0] is not code:
            known = _learn(code)
        lines = known[1]
        if lines is not _OWN:
            try:
                return lines[frame.f_lasti]
            except KeyError:
                origin = lines[frame.f_lasti] = Origin("code", _shown_name(code.co_filename), frame.f_lineno or 0)
                return origin
        frame = frame.f_back
    return UNKNOWN


_PACKAGE = os.path.join(os.path.dirname(os.path.dirname(call_site.__code__.co_filename)), "")  # noqa: PTH118, PTH120  # text, as code objects name files


def _learn(code: CodeType) -> tuple[CodeType, _Lines]:
    if len(_sites.by_code) >= _MAX_CODES:  # a script that makes code without end
        _sites.by_code = {}
    known = _sites.by_code[id(code)] = (code, _OWN if code.co_filename.startswith(_PACKAGE) else {})
    return known


def _shown_name(filename: str) -> str:
    if filename.startswith("<"):
        cell = _IPYTHON_CELL.fullmatch(filename)
        return f"cell [{cell[1]}]" if cell else filename
    if _KERNEL_CELL.search(filename):
        return _cell_name(filename)
    return _below_folder(filename)


def _cell_name(filename: str) -> str:
    # IPython's compiler keeps the cell number of each file name; format_code_name() is how its tracebacks tell it.
    compiler = getattr(shell(), "compile", None)
    format_name = getattr(compiler, "format_code_name", None)
    label = format_name(filename) if format_name is not None else None
    number = re.search(r"\[(\d+)\]", label[1]) if label else None
    return f"cell [{number[1]}]" if number else "cell"


def _below_folder(filename: str) -> str:
    if _sites.folder is None:
        _sites.folder = _working_folder()
    full = os.path.join(_sites.folder, filename)  # noqa: PTH118  # text, as code objects name files
    if len(_sites.folder) > 1 and full.startswith(_sites.folder):  # below the root is everything
        full = full[len(_sites.folder) :]
    return full.replace("\\", "/") if os.sep == "\\" else full


def _working_folder() -> str:
    try:
        return os.path.join(os.getcwd(), "")  # noqa: PTH109, PTH118  # text, as code objects name files
    except OSError:  # the folder is gone
        return ""
