"""Answers that were worked out lately: good for the same state, and a while longer where they took long."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
_PATIENCE = 20.0  # an answer about a former state serves so many times as long as it took
_LONGEST_S = 30.0
_QUICK_S = 0.05  # what is had so quickly is never stale


class Recent(Generic[T]):
    """Keeps the last answers to questions; for many threads."""

    def __init__(self, kept: int = 20) -> None:
        """Take how many answers are kept."""
        self._most = kept
        self._kept: OrderedDict[Hashable, tuple[int, float, T]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, question: Hashable, seq: int, answer: Callable[[], T]) -> T:
        """Return the answer to *question* in state *seq*: one that is known, or what *answer* returns."""
        with self._lock:
            found = self._kept.get(question)
            if found is not None and (found[0] == seq or time.monotonic() < found[1]):
                self._kept.move_to_end(question)
                return found[2]
        begun_s = time.monotonic()
        made = answer()
        now_s = time.monotonic()
        until_s = now_s + min(_PATIENCE * max(now_s - begun_s - _QUICK_S, 0), _LONGEST_S)
        with self._lock:
            self._kept[question] = seq, until_s, made
            self._kept.move_to_end(question)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
