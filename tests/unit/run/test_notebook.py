import subprocess
import sys
from types import SimpleNamespace

from setpoint._run.notebook import in_notebook, is_interactive


def test_a_script_is_no_notebook_and_ipython_is_not_imported():
    script = (
        "import sys; from setpoint._run.notebook import *;"
        " print(in_notebook(), is_interactive(), 'IPython' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "False"]


def test_a_shell_at_work_is_a_notebook(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: object()))
    assert in_notebook()
    assert is_interactive()


def test_a_script_that_only_imported_ipython_is_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert not in_notebook()


def test_an_ipython_that_is_half_imported_is_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace())
    assert not in_notebook()


def test_a_prompt_is_interactive_but_no_notebook():
    script = "from setpoint._run.notebook import *\nprint(in_notebook(), is_interactive())\n"
    done = subprocess.run([sys.executable, "-i"], input=script, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
