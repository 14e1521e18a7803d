"""The corpus: each file has a verdict, and the verdict holds; nothing is run, written or waited for."""

import json
import warnings
from pathlib import Path

import pytest

from setpoint._run.files import file_params
from setpoint.errors import ConfigFileError

CORPUS = Path(__file__).parents[2] / "corpus" / "files"


def verdicts() -> list[tuple[str, str]]:
    lines = (CORPUS / "verdicts.tsv").read_text(encoding="utf-8").splitlines()
    return [(name, verdict) for name, _, verdict in (line.partition("\t") for line in lines if line[:1] != "#")]


def test_every_file_of_the_corpus_has_a_verdict() -> None:
    assert {name for name, _ in verdicts()} == {path.name for path in CORPUS.iterdir()} - {"verdicts.tsv"}


@pytest.mark.parametrize(("name", "verdict"), [case for case in verdicts() if case[1].startswith("ok")])
def test_good_file_of_the_corpus_is_read(name: str, verdict: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = {param.path[0]: param.value for param in file_params(CORPUS / name)}
    if expected := verdict.partition(":")[2]:
        assert repr(sorted(tree.items())) == repr(sorted(json.loads(expected).items()))


@pytest.mark.parametrize(("name", "verdict"), [case for case in verdicts() if case[1].startswith("error")])
def test_bad_file_of_the_corpus_is_refused_with_its_place(
    name: str, verdict: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, line, words = verdict.split(":", 2)
    with pytest.raises(ConfigFileError) as caught:
        file_params(CORPUS / name)
    assert words in str(caught.value)
    assert caught.value.path == str(CORPUS / name)
    assert caught.value.line == int(line or 0)
    assert (caught.value.column > 0) is bool(line)
    assert list(tmp_path.iterdir()) == []
