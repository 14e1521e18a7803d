import copy
import gc
import os
import subprocess
import sys
import textwrap
import weakref
from pathlib import Path
from types import SimpleNamespace

import pytest

from setpoint._core.change import UNKNOWN, Origin
from setpoint._run import origin
from setpoint._run.origin import call_site

HERE = Path(__file__)


def run_script(tmp_path, text, *args, cwd=None):
    script = tmp_path / "train.py"
    script.write_text(textwrap.dedent(text))
    done = subprocess.run(
        [sys.executable, *(args or (str(script),))], capture_output=True, text=True, cwd=cwd or tmp_path, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


def line_here():
    return sys._getframe(1).f_lineno


def test_the_origin_is_the_line_of_the_call():
    found, line = call_site(), line_here()
    assert (found.kind, found.line) == ("code", line)
    assert found.name.endswith("test_origin.py")


def test_each_line_is_told_even_where_one_function_calls_often():
    lines = [call_site().line]
    lines.append(call_site().line)
    for _ in range(2):
        lines.append(call_site().line)
    assert [line - lines[0] for line in lines] == [0, 1, 3, 3]


def test_a_script_below_the_working_folder_is_named_relative_to_it(tmp_path):
    text = "from setpoint._run.origin import call_site\n\nprint(call_site())\n"
    (tmp_path / "jobs").mkdir()
    assert run_script(tmp_path / "jobs", text, cwd=tmp_path) == ["jobs/train.py:3"]


def test_a_script_elsewhere_is_named_in_full(tmp_path):
    text = "from setpoint._run.origin import call_site\nprint(call_site())\n"
    assert run_script(tmp_path, text, cwd="/") == [f"{tmp_path}/train.py:2"]
    (tmp_path / "elsewhere").mkdir()
    assert run_script(tmp_path, text, cwd=tmp_path / "elsewhere") == [f"{tmp_path}/train.py:2"]


def test_names_stay_the_same_when_the_working_folder_changes(tmp_path):
    text = """
        import os
        from setpoint._run.origin import call_site
        print(call_site().name)
        os.chdir("/")
        print(call_site().name)
    """
    assert run_script(tmp_path, text) == ["train.py", "train.py"]


def test_a_working_folder_that_is_gone_gives_full_names(tmp_path):
    text = """
        import os, tempfile
        folder = tempfile.mkdtemp()
        os.chdir(folder)
        os.rmdir(folder)
        from setpoint._run.origin import call_site
        print(call_site())
    """
    assert run_script(tmp_path, text) == [f"{tmp_path}/train.py:7"]


def test_code_on_the_command_line_and_on_standard_input_has_a_line(tmp_path):
    text = "from setpoint._run.origin import call_site\nprint(call_site())"
    assert run_script(tmp_path, text, "-c", text) == ["<string>:2"]
    done = subprocess.run([sys.executable], input=text, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["<stdin>:2"]


def test_frames_of_the_package_are_passed_over():
    config = __import__("setpoint._run.config", fromlist=["Config"]).Config()
    config["optim"] = {"lr": 0.1}
    line = line_here() - 1
    assert config.origin("optim.lr").line == line


def test_a_call_through_the_standard_library_names_the_first_frame_outside_the_package():
    class Copied:
        def __deepcopy__(self, memo):
            return call_site()

    assert copy.deepcopy(Copied()).name.endswith("test_origin.py")


def test_a_folder_whose_name_starts_like_the_packages_is_outside_of_it():
    code = compile("found = call_site()", os.path.join(origin._PACKAGE[:-1] + "_extras", "a.py"), "exec")
    names = {"call_site": call_site}
    exec(code, names)
    assert names["found"].name.endswith("setpoint_extras/a.py")


def test_a_call_from_the_package_alone_has_an_unknown_origin():
    code = compile("found = call_site()", os.path.join(origin._PACKAGE, "a.py"), "exec")
    names = {"call_site": call_site}
    # An empty stack below can't be had here: all other frames are made to look like the package's own.
    frame, own = sys._getframe(), {}
    while frame is not None:
        own[id(frame.f_code)] = (frame.f_code, origin._OWN)
        frame = frame.f_back
    kept, origin._sites.by_code = origin._sites.by_code, own
    try:
        exec(code, names)
    finally:
        origin._sites.by_code = kept
    assert names["found"] is UNKNOWN


class _Shell:
    def __init__(self, numbers):
        self.compile = SimpleNamespace(format_code_name=self._name)
        self._numbers = numbers

    def _name(self, filename):
        number = self._numbers.get(filename)
        return ("Cell", f"In[{number}]") if number else None


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("/tmp/ipykernel_77/1234.py", "cell [12]"),
        ("/tmp/ipykernel_77/99.py", "cell"),
        ("<ipython-input-3-0a1b2c>", "cell [3]"),
        ("<stdin>", "<stdin>"),
        ("<frozen runpy>", "<frozen runpy>"),
    ],
)
def test_a_notebook_cell_is_named_by_its_number(monkeypatch, filename, expected):
    shell = _Shell({"/tmp/ipykernel_77/1234.py": 12})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    names = {"call_site": call_site}
    exec(compile("\nfound = call_site()", filename, "exec"), names)
    assert names["found"] == Origin("code", expected, 2)


def test_no_frame_and_none_of_its_values_is_kept_alive():
    class Big:
        pass

    def train():
        big = Big()
        call_site()
        return weakref.ref(big)

    gone = train()
    gc.collect()
    assert gone() is None


def test_code_made_without_end_does_not_fill_memory(monkeypatch):
    monkeypatch.setattr(origin, "_MAX_CODES", 100)
    names = {"call_site": call_site}
    for _ in range(110):
        exec(compile("call_site()", "<made>", "exec"), names)
    assert len(origin._sites.by_code) <= 100


def test_a_call_at_the_interpreters_end_does_not_raise(tmp_path):
    text = """
        from setpoint._run.config import Config
        class Late:
            def __init__(self):
                self.config = Config()
            def __del__(self):
                self.config["late"] = 1
                print(self.config.origin("late"))
        late = Late()
    """
    assert run_script(tmp_path, text) == ["train.py:7"]
