"""Train a classifier of handwritten digits, and record everything it was set to. In this folder:

    python train.py
    python train.py --family mlp --seed 1 --set lr=0.01 hidden=[128,64]

The data are the 1,797 images that come with scikit-learn. What all models share is set in config-defaults.yaml, what
one family needs in its file in models/.
"""

import argparse
import ast
from collections.abc import Iterator

import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

import setpoint

DIGITS = np.arange(10)


def linear(config, x, y) -> Iterator[SGDClassifier]:
    params = config.model
    model = SGDClassifier(
        loss="log_loss", learning_rate="constant", eta0=params.lr, alpha=params.l2, random_state=config.seed
    )
    for _ in range(params.epochs):
        yield model.partial_fit(x, y, classes=DIGITS)


def svm(config, x, y) -> Iterator[SVC]:
    params = config.model
    yield SVC(kernel=params.kernel, C=params.C, gamma=params.gamma, random_state=config.seed).fit(x, y)


def forest(config, x, y) -> Iterator[RandomForestClassifier]:
    params = config.model
    model = RandomForestClassifier(max_depth=params.depth, warm_start=True, random_state=config.seed)
    for trees in range(10, params.trees + 1, 10):
        yield model.set_params(n_estimators=trees).fit(x, y)


def mlp(config, x, y) -> Iterator[MLPClassifier]:
    params = config.model
    model = MLPClassifier(
        params.hidden, learning_rate_init=params.lr, batch_size=params.batch_size, random_state=config.seed
    )
    for _ in range(params.epochs):
        yield model.partial_fit(x, y, classes=DIGITS)


FAMILIES = {"linear": linear, "svm": svm, "forest": forest, "mlp": mlp}


def assignment(text: str) -> tuple[str, object]:
    """Read ``lr=0.01`` as ``("lr", 0.01)``."""
    name, _, value = text.partition("=")
    try:
        return name, ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return name, value  # a word, such as kernel=poly


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Train a classifier of handwritten digits.")
    parser.add_argument("--family", choices=FAMILIES, default="mlp", help="the kind of model (default: mlp)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the split, the noise and the model (default: 0)")
    parser.add_argument(
        "--set", nargs="+", type=assignment, default=[], metavar="NAME=VALUE", help="params of the model"
    )
    return parser


def load_data(config):
    digits = load_digits()
    x_train, x_val, y_train, y_val = train_test_split(
        digits.data, digits.target, test_size=config.data.validation, random_state=config.seed, stratify=digits.target
    )
    x_train += np.random.default_rng(config.seed).normal(0.0, config.data.noise, x_train.shape)
    return x_train / 16, x_val / 16, y_train, y_val


def score(model, x, y) -> dict[str, float]:
    scores = {"acc": float(accuracy_score(y, model.predict(x)))}
    if hasattr(model, "predict_proba"):
        scores["loss"] = float(log_loss(y, model.predict_proba(x), labels=DIGITS))
    return scores


def main() -> None:
    parser = command_line()
    run = setpoint.init(project="digits", config=parser, config_exclude_keys=["set"])
    config = run.config
    config.setdefaults(f"models/{config.family}.yaml")
    config.merge({"model": dict(parser.parse_args().set)})

    x_train, x_val, y_train, y_val = load_data(config)
    best = 0.0
    for step, model in enumerate(FAMILIES[config.family](config, x_train, y_train)):
        scores = {"train": score(model, x_train, y_train), "val": score(model, x_val, y_val)}
        run.log(scores, step=step)
        best = max(best, scores["val"]["acc"])
    run.summary["acc"] = best
    run.finish()


if __name__ == "__main__":
    main()
