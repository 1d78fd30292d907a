"""An SMPP 3.4 centre of an operator: each message is submitted and answered before the next.

A long text goes in parts that the telephone joins, or whole as ``message_payload`` (``?long=payload``).  What was
submitted and not answered may have gone out, and so may a text of which only some parts were taken: a person decides.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from karama.record.messages.segments import encoded, segments_of, split
from karama.record.messages.senders import Result
from karama.record.messages.senders.smpp.pdu import (
    DEFAULT_ALPHABET,
    LATER,
    UCS2,
    WITH_HEADER,
    Command,
    Status,
    part_header,
    read_text_field,
    submit_body,
)
from karama.record.messages.senders.smpp.session import Session
from karama.record.messages.states import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from karama.record.messages.senders import Outgoing

TIMEOUT_SECONDS = 10.0
IDLE_SECONDS = 30.0
"""After so long without a word the link is asked whether it still answers."""

_PORT, _SECURE_PORT = 2775, 3550


class SmppSender:
    """Keeps one bound session, and binds again where it broke."""

    name = "smpp"

    def __init__(self, address: str, password: str, origin: str, timeout: float = TIMEOUT_SECONDS) -> None:
        """Take the address of the centre (``smpp://system_id@host:port``) and the password; connects when asked."""
        parts = urlsplit(address)
        self._encrypted = parts.scheme == "smpps"
        self._host, self._port = parts.hostname or "", parts.port or (_SECURE_PORT if self._encrypted else _PORT)
        self._system_id, self._password = parts.username or "", password
        self._payload = parse_qs(parts.query).get("long") == ["payload"]
        self._origin, self._timeout = origin, timeout
        self._session: Session | None = None

    def send(self, message: Outgoing) -> Result:
        """Submit it once, part by part."""
        try:
            session = self._bound()
        except OSError as error:
            return Result(Outcome.LATER, f"no link: {error}"[:200])
        accepted: list[str] = []
        for body in self._bodies(message):
            result = self._submit(session, body)
            if result.outcome is not Outcome.SENT:
                return _beside(result, accepted)
            accepted.append(result.remote_id)
        return Result(Outcome.SENT, remote_id=" ".join(accepted)[:80])

    def close(self) -> None:
        """Unbind."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _bound(self) -> Session:
        """The session, bound anew where it does not answer any more.

        Raises:
            OSError: the centre cannot be reached, or refuses the name or the password.
        """
        if self._session is not None and self._session.alive(IDLE_SECONDS):
            return self._session
        self._forget()
        session = Session(self._host, self._port, timeout=self._timeout, encrypted=self._encrypted)
        try:
            status = session.bind(self._system_id, self._password)
        except OSError:
            session.abandon()
            raise
        if status != Status.OK:
            session.abandon()
            raise ConnectionRefusedError(f"the centre refuses the session (status {status:#x})")
        self._session = session
        return session

    def _submit(self, session: Session, body: bytes) -> Result:
        try:
            answer = session.ask(Command.SUBMIT_SM, body)
        except OSError as error:
            self._forget()
            return Result(Outcome.UNSURE, f"submitted, no answer: {type(error).__name__}")
        if answer.status == Status.OK:
            return Result(Outcome.SENT, remote_id=read_text_field(answer.body)[0])
        outcome = Outcome.LATER if answer.status in LATER else Outcome.REFUSED
        return Result(outcome, f"status {answer.status:#x}")

    def _bodies(self, message: Outgoing) -> Iterator[bytes]:
        alphabet = segments_of(message.text).alphabet
        coding = DEFAULT_ALPHABET if alphabet == "gsm7" else UCS2
        parts = split(message.text)
        whole = len(parts) == 1
        if whole or self._payload:
            yield submit_body(
                origin=self._origin,
                address=message.address,
                text=encoded(message.text, alphabet),
                coding=coding,
                payload=not whole,
            )
            return
        reference = zlib.crc32(message.key.encode())
        for number, part in enumerate(parts, start=1):
            yield submit_body(
                origin=self._origin,
                address=message.address,
                text=part_header(reference, len(parts), number) + encoded(part, alphabet),
                coding=coding,
                esm_class=WITH_HEADER,
                payload=False,
            )

    def _forget(self) -> None:
        if self._session is not None:
            self._session.abandon()
            self._session = None


def _beside(result: Result, accepted: list[str]) -> Result:
    """A failure beside parts already taken leaves it open what the telephone shows."""
    if not accepted:
        return result
    return Result(Outcome.UNSURE, f"{len(accepted)} parts taken, then {result.detail}", " ".join(accepted)[:80])
