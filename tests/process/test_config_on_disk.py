"""Config against a plain dict and against the run as it is read back from disk."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "core"))

from test_config_machine import ConfigMachine

from setpoint._core.tree import tree_of
from setpoint._journal.reader import read_run
from setpoint._run.init import init


class RecordedConfigMachine(ConfigMachine):
    """The same changes on the config of a live run; what its journal says must be what the script holds."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.run = init(dir=self.folder.name, allow_val_change=True, reinit="create_new")
        self.config = self.run.config
        tree_of(self.config).callback = self.told.extend

    def teardown(self) -> None:
        state = read_run(Path(self.run.dir))
        assert state.config == self.model
        assert state.damage == []
        self.run.finish()
        assert read_run(Path(self.run.dir)).config == self.model
        self.folder.cleanup()


TestRecordedConfig = RecordedConfigMachine.TestCase
TestRecordedConfig.settings = settings(
    max_examples=int(os.environ.get("SETPOINT_TEST_EXAMPLES", "20")) // 2, stateful_step_count=30, deadline=None
)
