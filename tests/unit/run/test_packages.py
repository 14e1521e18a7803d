import json
import sys
from importlib.metadata import distributions
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from setpoint._run.packages import installed_packages


def make(folder, name, **files):
    info = folder / name
    info.mkdir(parents=True)
    for file, text in files.items():
        (info / file.replace("_json", ".json").replace("PKG_INFO", "PKG-INFO")).write_text(text)


def test_the_installed_packages_are_those_that_the_standard_library_finds():
    found = installed_packages(sys.path, Path.cwd()).versions
    expected = {}
    for distribution in distributions():
        name = distribution.metadata["Name"].lower().replace("_", "-").replace(".", "-")
        expected.setdefault(name, distribution.version)
    assert found == dict(sorted(expected.items()))


def test_names_are_normalised_and_all_forms_of_folders_are_known(tmp_path):
    make(tmp_path, "Ruamel.YAML_clib-0.2.12.dist-info")
    make(tmp_path, "old_style-1.0-py3.11.egg-info")
    make(tmp_path, "developed.egg-info", PKG_INFO="Metadata-Version: 2.1\nName: developed\nVersion: 3.1\n")
    (tmp_path / "single-2.0.egg-info").write_text("Name: single\n")
    make(tmp_path, "unversioned.egg-info")
    assert installed_packages([str(tmp_path)], tmp_path).versions == {
        "developed": "3.1", "old-style": "1.0", "ruamel-yaml-clib": "0.2.12", "single": "2.0", "unversioned": "",
    }  # fmt: skip


def test_of_two_with_one_name_the_first_on_the_path_counts(tmp_path):
    make(tmp_path / "a", "torch-2.0.dist-info")
    make(tmp_path / "b", "torch-1.0.dist-info")
    assert installed_packages([str(tmp_path / "a"), str(tmp_path / "b")], tmp_path).versions == {"torch": "2.0"}


def test_the_empty_entry_is_the_working_folder(tmp_path):
    make(tmp_path, "torch-2.0.dist-info")
    assert installed_packages([""], tmp_path).versions == {"torch": "2.0"}


def test_an_editable_package_is_told_with_its_folder(tmp_path):
    url = {"url": "file:///home/me/my%20model", "dir_info": {"editable": True}}
    make(tmp_path, "model-0.1.dist-info", direct_url_json=json.dumps(url))
    make(tmp_path, "wheel-0.1.dist-info", direct_url_json=json.dumps({"url": "file:///a.whl", "archive_info": {}}))
    make(tmp_path, "broken-0.1.dist-info", direct_url_json="{")
    assert installed_packages([str(tmp_path)], tmp_path).editable == {"model": "/home/me/my model"}


@given(st.lists(st.text()))
def test_no_entry_of_the_path_makes_it_raise(places):
    installed_packages(places, Path("/nowhere"))


def test_a_file_and_an_unreadable_entry_are_passed_over(tmp_path):
    (tmp_path / "code.zip").write_bytes(b"PK")
    assert installed_packages([str(tmp_path / "code.zip"), "/proc/1/map_files/x", "a\0b"], tmp_path).versions == {}
