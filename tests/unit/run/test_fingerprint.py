import os
import stat
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setpoint._run.fingerprint import Fingerprints, user_key

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs file modes")


@pytest.fixture
def environ(tmp_path):
    return {"XDG_CONFIG_HOME": str(tmp_path / "config")}


@pytest.fixture
def key_path(tmp_path):
    return tmp_path / "config" / "setpoint" / "key"


def test_equal_secrets_of_one_user_have_equal_fingerprints(environ):
    one, other = Fingerprints(environ), Fingerprints(environ)
    assert one(b"hunter2") == other(b"hunter2")
    assert one(b"hunter2") != one(b"hunter3")


def test_two_users_have_different_fingerprints_of_one_secret(tmp_path):
    one = Fingerprints({"XDG_CONFIG_HOME": str(tmp_path / "one")})
    other = Fingerprints({"XDG_CONFIG_HOME": str(tmp_path / "other")})
    assert one(b"hunter2") != other(b"hunter2")


@given(st.binary(max_size=200))
def test_any_bytes_give_sixteen_hexadecimal_digits(data):
    digits = Fingerprints({})(data)
    assert len(digits) == 16
    assert set(digits) <= set("0123456789abcdef")


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_key_is_the_users_alone_whatever_the_umask(environ, key_path, umask):
    before = os.umask(umask)
    try:
        assert user_key(environ) is not None
    finally:
        os.umask(before)
    assert stat.S_IMODE(key_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_path.parent.stat().st_mode) == 0o700
    assert len(key_path.read_bytes()) == 32


def test_the_key_is_below_home_where_no_config_folder_is_named(tmp_path):
    key = user_key({"HOME": str(tmp_path)})
    assert (tmp_path / ".config" / "setpoint" / "key").read_bytes() == key


def test_a_relative_config_folder_is_ignored(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    user_key({"XDG_CONFIG_HOME": "here", "HOME": str(tmp_path / "home")})
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


@pytest.mark.parametrize("environ", [{}, {"HOME": ""}, {"HOME": "relative"}, {"HOME": "/proc/no/such"}])
def test_without_a_usable_home_fingerprints_compare_within_the_process(environ):
    assert user_key(environ) is None
    one = Fingerprints(environ)
    assert one(b"a") == one(b"a")
    assert one(b"a") != Fingerprints(environ)(b"a")


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o666])
def test_a_key_that_others_may_have_read_is_not_used(environ, key_path, mode):
    user_key(environ)
    key_path.chmod(mode)
    assert user_key(environ) is None


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a file away")
def test_a_key_of_another_user_is_not_used(environ, key_path):
    user_key(environ)
    os.chown(key_path, 65534, 65534)
    assert user_key(environ) is None


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_key_is_not_used(environ, key_path, content):
    user_key(environ)
    key_path.write_bytes(content)
    assert user_key(environ) is None


def test_a_link_or_a_fifo_in_the_keys_place_is_not_followed(environ, key_path, tmp_path):
    user_key(environ)
    key_path.rename(tmp_path / "key")
    key_path.symlink_to(tmp_path / "key")
    assert user_key(environ) is None
    key_path.unlink()
    os.mkfifo(key_path, 0o600)
    assert user_key(environ) is None


def test_a_file_system_without_hard_links_is_enough(environ, key_path, monkeypatch):
    def no_link(*args):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_link)
    key = user_key(environ)
    assert key == key_path.read_bytes() == user_key(environ)
    assert [path.name for path in key_path.parent.iterdir()] == ["key"]


@pytest.mark.parametrize("has_links", [True, False])
def test_who_comes_second_uses_the_key_of_who_came_first(environ, key_path, monkeypatch, has_links):
    link = os.link

    def late_link(*args):
        key_path.write_bytes(b"f" * 32)
        key_path.chmod(0o600)
        if not has_links:
            raise PermissionError(1, "Operation not permitted")
        link(*args)

    monkeypatch.setattr(os, "link", late_link)
    assert user_key(environ) == b"f" * 32


def test_processes_that_start_together_agree_on_one_key(environ):
    script = (
        "import os, sys\nfrom setpoint._run.fingerprint import *\nsys.stdin.read()\nprint(user_key(os.environ).hex())"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env={**os.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for process in started:
        process.stdin.close()
    keys = {process.stdout.read() for process in started}
    for process in started:
        process.stdout.close()
        assert process.wait() == 0
    assert len(keys) == 1
