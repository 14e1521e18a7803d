"""Scripts are started in every way there is: each goes as it would without setpoint, and is recorded."""

import os
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest
from differences import STAND_IN, outcome, undisturbed
from scripts import the_run

import setpoint

TRAIN = """
import setpoint
run = setpoint.init(config={"lr": 0.1})
for step in range(30):
    run.log({"loss": 1 / (step + 1)})
    run.config[f"k{step}"] = step
print("trained", len(run.config))
"""
IMPORTED_FROM = os.pathsep.join(str(Path(module.__file__).parents[1]) for module in (setpoint, msgspec))


def assert_trained(folder: Path) -> None:
    """Assert that all of what TRAIN set and logged is on disk."""
    state = the_run(folder)
    assert state.config == {"lr": 0.1, **{f"k{step}": step for step in range(30)}}
    assert list(state.metrics["loss"].steps) == list(range(30))
    assert (state.status, state.damage) == ("finished", [])


@pytest.mark.parametrize(
    "command",
    [
        ("-O", "train.py"),
        ("-OO", "train.py"),
        ("-B", "-X", "utf8=0", "train.py"),
        ("-X", "dev", "train.py"),
        ("-W", "error", "train.py"),
        ("-bb", "-W", "error", "train.py"),
        ("-m", "train"),
        ("-c", "exec(open('train.py').read())"),
        ("-c", "import runpy; runpy.run_path('train.py', run_name='__main__')"),
        ("-X", "frozen_modules=off", "train.py"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_script_is_recorded_however_the_interpreter_is_told_to_run_it(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    environ = {"PYTHONPATH": IMPORTED_FROM}
    done = undisturbed(tmp_path, TRAIN, command=(sys.executable, *command), environ=environ)
    assert done.troubles == []
    assert_trained(tmp_path)


@pytest.mark.parametrize("option", ["-I", "-S", "-E", "-s"])
def test_a_script_that_is_shut_off_from_its_surroundings_is_recorded(option: str, tmp_path: Path) -> None:
    script = f"import sys; sys.path[:0] = {IMPORTED_FROM.split(os.pathsep)!r}\n{TRAIN}"
    done = outcome(tmp_path, script, command=(sys.executable, option, "train.py"))
    assert (done.stdout, done.stderr, done.exit_code, done.troubles) == ("trained 31\n", "", 0, [])
    assert_trained(tmp_path)


def test_a_module_of_a_package_is_recorded(tmp_path: Path) -> None:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "__init__.py").touch()
    (tmp_path / "jobs" / "fit.py").write_text(TRAIN)
    done = outcome(tmp_path, "", command=(sys.executable, "-m", "jobs.fit"))
    assert (done.stdout, done.stderr, done.exit_code, done.troubles) == ("trained 31\n", "", 0, [])
    assert_trained(tmp_path)
    assert the_run(tmp_path).environment["module"] == "jobs.fit"


def test_a_zip_file_is_recorded(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "train.pyz", "w") as archive:
        archive.writestr("__main__.py", TRAIN)
    done = outcome(tmp_path, "", command=(sys.executable, "train.pyz"))
    assert (done.stdout, done.stderr, done.exit_code, done.troubles) == ("trained 31\n", "", 0, [])
    assert_trained(tmp_path)


def test_setpoint_in_a_zip_file_records(tmp_path: Path) -> None:
    source = Path(setpoint.__file__).parent
    with zipfile.ZipFile(tmp_path / "train.pyz", "w") as archive:
        archive.writestr("__main__.py", TRAIN)
        for path in source.rglob("*.py"):
            if "node_modules" not in path.parts:
                archive.write(path, Path("setpoint") / path.relative_to(source))
    done = outcome(tmp_path, "", command=(sys.executable, "train.pyz"))
    assert (done.stdout, done.stderr, done.exit_code, done.troubles) == ("trained 31\n", "", 0, [])
    assert_trained(tmp_path)


def test_a_script_read_from_standard_input_is_recorded(tmp_path: Path) -> None:
    done = outcome(tmp_path, TRAIN, command=("sh", "-c", f"'{sys.executable}' - < train.py"))
    assert (done.stdout, done.stderr, done.exit_code, done.troubles) == ("trained 31\n", "", 0, [])
    assert_trained(tmp_path)


def test_a_test_that_trains_is_recorded(tmp_path: Path) -> None:
    body = TRAIN.replace("\n", "\n    ")
    script = f"def test_training(capsys):\n    {body}\n    run.finish()\n"
    command = (sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    done = outcome(tmp_path, script, command=(*command, "train.py"), environ={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
    assert "1 passed" in done.stdout
    assert done.exit_code == 0
    assert_trained(tmp_path)


def test_a_script_whose_coverage_is_measured_is_recorded(tmp_path: Path) -> None:
    pytest.importorskip("coverage")
    environ = {"COVERAGE_FILE": str(tmp_path / "data")}
    done = outcome(tmp_path, TRAIN, command=(sys.executable, "-m", "coverage", "run", "train.py"), environ=environ)
    assert (done.stdout, done.stderr, done.exit_code, done.troubles) == ("trained 31\n", "", 0, [])
    assert_trained(tmp_path)


def test_a_script_under_a_profiler_is_recorded(tmp_path: Path) -> None:
    done = outcome(tmp_path, TRAIN, command=(sys.executable, "-m", "cProfile", "-o", "profile", "train.py"))
    assert (done.stdout, done.stderr, done.exit_code, done.troubles) == ("trained 31\n", "", 0, [])
    assert_trained(tmp_path)


def test_the_stand_in_takes_what_setpoint_takes(tmp_path: Path) -> None:
    (tmp_path / "setpoint.py").write_text(STAND_IN)
    done = outcome(tmp_path, TRAIN + "\nassert not hasattr(setpoint, '__path__')")
    assert (done.stdout, done.exit_code) == ("trained 31\n", 0)
    assert not (tmp_path / "store").exists()
