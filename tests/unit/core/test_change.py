"""How an origin and a level read."""

import pytest

from setpoint._core.change import Level, Origin


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        (Origin("code", "train.py", 12), "train.py:12"),
        (Origin("file", "a.yaml"), "a.yaml"),
        (Origin("flag", "--lr"), "--lr"),
        (Origin("default", "--lr"), "default of --lr"),
        (Origin("env", "LR"), "$LR"),
        (Origin("sweep", "abc"), "sweep abc"),
        (Origin("call"), "call"),
    ],
)
def test_an_origin_reads_as_the_place_it_names(origin: Origin, text: str) -> None:
    assert str(origin) == text


def test_a_level_reads_as_the_word_of_the_documents() -> None:
    assert [level.label for level in Level] == ["default", "set", "locked"]
