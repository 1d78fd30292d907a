"""A session with an SMPP centre over one connection: bind, submit, answer what it asks, unbind."""

from __future__ import annotations

import socket
import ssl
import time

from karama.record.messages.senders.smpp.pdu import HEADER, LONGEST, RESPONSE, Command, Status, Unit, bind_body


class LinkBroken(ConnectionError):  # noqa: N818 - what happened, not an error of ours
    """The centre closed the connection, or said something that is no SMPP."""


class Session:
    """One connection, used by one thread; every wait ends after ``timeout`` seconds."""

    def __init__(self, host: str, port: int, *, timeout: float, encrypted: bool) -> None:
        """Connect.

        Raises:
            OSError: nobody answers there.
        """
        self._timeout = timeout
        self._sequence = 0
        self._socket: socket.socket = socket.create_connection((host, port), timeout=timeout)
        self._used_at = time.monotonic()
        if encrypted:
            context = ssl.create_default_context()
            self._socket = context.wrap_socket(self._socket, server_hostname=host)

    def bind(self, system_id: str, password: str) -> int:
        """Ask to send and receive; the centre's status.

        Raises:
            OSError: the link broke.
        """
        return self.ask(Command.BIND_TRANSCEIVER, bind_body(system_id, password)).status

    def alive(self, idle: float) -> bool:
        """Whether the link still answers; asked only where it was idle for so many seconds."""
        if time.monotonic() - self._used_at < idle:
            return True
        try:
            return self.ask(Command.ENQUIRE_LINK).status == Status.OK
        except OSError:
            return False

    def ask(self, command: Command, body: bytes = b"") -> Unit:
        """Send a unit and wait for its own answer; what the centre asks meanwhile is answered.

        Raises:
            TimeoutError: no answer in time.
            OSError: the link broke.
        """
        self._sequence = self._sequence % 0x7FFF_FFFF + 1
        sent = Unit(command, 0, self._sequence, body)
        deadline = time.monotonic() + self._timeout
        self._socket.sendall(sent.as_bytes())
        while True:
            unit = self._receive(deadline)
            self._used_at = time.monotonic()
            if unit.sequence == sent.sequence and unit.command in {command | RESPONSE, RESPONSE}:
                return unit
            self._serve(unit)

    def close(self) -> None:
        """Say goodbye where somebody still listens, and close."""
        try:
            self.ask(Command.UNBIND)
        except OSError:
            pass
        finally:
            self._socket.close()

    def abandon(self) -> None:
        """Close without a word: the link is broken, or its next answer would be taken for another's."""
        self._socket.close()

    def _serve(self, unit: Unit) -> None:
        """Answer the centre: its questions, its delivery reports (taken and not kept), its goodbye."""
        if unit.command & RESPONSE:
            return  # the late answer to something given up
        if unit.command == Command.DELIVER_SM:
            self._socket.sendall(unit.answer(b"\0").as_bytes())
        elif unit.command in {Command.ENQUIRE_LINK, Command.UNBIND}:
            self._socket.sendall(unit.answer().as_bytes())
        else:
            self._socket.sendall(Unit(RESPONSE, 3, unit.sequence).as_bytes())  # generic_nack: no such command
        if unit.command == Command.UNBIND:
            raise LinkBroken("the centre said goodbye")

    def _receive(self, deadline: float) -> Unit:
        length, command, status, sequence = HEADER.unpack(self._read(HEADER.size, deadline))
        if not HEADER.size <= length <= LONGEST:
            raise LinkBroken(f"a unit of {length} bytes is no SMPP")
        return Unit(command, status, sequence, self._read(length - HEADER.size, deadline))

    def _read(self, count: int, deadline: float) -> bytes:
        found = b""
        while len(found) < count:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no answer in time")
            self._socket.settimeout(left)
            part = self._socket.recv(count - len(found))
            if not part:
                raise LinkBroken("the centre closed the connection")
            found += part
        self._socket.settimeout(self._timeout)
        return found
