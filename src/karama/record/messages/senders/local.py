"""Senders that stay in the house, for a demonstration and for tests: the console and a file."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from karama.record.messages.senders import Result
from karama.record.messages.states import Outcome

if TYPE_CHECKING:
    from karama.record.messages.senders import Outgoing


class ConsoleSender:
    """Writes one line per message on standard output."""

    name = "console"

    def send(self, message: Outgoing) -> Result:
        """Print it."""
        sys.stdout.write(_line(message))
        sys.stdout.flush()
        return Result(Outcome.SENT)

    def close(self) -> None:
        """Nothing is held."""


class FileSender:
    """Appends one line of JSON per message to a file, whole lines even from several processes."""

    name = "file"

    def __init__(self, path: str) -> None:
        """Take the path; the file appears with the first message."""
        self._path = path

    def send(self, message: Outgoing) -> Result:
        """Append it; a full disk or a missing folder is tried again later."""
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            return Result(Outcome.LATER, f"{error.strerror}")
        try:
            written = os.write(handle, data := _line(message).encode())
        except OSError as error:
            return Result(Outcome.LATER, f"{error.strerror}")
        finally:
            os.close(handle)
        return Result(Outcome.SENT) if written == len(data) else Result(Outcome.UNSURE, "the line is not whole")

    def close(self) -> None:
        """Nothing is held."""


def _line(message: Outgoing) -> str:
    told = {"key": message.key, "to": message.address, "text": message.text}
    return json.dumps(told, ensure_ascii=False) + "\n"
