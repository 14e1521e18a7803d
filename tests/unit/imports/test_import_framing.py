"""Readers of foreign framings: cut or flipped anywhere, they give what is sound and say the rest; they never raise."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_places import CORPUS

from setpoint._query.imports import leveldb_log, protobuf, tensorboard, tfrecord, wandb
from setpoint._query.imports.leveldb_log import Cut
from setpoint._query.imports.source import Context

WANDB = next((CORPUS / "wandb").rglob("*wbdigits.wandb")).read_bytes()
EVENTS = next((CORPUS / "tensorboard" / "tf").rglob("*tfevents*")).read_bytes()


@pytest.mark.parametrize(("read", "data"), [(leveldb_log.read_records, WANDB), (tfrecord.read_records, EVENTS)])
def test_file_cut_at_any_byte_gives_a_prefix_of_the_records(read, data: bytes) -> None:
    whole = list(read(data))
    assert not [record for record in whole if isinstance(record, Cut)]
    for size in range(len(data)):
        found = list(read(data[:size]))
        records = [record for record in found if not isinstance(record, Cut)]
        assert records == whole[: len(records)]
        assert len(found) - len(records) <= 1


@pytest.mark.parametrize(("read", "data"), [(leveldb_log.read_records, WANDB), (tfrecord.read_records, EVENTS)])
def test_flipped_byte_never_gives_a_record_that_was_not_written(read, data: bytes) -> None:
    whole = {record for record in read(data) if not isinstance(record, Cut)}
    for at in range(0, len(data), 7):
        found = list(read(data[:at] + bytes((data[at] ^ 0x55,)) + data[at + 1 :]))
        assert {record for record in found if not isinstance(record, Cut)} <= whole


@pytest.mark.parametrize(("name", "module"), [("wandb", wandb), ("tensorboard", tensorboard)])
def test_run_of_a_cut_file_is_a_beginning_of_the_run(name: str, module, tmp_path: Path) -> None:
    path = next(file for file in sorted((CORPUS / name).rglob("*")) if file.is_file() and file.suffix != ".yaml")
    (whole,) = module.read_runs(path, Context(pytest.fail))
    folder = tmp_path / path.parent.name
    folder.mkdir()
    data = path.read_bytes()
    for size in range(0, len(data), 3):
        cut = folder / path.name
        cut.write_bytes(data[:size])
        for run in module.read_runs(cut, Context(lambda problem: None)):
            for metric, series in run.metrics.items():
                assert series.values == whole.metrics[metric].values[: len(series.values)]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    list(leveldb_log.read_records(leveldb_log.HEADER + b"\x00\x00\x00" + data))
    list(tfrecord.read_records(data))
    try:
        protobuf.read_message(data)
    except ValueError:
        return


def test_record_over_several_blocks_is_joined() -> None:
    record = bytes(range(256)) * 400
    assert list(leveldb_log.read_records(framed(record))) == [record]


def framed(record: bytes) -> bytes:
    """Write one record as W&B does."""
    import zlib

    data = b":W&B\xe1\xbe\x00"
    left, is_first = record, True
    while left or is_first:
        room = 32_768 - len(data) % 32_768 - 7
        part, left = left[:room], left[room:]
        kind = (1 if not left else 2) if is_first else (3 if left else 4)
        data += zlib.crc32(part, zlib.crc32(bytes((kind,)))).to_bytes(4, "little")
        data += len(part).to_bytes(2, "little") + bytes((kind,)) + part
        is_first = False
    return data


def test_crc_is_that_of_the_standard() -> None:
    assert tfrecord.crc32c(bytes(32)) == 0x8A9136AA  # RFC 3720, B.4
    assert tfrecord.crc32c(bytes(range(32))) == 0x46DD794E
    assert tfrecord.crc32c(b"123456789") == 0xE3069283
