"""`setpoint ui` as a process: its address, live changes, its end, sockets, and what others on the machine can see."""

import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import setpoint
from setpoint._web.guard import security_headers
from setpoint._web.opener import write_opener

Process = subprocess.Popen[str]


class Server:
    """A server that runs, and how it is asked."""

    def __init__(self, process: Process, said: dict[str, Any]) -> None:
        self.process, self.socket_path = process, said["socket"]
        self.url = said["url"]
        self.address, _, self.token = self.url.partition("/#token=")
        self.host = self.address.partition("//")[2]
        self._connections: list[http.client.HTTPConnection] = []

    def connection(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(self.host, timeout=20)
        if self.socket_path:
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.connect(self.socket_path)
        self._connections.append(connection)
        return connection

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        connection = self.connection()
        names = {name.replace("_", "-"): text for name, text in headers.items()}
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}", **names})
        return connection.getresponse()

    def raw(self, data: bytes) -> bytes:
        """Return all that the server says to these bytes."""
        name, _, port = self.host.partition(":")
        with socket.create_connection((name, int(port)), timeout=10) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))

    def end(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Return the exit code after a signal, and how many seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(number)
        code, seconds = self.process.wait(20), time.monotonic() - begun
        for connection in self._connections:
            connection.close()
        return code, seconds

    def close(self) -> str:
        """End the server in any case; returns what it said on standard error."""
        self.end(signal.SIGKILL)
        return self.process.communicate()[1]


def started(*arguments: str) -> Server:
    """Return a server that was started with these arguments."""
    process = subprocess.Popen(
        [sys.executable, "-m", "setpoint", "ui", "--no-browser", "--json", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.communicate()[1]
    return Server(process, json.loads(line))


@pytest.fixture
def server(store: Path) -> Iterator[Server]:
    """Give a server of an empty store."""
    found = started("--port", "0")
    yield found
    found.close()


def refused(*arguments: str) -> tuple[int, str]:
    """Return exit code and message of a server that doesn't start."""
    command = [sys.executable, "-m", "setpoint", "ui", "--no-browser", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout == ""
    return done.returncode, done.stderr


class Events:
    """The events of a live stream."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self._answer = answer

    def next(self) -> dict[str, str]:
        """Return the next event's fields; comments are passed over."""
        fields: dict[str, str] = {}
        while True:
            line = self._answer.readline().decode()
            assert line, "the stream ended"
            name, _, text = line.rstrip("\n").partition(": ")
            if not name and fields:
                return fields
            if name:
                fields[name] = text


def test_a_live_stream_tells_of_a_run_as_it_goes_on(server: Server, store: Path) -> None:
    events = Events(server.get("/api/live"))
    with setpoint.init(dir=store) as run:
        first = events.next()
        run.log({"loss": 1.0})
        second = events.next()
    said = json.loads(first["data"])
    assert (first["event"], said["new"], said["ids"]) == ("changed", 1, [run.id])
    assert json.loads(second["data"])["ids"] == [run.id]
    assert int(second["id"]) == int(first["id"]) + 1


def test_a_stream_goes_on_where_another_ended_or_says_that_it_cant(server: Server, store: Path) -> None:
    first = Events(server.get("/api/live"))
    with setpoint.init(dir=store) as run:
        seen = first.next()
    before = str(int(seen["id"]) - 1)
    again = Events(server.get("/api/live", Last_Event_ID=before)).next()
    assert run.id in json.loads(again["data"])["ids"]
    for unknown in ("999", "x", "-1"):
        assert Events(server.get("/api/live", Last_Event_ID=unknown)).next()["event"] == "resync"


def test_streams_that_were_left_make_room(server: Server) -> None:
    for _ in range(60):
        connection = server.connection()
        connection.request("GET", "/api/live", headers={"Authorization": f"Bearer {server.token}"})
        answer = connection.getresponse()
        assert answer.status == 200
        answer.close()
        connection.close()
    time.sleep(0.2)
    assert server.get("/api/live").status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_two_seconds_with_a_stream_open(server: Server, number: int) -> None:
    answer = server.get("/api/live")
    answer.readline()
    code, seconds = server.end(number)
    assert code == 0
    assert seconds < 2
    assert server.close() == ""


def test_it_ends_while_importance_is_worked_out(server: Server, store: Path) -> None:
    for at in range(14):
        with setpoint.init(dir=store, config={"a": at, "b": at * 7 % 5}) as run:
            run.summary["acc"] = at
    connection = server.connection()
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    connection.request("POST", "/api/importance", b'{"metric": "acc"}', headers)
    time.sleep(0.3)
    assert server.end()[1] < 2


def test_the_token_is_in_no_argument_list_environment_or_log(server: Server) -> None:
    server.get("/api/store").read()
    server.get("/api/none").read()
    pid = server.process.pid
    for name in ("cmdline", "environ"):
        path = Path(f"/proc/{pid}/{name}")
        if path.exists():
            assert server.token.encode() not in path.read_bytes()
    server.end()
    output, said = server.process.communicate()
    assert server.token not in output + said


def test_each_launch_has_a_token_of_its_own(store: Path) -> None:
    servers = [started("--port", "0") for _ in range(2)]
    assert len({server.token for server in servers}) == 2
    assert all(len(server.token) >= 43 for server in servers)
    for server in servers:
        server.close()


def test_the_next_free_port_is_taken_but_a_named_one_is_not_left(store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = refused("--port", str(port))
    assert code == 1
    assert str(port) in said


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.7.7", "::", "example.test"])
def test_another_address_needs_tls_or_a_proxy(store: Path, host: str) -> None:
    code, said = refused("--host", host)
    assert code == 2
    assert "--behind-proxy" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("name", ["*", "*.test", "http://a", "a b", ""])
def test_an_allowed_host_is_a_name_and_no_pattern(store: Path, name: str) -> None:
    assert refused("--allowed-host", name)[0] == 2


def test_a_certificate_that_is_none_is_refused_before_an_address_is_told(store: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "empty.pem"
    assert refused("--tls-cert", str(nothing), "--tls-key", str(nothing))[0] == 2
    assert refused("--tls-cert", str(nothing))[0] == 2
    nothing.touch()
    assert refused("--tls-cert", str(nothing), "--tls-key", str(nothing))[0] == 1


def test_an_allowed_host_is_answered(store: Path) -> None:
    server = started("--port", "0", "--allowed-host", "runs.test")
    assert server.get("/api/store", Host="runs.test").status == 200
    assert server.get("/api/store", Host="other.test").status == 421
    server.end()
    server.close()


def test_a_unix_socket_is_this_users_only_and_goes_with_the_server(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "ui.sock"
    server = started("--socket", str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert server.get("/api/store").status == 200
    assert server.get("/api/store", Host="localhost:8123").status == 200
    assert server.get("/api/store", Host="evil.test:8123").status == 421
    server.end()
    server.close()
    assert not path.exists()


def test_a_socket_that_a_killed_server_left_is_taken_over(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "ui.sock"
    first = started("--socket", str(path))
    assert refused("--socket", str(path))[0] == 1
    first.close()
    second = started("--socket", str(path))
    assert second.get("/api/store").status == 200
    second.close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs to become another user")
def test_another_user_can_read_neither_socket_nor_opener(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "ui.sock"
    server = started("--socket", str(path))
    opener = write_opener(tmp_path, server.url)
    code = (
        "import os, socket, sys; os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "for attempt in (lambda: open(sys.argv[1]), lambda: socket.socket(socket.AF_UNIX).connect(sys.argv[2])):\n"
        "    try: attempt()\n"
        "    except PermissionError: continue\n"
        "    sys.exit('it was let in')"
    )
    tmp_path.chmod(0o755)
    subprocess.run([sys.executable, "-c", code, str(opener), str(path)], check=True)
    server.end()
    server.close()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: %b\r\nHost: %b\r\n\r\n", b"4"),
        (b"GET / HTTP/1.1\r\n\r\n", b"4"),
        (b"GET / HTTP/1.0\r\n\r\n", b"421"),
        (b"GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n", b"421"),
        (b"GET http://evil.test/api/store HTTP/1.1\r\nHost: %b\r\n\r\n", b"4"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: %b\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", b"200"),
        (b"POST /api/check HTTP/1.1\r\nHost: %b\r\nContent-Length: 1\r\nContent-Length: 9\r\n\r\nx", b"4"),
    ],
)
def test_odd_requests_get_an_answer_with_all_headers(server: Server, request_: bytes, status: bytes) -> None:
    answer = server.raw(request_.replace(b"%b", server.host.encode()))
    assert answer.split(b" ")[1].startswith(status)
    head = answer.partition(b"\r\n\r\n")[0].lower()
    for name in security_headers():
        assert name.encode() + b":" in head
    assert b"server:" not in head


def test_a_head_without_end_is_cut_off(server: Server) -> None:
    head = b"GET / HTTP/1.1\r\nHost: %b\r\nX: " + b"x" * 2_000_000
    try:
        answer = server.raw(head.replace(b"%b", server.host.encode()))
    except OSError:  # it stopped reading before we had said all
        answer = b"HTTP/1.1 400 "
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert server.get("/api/store").status == 200


def test_the_opener_is_a_page_of_this_user_only(tmp_path: Path) -> None:
    path = write_opener(tmp_path, 'http://127.0.0.1:1/#token=a"b')
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "token=a&quot;b" in path.read_text()


def test_the_browser_is_led_by_a_file_that_is_gone_afterwards(store: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{log}"\ncat "${{1#file://}}" >> "{log}"\n')
    browser.chmod(0o755)
    environment = {**os.environ, "BROWSER": f"{browser} %s", "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "setpoint", "ui", "--json", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    server = Server(process, json.loads(process.stdout.readline()))
    deadline = time.monotonic() + 10
    while not (log.exists() and "token" in log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    address, _, page = log.read_text().partition("\n")
    assert address.startswith("file://")
    assert server.token not in address
    assert server.url in page
    server.end()
    server.close()
    assert not list(tmp_path.glob("setpoint-ui-*"))


def test_a_page_in_a_notebook_is_served_until_it_is_stopped(store: Path) -> None:
    with setpoint.ui(store, open_browser=False) as page:
        host = page.url.partition("//")[2].partition("/")[0]
        connection = http.client.HTTPConnection(host, timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()
        assert page.is_running
        assert "<iframe" in page._repr_html_()
        assert "token" not in repr(page)
    assert not page.is_running


def test_a_page_that_cant_be_served_says_why(store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(RuntimeError, match="port"):
        setpoint.ui(store, port=taken.getsockname()[1], open_browser=False)
