"""Errors cross process borders: each pickles with all its fields and its message."""

import pickle

import pytest

from setpoint import errors

SAMPLES: dict[type[BaseException], BaseException] = {
    error.__class__: error
    for error in (
        errors.SetpointError("what", "where"),
        errors.ConfigError("what"),
        errors.ParamChangedError("lr", "0.1", "train.py:3", "0.2", "train.py:9"),
        errors.LockedParamError("lr", "0.1", "sweep s1", "0.2", "rerun"),
        errors.MissingParamError("lr", ["lx", "ly"]),
        errors.ReservedNameError("update"),
        errors.InvalidKeyError("3", "it is no string"),
        errors.UnsupportedSourceError("pkg.Thing", "Pass a dict."),
        errors.ConfigFileError("a.yaml", "a tab", line=3, column=4, advice="Use spaces."),
        errors.StoreError("/store", "it is read-only"),
        errors.CatalogError("setpoint.db", "it is locked"),
        errors.NoRunError("log"),
        errors.ResumeError("r1", "is not there", "Drop resume."),
        errors.InvalidArgumentError("mode", "'of'", "online, offline or disabled"),
        errors.RunNotFoundError("r1", "/store", ["r2"]),
        errors.AmbiguousRunError("r", ["r1", "r2"]),
        errors.FilterError("lr <", "Nothing follows '<'", column=5, near=["lr"]),
    )
}


KINDS = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, BaseException)]


def fields(error: BaseException) -> dict[str, object]:
    absent = object()  # OSError lists characters_written, and has it for some errors only
    values = {name: getattr(error, name, absent) for name in dir(error) if not name.startswith("_")}
    return {name: value for name, value in values.items() if value is not absent and not callable(value)}


def sample_of(kind: type[BaseException]) -> BaseException:
    """Return the sample of a class; a warning takes one message, anything else must be listed above."""
    if issubclass(kind, Warning) and kind not in SAMPLES:
        return kind("what happened")
    return SAMPLES[kind]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_error_pickles_with_fields_and_message(kind: type[BaseException]) -> None:
    error = sample_of(kind)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert (str(copy), fields(copy)) == (str(error), fields(error))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_error_message_is_whole_sentences(kind: type[BaseException]) -> None:
    if kind in {errors.SetpointError, errors.ConfigError} or issubclass(kind, Warning):
        return  # these carry whatever message they are given
    assert str(sample_of(kind)).rstrip().endswith((".", "?", "^"))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_error_belongs_to_the_tree(kind: type[BaseException]) -> None:
    assert issubclass(kind, errors.SetpointError | errors.SetpointWarning)
