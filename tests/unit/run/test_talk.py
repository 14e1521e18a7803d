import io
import os
import sys

import pytest

from setpoint._run import talk
from setpoint._run.talk import is_true, say, set_silent


@pytest.fixture(autouse=True)
def _aloud():
    set_silent(False)
    yield
    set_silent(False)


def test_a_line_goes_to_standard_error_with_the_name_in_front(capsys):
    say("run calm-otter-417 starts")
    assert capsys.readouterr() == ("", "setpoint: run calm-otter-417 starts\n")


def test_a_muted_process_says_nothing(capsys):
    set_silent(True)
    say("hello")
    assert capsys.readouterr().err == ""


def test_control_characters_never_reach_the_terminal(capsys):
    say("a\x1b[31mb\nc\rd\x00e\u202ef\x9b\udc80")
    assert capsys.readouterr().err == "setpoint: a\\x1b[31mb\\nc\\rd\\x00e\\u202ef\\x9b\\udc80\n"


def test_letters_of_any_language_are_said_as_they_are(capsys):
    say("Größe 大小")
    assert capsys.readouterr().err == "setpoint: Größe 大小\n"


def test_a_stream_that_knows_only_ascii_gets_escapes(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(raw, encoding="ascii", errors="strict"))
    say("Größe")
    assert raw.getvalue() == b"setpoint: Gr\\xf6\\xdfe\n"


class _Hostile:
    def write(self, text):
        raise RuntimeError("mine")


def _closed():
    stream = io.StringIO()
    stream.close()
    return stream


def _broken_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "w", buffering=1)


@pytest.mark.parametrize("make", [lambda: None, _closed, _Hostile, object])
def test_no_kind_of_stream_makes_it_raise(monkeypatch, make):
    monkeypatch.setattr(sys, "stderr", make())
    say("hello")


def test_a_reader_that_went_away_does_not_make_it_raise(monkeypatch):
    stream = _broken_pipe()
    monkeypatch.setattr(sys, "stderr", stream)
    say("hello")
    with pytest.raises(BrokenPipeError):
        stream.close()


@pytest.mark.parametrize(("text", "expected"), [("1", True), ("true", True), ("yes", True), ("", False), ("0", False)])
def test_the_usual_words_switch_a_variable_on_or_off(text, expected):
    assert is_true(text) is expected
    assert talk.is_true(text.upper() + " ") is expected
