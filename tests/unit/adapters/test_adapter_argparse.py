"""argparse parsers: what was typed, what is a default, and what else a parser may do."""

import argparse
import sys
from pathlib import Path
from typing import Any

import jsonargparse
import pytest

from setpoint._core.change import Level, Origin, Param
from setpoint.adapters import params_of


def parse(parser: argparse.ArgumentParser, *argv: str) -> dict[str, Param]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["train.py", *argv])
        return {".".join(map(str, param.path)): param for param in params_of(parser)}


def typed(name: str) -> tuple[Level, Origin]:
    return Level.SET, Origin("flag", name)


def default(name: str) -> tuple[Level, Origin]:
    return Level.DEFAULT, Origin("default", name)


def who(param: Param) -> tuple[Level, Origin | None]:
    return param.level, param.origin


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser("train.py")
    made.add_argument(
        "-b", "--batch-size", type=int, default=8, metavar="N", help="input batch size (default: %(default)s)"
    )
    made.add_argument("--lr", type=float, default="0.1", help="learning rate")
    made.add_argument("--ema", action=argparse.BooleanOptionalAction, default=True)
    made.add_argument("--amp", action="store_true")
    made.add_argument("--tag", action="append", default=["base"])
    made.add_argument("-v", action="count", default=0, dest="verbose")
    made.add_argument("--layers", type=int, nargs="+", default=[64])
    made.add_argument("--secret-knob", default=1, help=argparse.SUPPRESS)
    return made


def test_untyped_flags_are_defaults_of_their_long_names(parser: argparse.ArgumentParser) -> None:
    params = parse(parser)
    assert {name: param.value for name, param in params.items()} == {
        "batch_size": 8,
        "lr": 0.1,
        "ema": True,
        "amp": False,
        "tag": ["base"],
        "verbose": 0,
        "layers": [64],
        "secret_knob": 1,
    }
    assert all(param.level is Level.DEFAULT for param in params.values())
    assert params["batch_size"].origin == Origin("default", "--batch-size")
    assert params["lr"].origin == Origin("default", "--lr")
    assert params["verbose"].origin == Origin("default", "-v")


@pytest.mark.parametrize(
    ("argv", "name", "value", "flag"),
    [
        (["--batch-size", "32"], "batch_size", 32, "--batch-size"),
        (["--batch-size=8"], "batch_size", 8, "--batch-size"),  # equal to its default, and typed all the same
        (["--batch", "9"], "batch_size", 9, "--batch-size"),
        (["-b8"], "batch_size", 8, "--batch-size"),
        (["--lr", "0.1"], "lr", 0.1, "--lr"),
        (["--no-ema"], "ema", False, "--no-ema"),
        (["--ema"], "ema", True, "--ema"),
        (["--amp"], "amp", True, "--amp"),
        (["--tag", "a", "--tag", "b"], "tag", ["base", "a", "b"], "--tag"),
        (["-vv"], "verbose", 2, "-v"),
        (["--layers", "64", "32"], "layers", [64, 32], "--layers"),
    ],
)
def test_a_typed_flag_is_set(
    parser: argparse.ArgumentParser, argv: list[str], name: str, value: Any, flag: str
) -> None:
    params = parse(parser, *argv)
    assert params[name].value == value
    assert who(params[name]) == typed(flag)
    assert [other for other, param in params.items() if param.level is Level.SET] == [name]


def test_help_texts_become_descriptions_unless_suppressed(parser: argparse.ArgumentParser) -> None:
    params = parse(parser)
    assert params["batch_size"].description == "input batch size (default: 8)"
    assert params["lr"].description == "learning rate"
    assert params["secret_knob"].description == ""
    assert params["amp"].description == ""


def test_help_text_with_a_bare_percent_is_kept_as_it_is() -> None:
    parser = argparse.ArgumentParser()
    action = parser.add_argument("--warmup")
    action.help = "5 % of all steps"
    assert parse(parser)["warmup"].description == "5 % of all steps"


def test_choices_and_type_are_named_in_descriptions() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, choices=[1, 2], help="%(type)s of %(choices)s in %(prog)s")
    parser.prog = "train.py"
    assert parse(parser)["size"].description == "int of 1, 2 in train.py"


def test_positionals_are_set_when_given_and_default_when_not() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("epochs", nargs="?", type=int, default=5)
    parser.add_argument("extra", nargs="*")
    few, all_given = parse(parser, "mnist"), parse(parser, "mnist", "5", "a")
    assert who(few["data"]) == typed("data")
    assert (who(few["epochs"]), few["extra"].value, who(few["extra"])) == (default("epochs"), [], default("extra"))
    assert (who(all_given["epochs"]), all_given["extra"].value) == (typed("epochs"), ["a"])


def subcommands() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    commands = parser.add_subparsers(dest="command")
    train = commands.add_parser("train", aliases=["t"])
    train.add_argument("--epochs", type=int, default=3, help="passes over the data")
    train.add_argument("--lr", type=float, default=0.1)
    train.set_defaults(task="fit")
    commands.add_parser("test").add_argument("--epochs", default="other", help="another help")
    return parser


def test_subcommand_is_kept_with_its_own_flags() -> None:
    params = parse(subcommands(), "--seed=1", "t", "--epochs", "3")
    assert {name: param.value for name, param in params.items()} == {
        "seed": 1,
        "command": "t",
        "epochs": 3,
        "lr": 0.1,
        "task": "fit",
    }
    assert who(params["seed"]) == typed("--seed")
    assert who(params["command"]) == typed("command")
    assert who(params["epochs"]) == typed("--epochs")
    assert who(params["lr"]) == default("--lr")
    assert who(params["task"]) == default("task")
    assert params["epochs"].description == "passes over the data"


def test_missing_subcommand_is_a_default() -> None:
    assert who(parse(subcommands())["command"]) == default("command")


def test_set_defaults_and_argument_default_are_defaults(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(lr=0.5, run=len)
    params = parse(parser)
    assert (params["lr"].value, who(params["lr"])) == (0.5, default("--lr"))
    assert (params["run"].value, who(params["run"])) == (len, default("run"))


def test_suppressed_defaults_are_absent_until_typed() -> None:
    parser = argparse.ArgumentParser(argument_default=argparse.SUPPRESS)
    parser.add_argument("--lr", type=float)
    assert parse(parser) == {}
    assert who(parse(parser, "--lr=1")["lr"]) == typed("--lr")


def test_flags_that_share_a_name_are_told_apart_by_the_one_that_was_typed() -> None:
    parser = argparse.ArgumentParser()
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--fast", dest="mode", action="store_const", const="fast", default="normal")
    group.add_argument("--exact", dest="mode", action="store_const", const="exact")
    assert who(parse(parser, "--exact")["mode"]) == typed("--exact")
    assert (parse(parser)["mode"].value, who(parse(parser)["mode"])) == ("normal", default("--fast"))


def test_parent_parsers_and_argument_files_count_as_typed(tmp_path: Path) -> None:
    parent = argparse.ArgumentParser(add_help=False)
    parent.add_argument("--lr", type=float, default=0.1)
    parser = argparse.ArgumentParser(parents=[parent], fromfile_prefix_chars="@")
    file = tmp_path / "flags.txt"
    file.write_text("--lr\n0.2\n")
    assert (parse(parser, f"@{file}")["lr"].value, who(parse(parser, f"@{file}")["lr"])) == (0.2, typed("--lr"))
    assert who(parse(parser)["lr"]) == default("--lr")


class Preset(argparse.Action):
    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        namespace.preset = values
        namespace.lr = 0.01


def test_what_a_custom_action_writes_is_set_by_the_caller() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--preset", action=Preset)
    parser.add_argument("--lr", type=float, default=0.1)
    params = parse(parser, "--preset", "small")
    assert who(params["preset"]) == typed("--preset")
    assert (params["lr"].value, who(params["lr"])) == (0.01, (Level.SET, None))


def test_type_functions_run_once() -> None:
    seen: list[str] = []

    def convert(text: str) -> str:
        seen.append(text)
        return text.upper()

    parser = argparse.ArgumentParser()
    parser.add_argument("--name", type=convert, default="x")
    parser.add_argument("--other", type=convert, default="y")
    assert parse(parser, "--name", "a")["other"].value == "Y"
    assert seen == ["a", "y"]


def test_parser_is_left_as_it_was(parser: argparse.ArgumentParser) -> None:
    before = dict(vars(parser))
    parse(parser, "--tag", "a")
    assert vars(parser) == before
    assert parser.parse_args([]).tag == ["base"]


def test_usage_error_exits_as_argparse_does(
    parser: argparse.ArgumentParser, capsys: pytest.CaptureFixture[str]
) -> None:
    before = dict(vars(parser))
    with pytest.raises(SystemExit) as exit_:
        parse(parser, "--lr", "fast")
    assert exit_.value.code == 2
    assert "argument --lr: invalid float value: 'fast'" in capsys.readouterr().err
    assert vars(parser) == before


def test_namespace_is_set_by_the_calling_line() -> None:
    (param,) = params_of(argparse.Namespace(lr=0.1))
    assert who(param) == (Level.SET, None)


def test_parser_inside_a_namespace_is_a_value_and_parses_nothing(parser: argparse.ArgumentParser) -> None:
    (param,) = params_of(argparse.Namespace(parser=parser))
    assert param.value is parser


def test_jsonargparse_parser_gives_nested_params_with_their_flags(tmp_path: Path) -> None:
    parser = jsonargparse.ArgumentParser()
    parser.add_argument("--optim.lr", type=float, default=0.1, help="learning rate")
    parser.add_argument("--optim.name", default="adam")
    parser.add_argument("--epochs", type=int, default=3)
    params = parse(parser, "--optim.lr=0.1")
    assert [param.path for param in params.values()] == [("optim", "lr"), ("optim", "name"), ("epochs",)]
    assert who(params["optim.lr"]) == typed("--optim.lr")
    assert params["optim.lr"].description == "learning rate"
    assert who(params["epochs"]) == default("--epochs")
