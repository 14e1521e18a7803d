"""Live changes as server-sent events: which runs changed, at most four times a second, to a few streams."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from setpoint._query.watching import MOST_IDS, Changed

from . import shapes
from .page import Page
from .routes import failure_body, json_answer

_TICK_S = 1.0
_PAUSE_S = 0.25
_COMMENT_S = 15.0
_MOST_STREAMS = 50
_REMEMBERED = 200
_QUEUED = 32


class ChangedEvent(Struct):
    """What a ``changed`` event says: how many runs are new, ids of those that changed, and whether there are more."""

    seq: int
    new: int
    ids: list[str]
    more: bool


class Live:
    """All streams of one page. Everything here runs in the server's event loop, but for ``heard``."""

    def __init__(self, page: Page) -> None:
        """Take the page; nothing is watched before somebody listens."""
        self._page = page
        self._loop: asyncio.AbstractEventLoop | None = None
        self._streams: set[_Stream] = set()
        self._history: deque[ChangedEvent] = deque(maxlen=_REMEMBERED)
        self._waiting: list[ChangedEvent] = []
        self._ticking: asyncio.Task[None] | None = None
        self._is_ended = False
        page.listeners.append(self._heard)
        page.endings.append(self._told_to_end)

    async def stream(self, request: Request) -> Response:
        """Answer with a stream of events that goes on from ``Last-Event-ID``."""
        self._loop = asyncio.get_running_loop()
        if len(self._streams) >= _MOST_STREAMS:
            facts = shapes.ErrorFacts("streams", f"There are {_MOST_STREAMS} live streams already; close some tabs.")
            return json_answer(503, failure_body(facts))
        stream = _Stream()
        self._streams.add(stream)
        if self._is_ended:
            stream.end()
        elif last := request.headers.get("last-event-id", ""):
            stream.put(self._since(last))
        if self._ticking is None or self._ticking.done():
            self._ticking = asyncio.create_task(self._tick())
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._events(stream), media_type="text/event-stream", headers=headers)

    async def _events(self, stream: "_Stream") -> AsyncIterator[bytes]:
        yield b": setpoint\n\n"
        try:
            async for text in stream:
                yield text
        finally:
            self._streams.discard(stream)

    def _since(self, last: str) -> bytes:
        """Return the event for one who has seen all up to *last*; empty where nothing changed since."""
        now = self._page.keeper.seq
        if last == str(now):
            return b""
        missed = [event for event in self._history if last.isdigit() and event.seq > int(last[:18])]
        is_whole = bool(missed) and missed[0].seq == int(last[:18]) + 1 and missed[-1].seq == now
        return _as_event("changed", _merged(missed)) if is_whole else _resync(now)

    async def _tick(self) -> None:
        """Have the store looked at about once a second while somebody listens."""
        while self._streams and not self._is_ended:
            self._page.keeper.want()
            await asyncio.sleep(_TICK_S)

    def _heard(self, seq: int, changed: Changed) -> None:
        """Take a change in; called from the keeper's thread."""
        event = ChangedEvent(seq, changed.new, list(changed.ids), changed.more)
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._publish, event)

    def _publish(self, event: ChangedEvent) -> None:
        self._history.append(event)
        self._waiting.append(event)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_later(_PAUSE_S, self._send)

    def _send(self) -> None:
        text = _as_event("changed", _merged(self._waiting))
        self._waiting.clear()
        for stream in self._streams:
            if not stream.put(text):
                stream.restart(_resync(self._page.keeper.seq))

    def _told_to_end(self) -> None:
        self._is_ended = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        for stream in self._streams:
            stream.end()


class _Stream:
    """What one stream still has to send."""

    def __init__(self) -> None:
        self._texts: deque[bytes] = deque()
        self._is_filled = asyncio.Event()
        self._is_ended = False

    def put(self, text: bytes) -> bool:
        """Add a text; False where its reader is too slow for that."""
        if len(self._texts) >= _QUEUED:
            return False
        if text:
            self._texts.append(text)
            self._is_filled.set()
        return True

    def restart(self, text: bytes) -> None:
        """Forget what was not sent yet, and send this instead."""
        self._texts.clear()
        self.put(text)

    def end(self) -> None:
        self._is_ended = True
        self._is_filled.set()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while not self._is_ended:
            try:
                await asyncio.wait_for(self._is_filled.wait(), _COMMENT_S)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            self._is_filled.clear()
            while self._texts and not self._is_ended:
                yield self._texts.popleft()


def _merged(events: Iterable[ChangedEvent]) -> ChangedEvent:
    merged = ChangedEvent(0, 0, [], False)
    for event in events:
        ids = list(dict.fromkeys([*merged.ids, *event.ids]))
        is_more = merged.more or event.more or len(ids) > MOST_IDS
        merged = ChangedEvent(event.seq, merged.new + event.new, ids[:MOST_IDS], is_more)
    return merged


def _as_event(name: str, event: ChangedEvent) -> bytes:
    return f"id: {event.seq}\nevent: {name}\ndata: {msgspec.json.encode(event).decode()}\n\n".encode()


def _resync(seq: int) -> bytes:
    return f'id: {seq}\nevent: resync\ndata: {{"seq":{seq}}}\n\n'.encode()
