"""What must hold between the fields of a Moroccan household: its commune and region, its head, its dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.law.inputs import REGIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.foundation.months import Month

COMMUNE_DIGITS = 9


def with_region(raw: dict[str, Any], where: str) -> dict[str, Any]:
    """Add the region, the first two digits of the commune's HCP code.

    Raises:
        BadInputError: the commune is not nine digits, is of no region, or of another one than the region given.
    """
    commune = raw.get("commune")
    if commune is None:
        return dict(raw)
    digits = isinstance(commune, str) and commune.isascii() and commune.isdigit() and len(commune) == COMMUNE_DIGITS
    if not digits or commune[:2] not in REGIONS:
        message = f"{where}: field 'commune': {commune!r} is no HCP code: nine digits, the first two from 01 to 12"
        raise BadInputError(message)
    region = raw.get("region")
    if region is not None and region != commune[:2]:
        message = (
            f"{where}: field 'region': {region!r} is not the region of commune {commune}, which begins with"
            f" '{commune[:2]}': correct one of the two, or leave the region out"
        )
        raise BadInputError(message)
    return {**raw, "region": commune[:2]}


def check_members(members: object, month: Month, where: str) -> None:
    """One living head, or one who died and has no successor yet; nobody dead before birth.

    Raises:
        BadInputError: no head or several, or a date of death before the birth; names the member and the field.
    """
    persons = [one for one in members if isinstance(one, dict)] if isinstance(members, list) else []
    heads = [str(one.get("death_date") or "") for one in persons if one.get("role") == "head"]
    living = sum(1 for died in heads if not died or died >= str(month.first_day))
    if persons and (not heads or living > 1):
        message = f"{where}: field 'role': {living} members are 'head': exactly one must be"
        raise BadInputError(message)
    for number, one in enumerate(persons, start=1):
        _check_dates(one, f"{where}: member {number}")


def _check_dates(person: Mapping[str, Any], where: str) -> None:
    born, died = str(person.get("birth_date") or ""), str(person.get("death_date") or "")
    if died and died < born:
        message = f"{where}: field 'death_date': {died} is before the birth ({born}): correct one"
        raise BadInputError(message)
