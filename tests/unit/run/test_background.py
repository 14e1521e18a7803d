import threading

from setpoint._run import background as background_module
from setpoint._run.background import Background


def test_work_that_raises_is_said_once_and_done_again(monkeypatch, capsys):
    monkeypatch.setattr(background_module, "TICK_S", 0.001)
    monkeypatch.setattr("setpoint._run.talk._talk.is_silent", False)
    monkeypatch.setattr(threading, "excepthook", lambda args: heard.append(args))
    heard, ticks, enough = [], [], threading.Event()

    def tick():
        ticks.append(len(ticks))
        if len(ticks) == 3:
            enough.set()
        raise MemoryError("none left")

    background = Background(lambda: None, tick)
    background.start()
    assert enough.wait(10)
    background.stop(patience_s=10)

    assert heard == []
    assert capsys.readouterr().err.count("MemoryError: none left") == 1


def test_without_a_thread_the_first_work_is_done_at_the_end(monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    done = []
    background = Background(lambda: done.append("first"), lambda: done.append("tick"))
    background.start()
    assert done == []
    background.stop(patience_s=1)
    assert done == ["first"]
