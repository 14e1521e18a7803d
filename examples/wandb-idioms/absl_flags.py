"""Record absl's flags. Try: python absl_flags.py --model=resnet"""

from absl import app, flags

import setpoint as wandb

flags.DEFINE_string("model", None, "model to run")  # name, default, help


def main(_):
    wandb.init()
    wandb.config.update(flags.FLAGS)  # adds all absl flags to config


if __name__ == "__main__":
    app.run(main)
