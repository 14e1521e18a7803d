"""Set a nested param before there is a run; the section in between is made on the way."""

import setpoint as wandb

wandb.config["train"]["epochs"] = 4
wandb.init()
for x in range(wandb.config["train"]["epochs"]):
    wandb.log({"loss": 1 / (x + 1)})
