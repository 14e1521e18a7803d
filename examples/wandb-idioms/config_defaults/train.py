"""Let config-defaults.yaml in the working folder load by itself. Run this script in its own folder."""

import setpoint as wandb

wandb.init()
for x in range(wandb.config.epochs):
    wandb.log({"loss": 1 / (x + 1)})
