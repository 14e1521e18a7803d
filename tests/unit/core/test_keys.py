"""Keys are written so that they are read back as the path they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setpoint._core.keys import join_key, quote_name, split_key

PATHS = st.lists(st.text() | st.integers(0, 1000), min_size=1).map(tuple)


@given(PATHS.filter(lambda path: isinstance(path[0], str)))
def test_splitting_a_joined_key_gives_the_path(path: tuple[str | int, ...]) -> None:
    assert split_key(join_key(path)) == path


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (("optim", "lr"), "optim.lr"),
        (("layers", 0, "width"), "layers[0].width"),
        (("a.b", "c"), '"a.b".c'),
        (("val/acc",), "val/acc"),
        (("",), '""'),
        (("with space",), '"with space"'),
        (('say "hi"',), '"say \\"hi\\""'),
        (("0",), "0"),
    ],
)
def test_a_key_is_names_joined_by_dots_with_indexes_in_brackets(path: tuple[str | int, ...], key: str) -> None:
    assert join_key(path) == key
    assert split_key(key) == path


@pytest.mark.parametrize("text", ["", ".a", "a.", "a..b", "a b", "[x]", 'a"b"', '"open', "a[1"])
def test_a_text_that_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a key"):
        split_key(text)


def test_control_characters_in_a_name_are_escaped() -> None:
    assert quote_name("a\x1b[31m") == '"a\\u001b[31m"'
