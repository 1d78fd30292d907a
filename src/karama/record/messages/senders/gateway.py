"""An HTTP gateway of an operator: one POST of JSON per message, with a bearer token and an idempotency key.

```
POST /path                     {"to": "+2126…", "from": "Karama", "text": "…", "encoding": "gsm7" | "ucs2"}
Authorization: Bearer …        Idempotency-Key: notice:K7F3Q2A9XQTB
```

2xx is accepted (``id`` of the answer is kept); 429 and 503 are tried again, as is what could not connect; other 4xx
are refused.  Any other answer, or none in time, may hide a message that went out: with a gateway that honours the key
it is tried again with the same one, else (``#once`` in the address) it is left to a person.
"""

from __future__ import annotations

import http.client
import json
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from karama.record.messages.segments import is_gsm7
from karama.record.messages.senders import Result
from karama.record.messages.states import Outcome

if TYPE_CHECKING:
    from karama.record.messages.senders import Outgoing

TIMEOUT_SECONDS = 10.0
_LONGEST_ANSWER = 65_536
_LONGEST_IDENTIFIER = 80
_NOT_HANDLED = frozenset({http.client.TOO_MANY_REQUESTS, http.client.SERVICE_UNAVAILABLE})


class Gateway:
    """Posts to one address, a connection for each message."""

    name = "http"

    def __init__(self, address: str, token: str, origin: str, timeout: float = TIMEOUT_SECONDS) -> None:
        """Take the address of the gateway and the bearer token."""
        self._parts = urlsplit(address)
        self._token = token
        self._origin = origin
        self._timeout = timeout
        self._honours_keys = self._parts.fragment != "once"

    def send(self, message: Outgoing) -> Result:
        """Post it once."""
        connection = self._connection()
        try:
            connection.connect()
        except OSError as error:
            return Result(Outcome.LATER, f"no connection: {type(error).__name__}")
        try:
            connection.request("POST", self._target, self._body(message), self._headers(message))
            answer = connection.getresponse()
            status, body = answer.status, answer.read(_LONGEST_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            return Result(self._perhaps_sent, f"no answer: {type(error).__name__}")
        finally:
            connection.close()
        return self._result(status, body)

    def close(self) -> None:
        """Nothing is held."""

    @property
    def _perhaps_sent(self) -> Outcome:
        """What to do with a message that may have gone out."""
        return Outcome.LATER if self._honours_keys else Outcome.UNSURE

    @property
    def _target(self) -> str:
        query = f"?{self._parts.query}" if self._parts.query else ""
        return f"{self._parts.path or '/'}{query}"

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self._timeout, context=context)
        return http.client.HTTPConnection(host, port, timeout=self._timeout)

    def _body(self, message: Outgoing) -> bytes:
        encoding = "gsm7" if is_gsm7(message.text) else "ucs2"
        told = {"to": message.address, "from": self._origin, "text": message.text, "encoding": encoding}
        return json.dumps(told, ensure_ascii=False).encode()

    def _headers(self, message: Outgoing) -> dict[str, str]:
        token = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        return {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": message.key, **token}

    def _result(self, status: int, body: bytes) -> Result:
        told = f"HTTP {status}"
        if http.client.OK <= status < http.client.MULTIPLE_CHOICES:
            return Result(Outcome.SENT, told, _identifier(body))
        if status in _NOT_HANDLED:
            return Result(Outcome.LATER, told)
        if http.client.BAD_REQUEST <= status < http.client.INTERNAL_SERVER_ERROR:
            return Result(Outcome.REFUSED, told)
        return Result(self._perhaps_sent, told)


def _identifier(body: bytes) -> str:
    """The gateway's own number of the message, where its answer holds one."""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    return str(told.get("id", ""))[:_LONGEST_IDENTIFIER] if isinstance(told, dict) else ""
