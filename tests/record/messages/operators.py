"""Operators of the tests: an HTTP gateway and an SMPP centre, real servers over TCP in threads of their own."""

from __future__ import annotations

import json
import socketserver
import struct
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator


@dataclass
class GatewayState:
    """What a gateway was asked, what it really sent, and how it behaves."""

    statuses: list[int] = field(default_factory=list)
    """Answers to give first; then 200."""
    slow: list[float] = field(default_factory=list)
    """Seconds to wait before each answer, after the message went out."""
    honours_keys: bool = True
    requests: list[tuple[dict[str, str], dict[str, str]]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


@contextmanager
def gateway(state: GatewayState) -> Iterator[str]:
    """A gateway on a port of its own; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.requests.append((dict(self.headers), body))
            status = state.statuses.pop(0) if state.statuses else 200
            key = self.headers["Idempotency-Key"]
            if status == 200 and not (state.honours_keys and key in state.seen):
                state.seen.add(key)
                state.sent.append(body["text"])
            if state.slow:
                time.sleep(state.slow.pop(0))
            answer = json.dumps({"id": f"g-{len(state.sent)}"}).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except ConnectionError:
                pass  # who asked went away

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False  # the end of the test waits for slow answers
    with _served(server):
        yield f"http://127.0.0.1:{server.server_address[1]}/sms"


@contextmanager
def _served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Submitted:
    """One submit_sm as the centre read it, field by field, by SMPP 3.4 section 4.4.1."""

    origin: str
    address: str
    esm_class: int
    coding: int
    text: bytes
    payload: bytes | None


@dataclass
class CentreState:
    """What an SMPP centre received, and how it behaves."""

    password: str = "secret"
    statuses: list[int] = field(default_factory=list)
    """Answers to submit_sm to give first; then 0."""
    silent_on: set[int] = field(default_factory=set)
    """Numbers of the submissions (from 1) that are taken and never answered."""
    asks_before_answering: bool = False
    """Sends a delivery report and an enquire_link before each answer."""
    hang_up_after: int | None = None
    """Closes the connection after so many answers."""
    submitted: list[Submitted] = field(default_factory=list)
    commands: list[int] = field(default_factory=list)
    answers_seen: list[int] = field(default_factory=list)
    binds: int = 0


@contextmanager
def centre(state: CentreState) -> Iterator[int]:
    """An SMPP centre on a port of its own; gives the port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            _Conversation(self.request, state).run()

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = False

    server = Server(("127.0.0.1", 0), Handler)
    with _served(server):
        yield int(server.server_address[1])


class _Conversation:
    """One connection to the centre; written from the standard, with none of the sender's code."""

    def __init__(self, connection: socket.socket, state: CentreState) -> None:
        self.connection, self.state = connection, state
        self.answered = 0

    def run(self) -> None:
        try:
            while self.one():
                pass
        except (ConnectionError, OSError):
            pass

    def one(self) -> bool:
        """Serve one unit; False where the conversation ends."""
        header = self._read(16)
        if header is None:
            return False
        length, command, _status, sequence = struct.unpack(">4I", header)
        body = self._read(length - 16) or b""
        self.state.commands.append(command)
        if command & 0x80000000:
            self.state.answers_seen.append(command)
            return True
        if command == 0x09:
            return self._bind(sequence, body)
        if command == 0x15:
            self._send(0x80000015, 0, sequence)
        elif command == 0x06:
            self._send(0x80000006, 0, sequence)
            return False
        elif command == 0x04:
            return self._submit(sequence, body)
        return True

    def _bind(self, sequence: int, body: bytes) -> bool:
        _name, password, *_ = body.split(b"\0")
        ok = password.decode() == self.state.password
        self.state.binds += ok
        self._send(0x80000009, 0 if ok else 0x0E, sequence, b"centre\0")
        return ok

    def _submit(self, sequence: int, body: bytes) -> bool:
        self.state.submitted.append(read_submit(body))
        if len(self.state.submitted) in self.state.silent_on:
            return True
        if self.state.asks_before_answering:
            self._send(0x05, 0, 7001, b"\0" * 17)
            self._send(0x15, 0, 7002)
            self._send(0x0103, 0, 7003)  # something that no sender knows
        status = self.state.statuses.pop(0) if self.state.statuses else 0
        self._send(0x80000004, status, sequence, b"m-%d\0" % len(self.state.submitted) if status == 0 else b"")
        self.answered += 1
        return self.answered != self.state.hang_up_after

    def _send(self, command: int, status: int, sequence: int, body: bytes = b"") -> None:
        self.connection.sendall(struct.pack(">4I", 16 + len(body), command, status, sequence) + body)

    def _read(self, count: int) -> bytes | None:
        found = b""
        while len(found) < count:
            part = self.connection.recv(count - len(found))
            if not part:
                return None
            found += part
        return found


def read_submit(body: bytes) -> Submitted:
    """The fields of a submit_sm."""
    place = 0

    def text() -> str:
        nonlocal place
        end = body.index(b"\0", place)
        found, place = body[place:end].decode("latin-1"), end + 1
        return found

    def number() -> int:
        nonlocal place
        place += 1
        return body[place - 1]

    text()  # service_type
    number(), number()
    origin = text()
    number(), number()
    address = text()
    esm_class = number()
    number(), number()
    text(), text()
    number(), number()
    coding = number()
    number()
    length = number()
    short, place = body[place : place + length], place + length
    payload = None
    if place < len(body):
        tag, size = struct.unpack_from(">HH", body, place)
        assert tag == 0x0424
        payload = body[place + 4 : place + 4 + size]
        assert len(payload) == size
    return Submitted(origin, address, esm_class, coding, short, payload)
