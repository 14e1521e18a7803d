"""Name a config file of your own. Run this script in its own folder."""

import setpoint as wandb

wandb.init(config="my_config_file.yaml")
for x in range(wandb.config.epochs):
    wandb.log({"loss": 1 / (x + 1), "lr": wandb.config.optimizer.lr})
