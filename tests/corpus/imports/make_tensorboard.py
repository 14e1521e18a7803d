"""Writes ``tensorboard/``: event files with scalars and hparams, in the old form and as tensors. Run with tensorboardX
and tensorboard installed."""

import shutil
from pathlib import Path

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.hparams import summary_v2
from tensorboard.plugins.scalar import metadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util
from tensorboardX import SummaryWriter

FOLDER = Path(__file__).parent / "tensorboard"


def scalars_as_floats() -> None:
    """As PyTorch and tensorboardX write them; ``add_hparams`` makes a folder of its own below."""
    with SummaryWriter(str(FOLDER / "torch")) as writer:
        for step in range(4):
            writer.add_scalar("loss", 1.0 / (step + 1), step)
        writer.add_scalar("odd", float("nan"), 7)
        writer.add_hparams({"lr": 0.125, "name": "adam", "amp": True, "layers": 3}, {"hparam/acc": 0.75})


def scalars_as_tensors() -> None:
    """As TensorFlow 2 and Keras write them."""
    writer = EventFileWriter(str(FOLDER / "tf" / "train"))
    start = summary_v2.hparams_pb(
        {"lr": 0.01, "units": 64, "optimizer": "sgd", "bias": False}, trial_id="t1", start_time_secs=1700000000.0
    )
    writer.add_event(event_pb2.Event(wall_time=1700000000.0, step=0, summary=start))
    for step in range(3):
        value = summary_pb2.Summary.Value(
            tag="epoch_loss",
            tensor=tensor_util.make_tensor_proto(0.5 / (step + 1)),
            metadata=metadata.create_summary_metadata(display_name="", description=""),
        )
        event = event_pb2.Event(wall_time=1700000001.0 + step, step=step, summary=summary_pb2.Summary(value=[value]))
        writer.add_event(event)
    end = summary_v2._summary_pb(
        "_hparams_/session_end_info",
        __import__("tensorboard.plugins.hparams.plugin_data_pb2", fromlist=["x"]).HParamsPluginData(
            session_end_info=__import__("tensorboard.plugins.hparams.plugin_data_pb2", fromlist=["x"]).SessionEndInfo(
                status=1, end_time_secs=1700000009.0
            )
        ),
    )
    writer.add_event(event_pb2.Event(wall_time=1700000009.0, step=0, summary=end))
    writer.close()


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    scalars_as_floats()
    scalars_as_tensors()


if __name__ == "__main__":
    main()
