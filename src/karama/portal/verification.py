"""The page that letters name: whether the code on a notice is genuine, without a word about a person."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from axes.helpers import get_client_ip_address
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from karama.delivery.checking import check
from karama.foundation.errors import BadInputError
from karama.foundation.reference_codes import read_code, spoken
from karama.foundation.wording import month_name
from karama.law import programme_named
from karama.portal.language import page_language
from karama.portal.words import SUBJECTS
from karama.record import rates

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

TOO_MANY, NO_CODE = 429, 422
_LONGEST = 64
"""Characters of what was typed that are shown again."""


@never_cache
@require_safe
def verifier(request: HttpRequest, code: str = "") -> HttpResponse:
    """Ask for a code, or tell about the one that was entered or followed."""
    typed = (code or request.GET.get("code", "")).strip()
    if not typed:
        return render(request, "karama/verifier.html")
    address = get_client_ip_address(request) or ""
    if wait := rates.wait_before(rates.key_of_stranger(address), rates.STRANGERS):
        answer = render(request, "429.html", status=TOO_MANY)
        answer["Retry-After"] = str(math.ceil(wait))
        return answer
    try:
        told = _told(typed)
    except BadInputError:
        return render(request, "karama/verifier.html", {"typed": typed[:_LONGEST], "slip": True}, status=NO_CODE)
    return render(request, "karama/verifier.html", told)


def _told(typed: str) -> dict[str, Any]:
    """What the page says of a code.

    Raises:
        BadInputError: no code at all, or a slip of the pen.
    """
    found = check(typed)
    told: dict[str, Any] = {"typed": spoken(read_code(typed)), "found": found}
    language = page_language()
    if found.genuine:
        told["subject"] = SUBJECTS[found.subject].get(language)
    if found.programme:
        told["programme"] = programme_named(found.programme).label.get(language)
    if found.month:
        told["month"] = month_name(found.month, language)
    return told
