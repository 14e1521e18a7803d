"""``python -m setpoint`` is the command ``setpoint``."""

from setpoint._cli import main

main()
