"""Config files: what a caller gets, and what a person is told."""

import datetime as dt
import json
import os
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import yaml

from setpoint._core.change import Level, Origin
from setpoint._core.values import Encoder, Redacted
from setpoint._run.files import file_params
from setpoint.errors import ConfigFileError, YamlDialectWarning


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(path: str | Path) -> ConfigFileError:
    with pytest.raises(ConfigFileError) as caught:
        file_params(path)
    return caught.value


def dialect_warnings(path: str) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        file_params(path)
    assert {warning.category for warning in caught} <= {YamlDialectWarning}
    return [f"{warning.filename}:{warning.lineno}: {warning.message}" for warning in caught]


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("c.yaml", "lr: 0.1\noptim:\n  betas:\n  - 0.9\n  - 0.99\n", (2, 3, 4, 5)),
        ("c.YML", "lr: 0.1\noptim:\n  betas:\n  - 0.9\n  - 0.99\n", (2, 3, 4, 5)),
        ("c.json", '{"lr": 0.1,\n"optim": {\n"betas": [\n0.9,\n0.99]}}', (2, 3, 4, 5)),
        ("c.toml", "lr = 0.1\n[optim]\nbetas = [\n0.9,\n0.99]\n", (2, 3, 4, 5)),
    ],
)
def test_each_part_has_the_line_that_gives_it(folder: Path, name: str, text: str, lines: tuple[int, ...]) -> None:
    Path(name).write_text(text)
    lr, optim = file_params(name, Level.DEFAULT)
    assert (lr.path, lr.value, lr.origin, lr.level, lr.inner) == (
        ("lr",),
        0.1,
        Origin("file", name, 1),
        Level.DEFAULT,
        {},
    )
    assert (optim.value, optim.origin) == ({"betas": [0.9, 0.99]}, Origin("file", name, lines[0]))
    places = (("betas",), ("betas", 0), ("betas", 1))
    assert optim.inner == {place: Origin("file", name, line) for place, line in zip(places, lines[1:], strict=True)}


def test_path_is_shown_as_it_was_given(folder: Path) -> None:
    Path("a.yaml").write_text("x: 1\n")
    assert file_params(Path("a.yaml"))[0].origin == Origin("file", "a.yaml", 1)
    assert file_params(folder / "a.yaml")[0].origin == Origin("file", str(folder / "a.yaml"), 1)


def test_wandb_form_gives_values_with_descriptions(folder: Path) -> None:
    Path("a.yaml").write_text(
        "wandb_version: 1\nlr:\n  desc: the rate\n  value: {a: 1}\nn:\n  desc: null\n  value: 2\n"
    )
    lr, n = file_params("a.yaml")
    assert (lr.value, lr.description, lr.origin) == ({"a": 1}, "the rate", Origin("file", "a.yaml", 2))
    assert lr.inner == {("a",): Origin("file", "a.yaml", 4)}
    assert (n.value, n.description) == (2, "")


def test_part_that_an_alias_brings_has_the_line_where_it_is_written(folder: Path) -> None:
    Path("a.yaml").write_text("a: &a\n  x: 1\nb: *a\nc:\n  <<: *a\n  y: 2\n")
    _, b, c = file_params("a.yaml")
    assert (b.origin, b.inner) == (Origin("file", "a.yaml", 3), {("x",): Origin("file", "a.yaml", 2)})
    assert {place: origin.line for place, origin in c.inner.items()} == {("x",): 2, ("y",): 6}


def test_aliased_values_are_separate(folder: Path) -> None:
    Path("a.yaml").write_text("a: &a [1]\nb: *a\n")
    a, b = file_params("a.yaml")
    a.value.append(2)
    assert b.value == [1]


def test_dict_with_other_names_than_strings_is_one_value(folder: Path) -> None:
    Path("a.yaml").write_text("a:\n  1: {x: 1}\n  2.5: b\n  null: c\n")
    (a,) = file_params("a.yaml")
    assert (a.value, a.inner) == ({1: {"x": 1}, 2.5: "b", None: "c"}, {})


def test_standard_tags_give_their_types(folder: Path) -> None:
    Path("a.yaml").write_text(
        "a: !!timestamp 2024-01-02\nb: !!timestamp 2024-01-02 03:04:05\n"
        "c: !!binary aGk=\nd: !!set {x, y}\ne: !!float 0x10\n"
    )
    assert [param.value for param in file_params("a.yaml")] == [
        dt.date(2024, 1, 2),
        dt.datetime(2024, 1, 2, 3, 4, 5),
        b"hi",
        {"x", "y"},
        16.0,
    ]


def test_value_that_yaml_1_1_reads_otherwise_gives_a_warning_with_its_line(folder: Path) -> None:
    Path("a.yaml").write_text("x: 1\nlr: 1e-3\n")
    (message,) = dialect_warnings("a.yaml")
    assert message == (
        "a.yaml:2: 1e-3 is the float 0.001 in YAML 1.2, which holds here; YAML 1.1 (PyYAML, W&B) reads the str '1e-3'. "
        "Write 0.001 to mean the same in both."
    )


@pytest.mark.parametrize("text", ["no", "0123", "1_000", "12:30:45", "2024-01-01", "0b1", "0o7", "1e5", "2024-99-99"])
def test_each_difference_of_the_dialects_is_told(folder: Path, text: str) -> None:
    Path("a.yaml").write_text(f"a: {text}\n")
    (message,) = dialect_warnings("a.yaml")
    suggested = message.partition("Write ")[2].partition(" to mean")[0]
    assert yaml.safe_load(suggested) == file_params_quietly("a.yaml")


def file_params_quietly(path: str) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return file_params(path)[0].value


@pytest.mark.parametrize(
    "text", ["1", "-2.5", "true", "null", "~", "x", "'no'", ".inf", "-0", "1.", "yes!", "", "<<", "="]
)
def test_value_that_both_dialects_read_alike_gives_no_warning(folder: Path, text: str) -> None:
    Path("a.yaml").write_text(f"a: {text}\n")
    assert dialect_warnings("a.yaml") == []


def test_many_differences_of_the_dialects_are_summed_up(folder: Path) -> None:
    Path("a.yaml").write_text("".join(f"k{i}: no\n" for i in range(20)))
    messages = dialect_warnings("a.yaml")
    assert len(messages) == 6
    assert messages[-1].startswith("a.yaml:6: And 15 more")


def test_missing_file_names_the_near_ones(folder: Path) -> None:
    Path("train.yaml").touch()
    assert str(refusal("trian.yaml")) == "trian.yaml: there is no such file. Did you mean 'train.yaml'?"
    assert f"looked for in {folder}" in str(refusal("other.json"))
    assert "There is no folder 'conf'" in str(refusal("conf/train.yaml"))


@pytest.mark.parametrize("name", ["a.txt", "a", "a.yaml.bak", ""])
def test_unknown_ending_is_refused_with_those_that_are_read(folder: Path, name: str) -> None:
    assert "Read are .yaml, .yml, .json, .toml" in str(refusal(name))


@pytest.mark.parametrize("name", ["x\0.yaml", "x" * 5000 + ".yaml", "file.yaml/b.yaml"])
def test_path_that_names_no_file_is_refused(folder: Path, name: str) -> None:
    Path("file.yaml").touch()
    assert "can't be read" in str(refusal(name))


def test_folder_is_refused(folder: Path) -> None:
    Path("a.yaml").mkdir()
    assert "a folder" in str(refusal("a.yaml"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_pipe_and_device_are_refused_without_waiting(folder: Path) -> None:
    os.mkfifo("a.yaml")
    Path("b.json").symlink_to("/dev/zero")
    assert "not a regular file" in str(refusal("a.yaml"))
    assert "not a regular file" in str(refusal("b.json"))


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions are others here")
def test_file_that_this_user_may_not_read_is_refused(folder: Path) -> None:
    Path("a.yaml").write_text("a: 1\n")
    Path("a.yaml").chmod(0)
    if os.geteuid() != 0:
        assert "may not read it" in str(refusal("a.yaml"))
        return
    os.seteuid(65534)  # root may read everything
    try:
        assert "may not read it" in str(refusal("a.yaml"))
    finally:
        os.seteuid(0)


def test_error_survives_pickling(folder: Path) -> None:
    Path("a.yaml").write_text("a: 1\na: 2\n")
    error = refusal("a.yaml")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert (error.line, error.column) == (2, 1)


def test_pyyaml_without_its_c_parser_reads_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    Path("a.yaml").write_text("a: &a {x: [1, 2.5]}\nb:\n  <<: *a\n")
    assert [param.value for param in file_params("a.yaml")] == [{"x": [1, 2.5]}, {"x": [1, 2.5]}]
    Path("a.yaml").write_text("a: 'x\n")
    assert refusal("a.yaml").line == 2
    Path("a.yaml").write_text("a: x\x07\n")
    assert refusal("a.yaml").line == 1
    Path("a.yaml").write_text("a: " + "x" * 100_000)
    assert "libyaml" in str(refusal("a.yaml"))


def test_toml_number_beyond_python_own_limit_is_one_error(folder: Path) -> None:
    Path("a.toml").write_text("a = " + "7" * 3000 + "\n")
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(1000)
    try:
        assert "can't be read" in str(refusal("a.toml"))
    finally:
        sys.set_int_max_str_digits(before)


@pytest.mark.unmeasured
def test_yaml_library_is_loaded_only_for_yaml(folder: Path) -> None:
    Path("a.toml").write_text("a = 1\n")
    Path("a.json").write_text('{"a": 1}')
    code = (
        "import sys; from setpoint._run.files import file_params; file_params('a.toml'); file_params('a.json'); "
        "print(sorted({'yaml', 'argparse', 'asyncio', 'sqlite3'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_values_in_setpoint_own_forms_come_back_with_their_types(folder: Path, suffix: str) -> None:
    values = {"t": (1, (2,)), "d": dt.date(2024, 1, 2), "n": [{1: {2.5}}], "p": Path("a"), "big": 10**6000, "x": 1}
    Path(f"a{suffix}").write_text(json.dumps({name: Encoder().encode(value) for name, value in values.items()}))
    assert {param.path[0]: param.value for param in file_params(f"a{suffix}")} == values


def test_redacted_value_stays_redacted(folder: Path) -> None:
    Path("a.json").write_text('{"key": {"$redacted": "12ab"}}')
    assert file_params("a.json")[0].value == Redacted("12ab")


def test_damaged_value_in_setpoint_own_form_is_refused_with_its_line(folder: Path) -> None:
    Path("a.yaml").write_text("a:\n  - $type: date\n    value: x\n")
    error = refusal("a.yaml")
    assert (error.line, "'date' can't be read" in str(error)) == (2, True)
