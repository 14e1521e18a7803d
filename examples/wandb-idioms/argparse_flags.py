"""Record argparse's flags. Try: python argparse_flags.py --batch-size 64"""

import argparse

import setpoint as wandb

wandb.init()
wandb.config.epochs = 4

parser = argparse.ArgumentParser()
parser.add_argument(
    "-b", "--batch-size", type=int, default=8, metavar="N", help="input batch size for training (default: 8)"
)
args = parser.parse_args()
wandb.config.update(args)
