"""Give init() the config as a dict."""

import setpoint as wandb

wandb.init(config={"epochs": 4, "batch_size": 32})
for x in range(wandb.config.epochs):
    wandb.log({"loss": 1 / (x + 1)})
