"""Who carries a message out of the house: a console, a file, an HTTP gateway, an SMPP centre; chosen by one address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from karama.foundation.errors import BadInputError

if TYPE_CHECKING:
    from karama.record.messages.states import Outcome


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a sender is given; ``key`` is the same at each attempt of one message."""

    key: str
    address: str
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """What an attempt gave; ``detail`` says it in words without the text or the number."""

    outcome: Outcome
    detail: str = ""
    remote_id: str = ""


class Sender(Protocol):
    """Carries one message.

    ``send`` never raises for what the operator or the network did: it says whether the message was accepted, certainly
    not sent, or perhaps sent.
    """

    @property
    def name(self) -> str:
        """How the journal calls it."""

    def send(self, message: Outgoing) -> Result:
        """Try once."""

    def close(self) -> None:
        """Let go of connections."""


def sender_from(address: str, secret: str = "", origin: str = "Karama") -> Sender:
    """The sender that an address names.

    ``console:``, ``file:/folder/name``, ``https://gateway/path`` (``#once`` where the gateway does not honour
    idempotency keys), ``smpp://system_id@host:2775`` or ``smpps://…`` (``?long=payload`` for long texts in one piece).
    ``secret`` is the bearer token or the password, ``origin`` the name under which messages appear.

    Raises:
        BadInputError: the address names no known sender.
    """
    from karama.record.messages.senders.gateway import Gateway  # noqa: PLC0415 - only the one that is used
    from karama.record.messages.senders.local import ConsoleSender, FileSender  # noqa: PLC0415 - the same
    from karama.record.messages.senders.smpp import SmppSender  # noqa: PLC0415 - the same

    parts = urlsplit(address)
    match parts.scheme:
        case "console":
            return ConsoleSender()
        case "file" if parts.path:
            return FileSender(parts.path)
        case "http" | "https" if parts.hostname:
            return Gateway(address, secret, origin)
        case "smpp" | "smpps" if parts.hostname and parts.username:
            return SmppSender(address, secret, origin)
        case _:
            raise BadInputError(
                f"messages: '{parts.scheme or address}' names no sender: use console:, file:/path,"
                " https://gateway or smpp://system_id@host:port"
            )
