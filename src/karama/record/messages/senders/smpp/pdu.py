"""The protocol data units of SMPP 3.4 that a sender needs, as bytes and back.

Each begins with four numbers of four bytes: length, command, status, sequence (SMPP 3.4, section 3.2).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

HEADER = struct.Struct(">IIII")
LONGEST = 65_536
"""A unit that says it is longer is no SMPP."""

RESPONSE = 0x8000_0000
UCS2, DEFAULT_ALPHABET = 8, 0
WITH_HEADER = 0x40
"""``esm_class``: the text begins with a user data header."""

MESSAGE_PAYLOAD = 0x0424
_VERSION = 0x34
_UNKNOWN, _INTERNATIONAL, _ALPHANUMERIC, _ISDN = 0, 1, 5, 1


class Command(IntEnum):
    """What a unit asks; its answer has the same number with the highest bit set."""

    GENERIC_NACK = 0x0000_0000
    SUBMIT_SM = 0x0000_0004
    DELIVER_SM = 0x0000_0005
    UNBIND = 0x0000_0006
    BIND_TRANSCEIVER = 0x0000_0009
    ENQUIRE_LINK = 0x0000_0015


class Status(IntEnum):
    """Answers that change what is done next (section 5.1.3)."""

    OK = 0x00
    SYSTEM_ERROR = 0x08
    QUEUE_FULL = 0x14
    THROTTLED = 0x58
    TRY_LATER = 0x64


LATER = frozenset({Status.QUEUE_FULL, Status.THROTTLED, Status.TRY_LATER})
"""Answers after which the same message may be submitted again."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: what it asks (with the highest bit for an answer), its status, its number, its body."""

    command: int
    status: int
    sequence: int
    body: bytes = b""

    def as_bytes(self) -> bytes:
        """As it travels."""
        return HEADER.pack(HEADER.size + len(self.body), self.command, self.status, self.sequence) + self.body

    def answer(self, body: bytes = b"", status: int = Status.OK) -> Unit:
        """The answer to it."""
        return Unit(self.command | RESPONSE, status, self.sequence, body)


def text_field(text: str) -> bytes:
    """A text with a zero at its end (C-octet string)."""
    return text.encode("latin-1", "replace") + b"\0"


def read_text_field(body: bytes, start: int = 0) -> tuple[str, int]:
    """A text of a body and where the next field begins."""
    end = body.find(b"\0", start)
    if end < 0:
        return body[start:].decode("latin-1"), len(body)
    return body[start:end].decode("latin-1"), end + 1


def bind_body(system_id: str, password: str) -> bytes:
    """The body of ``bind_transceiver`` (section 4.1.5)."""
    numbers = bytes([_VERSION, _UNKNOWN, _UNKNOWN])
    return text_field(system_id) + text_field(password) + text_field("") + numbers + text_field("")


def submit_body(*, origin: str, address: str, text: bytes, coding: int, esm_class: int = 0, payload: bool) -> bytes:
    """The body of ``submit_sm`` (section 4.4.1); ``payload`` puts the text in ``message_payload``, whole.

    Raises:
        ValueError: the text is longer than 254 bytes and not a payload.
    """
    short = b"" if payload else text
    if len(short) > 254:  # noqa: PLR2004 - the field that says its length has one byte
        raise ValueError(f"{len(short)} bytes do not fit in one submit_sm: split the text or send it as a payload")
    body = (
        text_field("")
        + bytes([_ALPHANUMERIC, _UNKNOWN])
        + text_field(origin)
        + bytes([_INTERNATIONAL, _ISDN])
        + text_field(address.lstrip("+"))
        + bytes([esm_class, 0, 0])
        + text_field("")  # now
        + text_field("")  # for as long as the operator keeps it
        + bytes([0, 0, coding, 0, len(short)])
        + short
    )
    return body + (struct.pack(">HH", MESSAGE_PAYLOAD, len(text)) + text if payload else b"")


def part_header(reference: int, count: int, number: int) -> bytes:
    """The user data header of one part of several (3GPP TS 23.040, 9.2.3.24.1)."""
    return bytes([5, 0, 3, reference & 0xFF, count, number])
