"""Journals of every released format version must read for ever: these files are never changed, only added to."""

from pathlib import Path

from setpoint._core.change import Level, Origin
from setpoint._journal.reader import find_segments, read_run

V1 = Path(__file__).parent / "data" / "v1" / "2026-11-24" / "abc-golden"


def test_version_1_reads_as_it_always_did() -> None:
    state = read_run(V1)

    assert (state.id, state.name, state.project, state.group, state.job_type) == (
        "abc-golden",
        "bold-fox-1",
        "digits",
        "g",
        "train",
    )
    assert (state.tags, state.notes) == (["baseline", "long"], "a note")
    assert (state.status, state.exit_code, state.error) == ("failed", 1, "ValueError: boom")
    assert (state.created_ns, state.finished_ns) == (1_795_000_000_000_000_000, 1_795_000_100_003_000_000)
    assert state.config == {
        "lr": 0.1,
        "optim": {"name": "sgd", "betas": [0.9, 0.99, 0.999]},
        "aug": [{}],
        "extra": {"x": (1, 2)},
    }
    assert state.summary == {"loss": 0.25, "lr": 1, "note": "naïve", "best": 3}
    assert list(state.metrics["loss"].steps) == [0, 1, 2, 3]
    assert (state.stats["loss"].count, state.stats["loss"].mean) == (4, 0.75)
    assert state.environment == {"python": "3.11", "argv": ["train.py", "--lr", "0.1"]}
    assert (state.unused, state.lost, state.unknown) == ({"lr": ["learning_rate"]}, 2, 0)


def test_version_1_tells_who_set_what() -> None:
    state = read_run(V1)

    assert state.held["extra.x"].origin == Origin("flag", "--x")
    assert state.held["lr"].origin == Origin("resume")
    assert [(item.key, item.value, item.leading) for item in state.disagreements] == [("lr", 0.2, 0.1)]
    assert [change.level for change in state.changes if change.key == "optim.betas[2]"] == [Level.LOCKED]
    assert [
        (change.key, change.deleted, change.step) for change in state.changes if change.writer.startswith("main-node-1")
    ] == [
        ("lr", False, None),
        ("optim", False, None),
        ("seed", False, None),
        ("optim.name", False, 0),
        ("optim.betas[2]", False, 0),
        ("aug", False, 1),
        ("seed", True, 1),
        ("aug[0].name", True, 1),
    ]


def test_version_1_names_its_damage() -> None:
    state = read_run(V1)
    size = find_segments(V1)[1].stat().st_size

    (damage,) = state.damage
    assert (damage.kind, damage.end, damage.line) == ("checksum", size, 17)
    assert [(writer.role, writer.session, writer.records) for writer in state.writers] == [
        ("main", 1, 15),
        ("main", 2, 3),
        ("child", 1, 2),
    ]
