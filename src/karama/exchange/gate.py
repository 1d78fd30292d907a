"""The gate before an address: how often somebody may ask, what may be sent, how much of it; nothing is read before."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from axes.helpers import get_client_ip_address
from ninja.throttling import BaseThrottle

from karama.exchange.problems import LENGTH, MEDIA, TOO_LARGE, TOO_MANY, ProblemError
from karama.record.rates import STRANGERS, Allowance, key_of_stranger, wait_before

if TYPE_CHECKING:
    from django.http import HttpRequest

JSON = "application/json"
KIB = 2**10

CALLERS = Allowance(burst=200, per_second=50)
"""Of one account, whatever its tokens and sessions."""


@dataclass(frozen=True)
class Gate(BaseThrottle):
    """What an address lets in."""

    media: tuple[str, ...] = ()
    """Types of the body; where there are none, a body is not read."""
    most_bytes: int = 128 * KIB

    def allow_request(self, request: HttpRequest) -> bool:
        """Let in.

        Raises:
            ProblemError: asked too often, or a body that is too large, of unknown length or of another type.
        """
        caller = getattr(request, "auth", None)
        if caller is None:
            charge_address(request)
        else:
            _charge(f"account {caller.account.pk}", CALLERS)
        if self.media:
            self._check_body(request)
        return True

    def _check_body(self, request: HttpRequest) -> None:
        length = request.META.get("CONTENT_LENGTH")
        if not length:
            if request.META.get("HTTP_TRANSFER_ENCODING") or request.META.get("wsgi.input_terminated"):
                raise ProblemError(LENGTH, "the body has no length: send Content-Length, not chunks")
            return
        if not length.isdecimal():
            raise ProblemError(LENGTH, "the length of the body is no number: correct Content-Length")
        if int(length) > self.most_bytes:
            raise ProblemError(TOO_LARGE, f"{int(length)} bytes: at most {self.most_bytes} are read here")
        if int(length) and request.content_type not in self.media:
            raise ProblemError(
                MEDIA,
                f"'{request.content_type}' is not read here: send {' or '.join(self.media)}",
                headers={"Accept": ", ".join(self.media)},
            )


def charge_address(request: HttpRequest) -> None:
    """Count a call of an address that is nobody's.

    Raises:
        ProblemError: too many of them.
    """
    _charge(key_of_stranger(get_client_ip_address(request) or ""), STRANGERS)


def _charge(key: str, allowance: Allowance) -> None:
    if wait := wait_before(key, allowance):
        seconds = math.ceil(wait)
        raise ProblemError(
            TOO_MANY,
            f"asked too often: wait {seconds} s; at most {allowance.per_second:g} a second are answered",
            headers={"Retry-After": str(seconds)},
        )
