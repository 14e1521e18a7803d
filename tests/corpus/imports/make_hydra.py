"""Writes ``hydra/``: an output folder of a single run and those of a multirun. Run with hydra-core installed."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent / "hydra"
APP = """
import hydra

@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    pass

main()
"""
CONFIG = "defaults:\n  - optim: adam\n  - _self_\nepochs: 3\nseed: 1\nrate: ${optim.lr}\nlayers: [64, 64]\n"


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "conf" / "optim").mkdir(parents=True)
        (folder / "train.py").write_text(APP)
        (folder / "conf" / "config.yaml").write_text(CONFIG)
        (folder / "conf" / "optim" / "adam.yaml").write_text("name: adam\nlr: 1e-3\n")
        (folder / "conf" / "optim" / "sgd.yaml").write_text("name: sgd\nlr: 0.1\nmomentum: 0.9\n")
        for words in (["optim.lr=0.01", "+extra.tag=x"], ["-m", "seed=1,2", "optim=sgd"]):
            subprocess.run([sys.executable, "train.py", *words], cwd=folder, check=True)
        for kind in ("outputs", "multirun"):
            shutil.copytree(folder / kind, FOLDER / kind)
    for path in [*FOLDER.rglob("*.log"), *FOLDER.rglob("multirun.yaml")]:
        path.unlink()
    for path in FOLDER.rglob("hydra.yaml"):
        path.write_text(path.read_text().replace(name, "/home/someone/project"))


if __name__ == "__main__":
    main()
