"""What differs, what is alike, and what matters."""

import random
from pathlib import Path
from typing import Any

import pytest
from made_runs import START_NS, record_run, state_of, write_pack

from setpoint._core.change import Level, Origin
from setpoint._journal.state import Held
from setpoint._query.alike import alike, repeats
from setpoint._query.diff import Diff, diff
from setpoint._query.load import load
from setpoint._query.recorded import MISSING
from setpoint._query.runs import runs


def write(store: Path, *configs: dict[str, Any], **facts: Any) -> None:
    write_pack(
        store,
        [state_of(f"run-{at}", config, created_ns=START_NS - at, **facts) for at, config in enumerate(configs)],
    )


def cells(found: Diff) -> dict[str, list[Any]]:
    return {row.key: [cell.value for cell in row.cells] for row in found.config}


def test_only_what_differs_is_shown_and_results_apart(store: Path) -> None:
    record_run(store, "run-a", {"lr": 0.1, "same": 1, "optim": {"name": "adam", "eps": 1}}, {"acc": 0.5})
    record_run(store, "run-b", {"lr": 0.2, "same": 1, "optim": {"name": "sgd", "eps": 1}}, {"acc": 0.6})
    found = diff([load("run-a", store), load("run-b", store)])
    assert cells(found) == {"lr": [0.1, 0.2], "optim.name": ["adam", "sgd"]}
    assert [row.key for row in found.results] == ["summary.acc"]
    assert str(found.config[0].cells[0].origin) == "train.py:7"
    assert found.verdict() == "2 params differ."
    assert diff([load("run-a", store)]).verdict() == "Nothing differs but the results."


def test_types_and_missing_values_are_differences(store: Path) -> None:
    write(store, {"a": 4, "c": None}, {"a": 4.0, "b": 1}, {"a": 4})
    assert cells(runs(store=store).diff()) == {
        "a": [4, 4.0, 4],
        "c": [None, MISSING, MISSING],
        "b": [MISSING, 1, MISSING],
    }


def test_lists_are_aligned_by_content(store: Path) -> None:
    write(store, {"aug": ["flip", "mixup", "crop"]}, {"aug": ["flip", "cutout", "mixup", "crop"]}, {"aug": ["crop"]})
    found = cells(runs(store=store).diff())
    assert sorted(map(str, found.values())) == sorted(
        map(str, [["flip", "flip", MISSING], [MISSING, "cutout", MISSING], ["mixup", "mixup", MISSING]])
    )


def test_a_changed_field_of_a_list_element_is_that_field_alone(store: Path) -> None:
    write(store, {"layers": [{"w": 1, "k": 3}, {"w": 2, "k": 3}]}, {"layers": [{"w": 1, "k": 3}, {"w": 4, "k": 3}]})
    assert cells(runs(store=store).diff()) == {"layers[1].w": [2, 4]}


def test_a_section_against_a_value_is_shown_whole(store: Path) -> None:
    write(store, {"optim": {"name": "adam"}}, {"optim": "adam"})
    assert cells(runs(store=store).diff()) == {"optim": [{"name": "adam"}, "adam"]}


def test_ignored_keys_are_counted_but_not_shown(store: Path) -> None:
    write(store, {"lr": 1, "seed": 1, "paths": {"out": "a"}}, {"lr": 2, "seed": 2, "paths": {"out": "b"}})
    found = runs(store=store).diff(["seed", "paths"])
    assert (list(cells(found)), found.ignored) == (["lr"], 2)


def test_code_is_the_same_wherever_it_lies(store: Path) -> None:
    environments = [
        {"git": {"commit": "aaa", "dirty": False, "root": root, "branch": branch}, "script": f"{root}/src/train.py"}
        for root, branch in (("/home/me/code", "main"), ("/tmp/setpoint-rerun-1/tree", ""))
    ]
    write_pack(store, [state_of(f"run-{at}", {"lr": 1}, environment=found) for at, found in enumerate(environments)])
    assert runs(store=store).diff().verdict() == "Nothing differs but the results."


@pytest.mark.parametrize(
    "other", [{"git": {"commit": "aaa", "dirty": True, "root": "/code"}}, {"script": "/code/eval.py"}]
)
def test_another_diff_or_script_is_other_code(store: Path, other: dict[str, Any]) -> None:
    one = {"git": {"commit": "aaa", "dirty": False, "root": "/code"}, "script": "/code/train.py"}
    write_pack(
        store,
        [state_of(f"run-{at}", {"lr": 1}, environment=found) for at, found in enumerate([one, {**one, **other}])],
    )
    assert runs(store=store).diff().verdict() == "The config is the same; what differs: code."


def test_a_diff_reads_as_a_sentence_and_a_line_for_each_key(store: Path) -> None:
    write(store, {"lr": 0.1, "name": "<b>"}, {"lr": 0.2, "name": "c"})
    found = runs(store=store, order_by="run.id").diff()
    assert repr(found).splitlines()[0] == "2 params differ."
    assert [line.split() for line in repr(found).splitlines()[2:]] == [["lr", "0.1", "0.2"], ["name", "'<b>'", "'c'"]]
    assert "<td style='text-align: left'>&#x27;&lt;b&gt;&#x27;</td>" in found._repr_html_()


def test_equal_configs_on_other_code_or_packages_are_said_to_be_so(store: Path) -> None:
    environments = [
        {"git": {"commit": "aaa"}, "packages": {"numpy": "1"}},
        {"git": {"commit": "bbb"}, "packages": {"numpy": "2"}},
    ]
    write_pack(store, [state_of(f"run-{at}", {"lr": 1}, environment=found) for at, found in enumerate(environments)])
    found = runs(store=store, order_by="run.id").diff()
    assert found.is_config_equal
    assert found.verdict() == "The config is the same; what differs: code, packages."
    assert found.facts[0].values == ("git.commit aaa", "git.commit bbb")
    assert found.to_dict()["facts"][1]["values"] == ["packages.numpy 1", "packages.numpy 2"]


def test_the_origin_of_a_leaf_is_that_of_the_nearest_section_set(store: Path) -> None:
    held = {"optim": Held(Origin("file", "a.yaml", 3), Level.SET, 0, "w")}
    states = [state_of(f"run-{at}", {"optim": {"lr": at}}, held=held) for at in range(2)]
    write_pack(store, states)
    assert str(runs(store=store).diff().config[0].cells[0].origin) == "a.yaml:3"


def test_alike_finds_runs_equal_but_for_the_named_keys(store: Path) -> None:
    base = {"lr": 0.1, "seed": 1, "optim": {"name": "adam"}}
    write(store, base, base | {"seed": 2}, base | {"seed": 3, "lr": 0.2}, base | {"extra": 1}, {"lr": 0.1, "seed": 5})
    run = load("run-0", store)
    assert [(found.run.id, found.keys) for found in alike(run, ["seed"], store)] == [("run-1", ("seed",))]
    assert {found.run.id for found in alike(run, ["seed", "lr"], store)} == {"run-1", "run-2"}
    assert alike(run, [], store) == []


def test_repeats_are_grouped_to_mean_spread_and_count(store: Path) -> None:
    states = [
        state_of(f"run-{at}", {"lr": at // 3, "seed": at}, {"acc": at / 10}) for at in range(6)
    ] + [state_of("run-x", {"lr": 9})]  # fmt: skip
    write_pack(store, states)
    found = repeats(runs(store=store), metric="acc")
    assert [group.count for group in found] == [3, 3, 1]
    assert found[0].mean == pytest.approx(0.4)
    assert found[0].spread == pytest.approx(0.1)
    assert found[2].mean != found[2].mean  # nan: no run of it has the metric


def importance_store(store: Path, count: int = 150) -> None:
    rng = random.Random(3)
    states = []
    for at in range(count):
        name, lr = rng.choice(["adam", "sgd", "lion"]), 10 ** rng.uniform(-4, -1)
        config: dict[str, Any] = {"optim": name, "opt_id": {"adam": 1, "sgd": 2, "lion": 3}[name], "lr": lr, "const": 1}
        config |= {"noise": rng.random(), "noise2": rng.choice("abc"), "seed": rng.randrange(10**6), "out": f"dir-{at}"}
        if name == "sgd":
            config["momentum"] = rng.choice([0.0, 0.9])
        acc = {"adam": 0.0, "sgd": 3.0, "lion": 0.5}[name] + 2.0 * (config.get("momentum") == 0.9) + rng.gauss(0, 0.2)
        states.append(state_of(f"run-{at}", config, {"acc": acc}, created_ns=START_NS + at))
    write_pack(store, states)


def test_importance_finds_the_drivers_and_not_the_noise(store: Path) -> None:
    importance_store(store)
    found = runs(store=store).importance("acc")
    by_key = {param.key: param for param in found.params}
    assert {param.key for param in found.params[:2]} == {"optim", "momentum"}
    assert by_key["optim"].tied == ("opt_id",)
    assert by_key["momentum"].matters
    assert not any(by_key[key].matters for key in ("noise", "noise2", "lr"))
    assert found.constant == ("const",)
    assert "out" not in by_key
    assert found.explained > 0.8


def test_importance_of_independent_params_is_their_share_of_the_variance(store: Path) -> None:
    rng = random.Random(4)
    configs = [{"large": rng.choice([0, 1, 2]), "small": rng.choice([0, 1, 2])} for _ in range(300)]
    states = [
        state_of(f"run-{at}", config, {"acc": 3.0 * config["large"] + config["small"]}, created_ns=START_NS + at)
        for at, config in enumerate(configs)
    ]
    write_pack(store, states)
    large, small = runs(store=store).importance("acc").params
    assert (large.key, large.value) == ("large", pytest.approx(0.9, abs=0.07))
    assert (small.key, small.value) == ("small", pytest.approx(0.1, abs=0.03))


def test_importance_admits_that_there_are_too_few_runs(store: Path) -> None:
    write_pack(store, [state_of(f"run-{at}", {"lr": at}, {"acc": at / 5}) for at in range(5)])
    found = runs(store=store).importance("acc")
    assert found.params == ()
    assert "Too few runs: 5" in found.note


def test_importance_of_pure_noise_says_so(store: Path) -> None:
    rng = random.Random(1)
    config = [{"a": rng.random(), "b": rng.choice("xy")} for _ in range(60)]
    write_pack(store, [state_of(f"run-{at}", found, {"acc": rng.random()}) for at, found in enumerate(config)])
    found = runs(store=store).importance("acc")
    assert "hardly predict" in found.note
    assert not any(param.matters for param in found.params)
