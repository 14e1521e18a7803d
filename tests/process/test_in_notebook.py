"""setpoint in a notebook's shell: values may be set again, and config and run show themselves."""

from pathlib import Path

import pytest
from scripts import run_script, the_run

pytest.importorskip("IPython")

NOTEBOOK = """
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.formatters import DisplayFormatter

shell = InteractiveShell.instance()

def cell(code):
    result = shell.run_cell(code, store_history=True)
    result.raise_error()
    return result.result
"""


def test_values_may_be_set_again_in_a_notebook_and_each_cell_is_an_origin(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        f"""
        {NOTEBOOK.replace(chr(10), chr(10) + "        ")}
        cell("import setpoint; run = setpoint.init(config={{'lr': 1}})")
        cell("run.config.lr = 2")
        cell("run.config.lr = 3; run.config.layers = [1]; run.config.layers[0] = 5")
        cell("run.finish()")
        """,
    )
    assert done.returncode == 0, done.stderr
    state = the_run(tmp_path)
    assert state.config == {"lr": 3, "layers": [5]}
    assert [one.value for one in state.changes if one.key == "lr"] == [1, 2, 3]
    assert state.held["lr"].origin.name.startswith("cell [")


def test_config_and_run_show_themselves_as_escaped_tables(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        f"""
        {NOTEBOOK.replace(chr(10), chr(10) + "        ")}
        cell("import setpoint; run = setpoint.init(config={{'lr': 0.1, 'note': '<script>alert(1)</script>'}})")
        cell("run.log({{'loss': 0.5}})")
        for shown in (cell("run.config"), cell("run")):
            html = DisplayFormatter().format(shown)[0]["text/html"]
            assert "<table>" in html and "0.1" in html and "&lt;script&gt;" in html and "<script>" not in html, html
        assert "loss" in html
        """,
    )
    assert done.returncode == 0, done.stderr
