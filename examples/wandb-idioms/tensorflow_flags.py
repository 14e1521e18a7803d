"""Record the flags of TensorFlow 1. Try: python tensorflow_flags.py --batch_size=64

TensorFlow is too big to install for one example, and its second version has no flags any more. So `tf` is made here
from absl, as TensorFlow 1.5 and later did it: `tf.app.flags` is absl's flags module, whose FLAGS are wrapped in an
object that reads the command line when a flag is first asked for.
"""

import sys
from types import SimpleNamespace

from absl import flags as absl_flags

import setpoint as wandb


class _FlagValuesWrapper:
    __module__ = "tensorflow.python.platform.flags"  # where the class is at home in TensorFlow

    def __init__(self, flags_object):
        self.__dict__["__wrapped"] = flags_object

    def __getattribute__(self, name):
        if name == "__dict__":
            return super().__getattribute__(name)
        return self.__dict__["__wrapped"].__getattribute__(name)

    def __getattr__(self, name):
        wrapped = self.__dict__["__wrapped"]
        if not wrapped.is_parsed():
            wrapped(sys.argv)
        return wrapped.__getattr__(name)

    def __iter__(self):
        return iter(self.__dict__["__wrapped"])


def _define_string(name, default, docstring=None):
    absl_flags.DEFINE_string(name, default, docstring)


tf = SimpleNamespace(
    app=SimpleNamespace(
        flags=SimpleNamespace(
            DEFINE_string=_define_string,
            DEFINE_integer=absl_flags.DEFINE_integer,
            FLAGS=_FlagValuesWrapper(absl_flags.FLAGS),
        )
    )
)

wandb.init()

flags = tf.app.flags
flags.DEFINE_string("data_dir", "/tmp/data")
flags.DEFINE_integer("batch_size", 128, "Batch size.")
wandb.config.update(flags.FLAGS)  # adds all of the tensorflow flags to config
