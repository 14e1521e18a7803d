"""Set a param, then start the run: init() adopts what was set."""

import setpoint as wandb

wandb.config.epochs = 4
wandb.init()
for x in range(wandb.config.epochs):
    wandb.log({"loss": 1 / (x + 1)})
