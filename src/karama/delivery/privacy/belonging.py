"""Which rows of which tables are a person's own: found from the models, so that a table added tomorrow is found too.

A row is a person's that names the person; or the person's household and nobody, while the person was there; or that
points at such a row and names neither person nor household itself: a proof, a letter, an attempt to send a message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import DateTimeField, Model, Q

from karama.registry.models import Fact, Household, Membership, Person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import Field

Columns = dict[type[Model], list[str]]

LEFT_OUT: Mapping[str, str] = {
    "registry_person": "stands at the head of the copy",
    "registry_household": "its number stands in each row; what is known of it are facts",
    "record_event": "told as the journal, line by line",
    "record_unsealed": "numbers of lines of the journal",
    "decisions_trace": "what the law computed on the way, of all members together; the letter says it in words",
}
"""Tables about persons whose rows are not in the copy as they are, each with its reason."""

_OF_ALL_MEMBERS: Mapping[str, Q] = {
    "decisions_letter": Q(notice__household__isnull=False),
    "appeals_statement": Q(appeal__household__isnull=False, walled_at__isnull=False),
    "appeals_evidence": Q(appeal__household__isnull=False, walled_at__isnull=False),
}
"""Rows that may tell another member's health: in the copy of the head alone, to whom they are addressed."""


def tables() -> list[type[Model]]:
    """Every model whose rows may be a person's: those that name one or a household, then those that point at them."""
    every = [one for one in apps.get_models() if one._meta.db_table not in LEFT_OUT]  # noqa: SLF001 - Django's own
    found = sorted((one for one in every if named(one)), key=_name)
    while more := [one for one in every if one not in found and set(_pointing(one)) & set(found)]:
        found += sorted(more, key=_name)
    return found


def rows_of(person: Person, stays: Sequence[Membership]) -> list[tuple[type[Model], list[Model]]]:
    """The rows of each table that are a person's, in the order of the tables' names; empty ones are left out."""
    models = tables()
    held: dict[type[Model], set[object]] = {
        one: set(_rows(one, _belongs(one, person, stays)).values_list("pk", flat=True)) if named(one) else set()
        for one in models
    }
    grows = True
    while grows:
        grows = False
        for one in models:
            more = set(_rows(one, _points_at(one, held)).values_list("pk", flat=True)) - held[one]
            held[one] |= more
            grows = grows or bool(more)
    head = any(stay.role == "head" and stay.known.upper_inf for stay in stays)
    others = {} if head else _OF_ALL_MEMBERS
    told = []
    for one in sorted(models, key=_name):
        found = _rows(one, Q(pk__in=held[one])).exclude(others.get(_name(one), Q(pk__in=[]))) if held[one] else []
        told.append((one, list(found)))
    return [(one, rows) for one, rows in told if rows]


def named(model: type[Model]) -> Columns:
    """The columns with which a table names persons and households; of a fact, those that name its subject.

    Below the registry's floor there is the bare number of a household.
    """
    fields = _fields(model)
    subjects = model.key if issubclass(model, Fact) else {one.column for one in fields}
    found: Columns = {}
    for one in fields:
        about = Household if one.attname == "household_id" else one.related_model
        if about in {Person, Household} and one.column in subjects:
            found.setdefault(about, []).append(one.name)
    return found


def _name(model: type[Model]) -> str:
    return model._meta.db_table  # noqa: SLF001 - Django's own


def _fields(model: type[Model]) -> Sequence[Field[object, object]]:
    return model._meta.local_concrete_fields  # noqa: SLF001 - Django's own


def _rows(model: type[Model], which: Q):  # type: ignore[no-untyped-def]  # noqa: ANN202 - rows of any model
    return model._default_manager.filter(which).order_by("pk")  # noqa: SLF001 - Django's own


def _pointing(model: type[Model]) -> dict[type[Model], list[str]]:
    """The columns with which a table points at other tables than persons and households."""
    found: Columns = {}
    for one in _fields(model):
        target = one.related_model
        if isinstance(target, type) and target not in {Person, Household, model}:
            found.setdefault(target, []).append(one.name)
    return found


def _points_at(model: type[Model], held: Mapping[type[Model], set[object]]) -> Q:
    """Rows that name nobody and point at rows that are held."""
    found = Q(pk__in=[])
    for target, columns in _pointing(model).items():
        for column in columns if held.get(target) else []:
            found |= Q(**{f"{column}__in": held[target]})
    for columns in named(model).values():
        found &= Q(**dict.fromkeys(columns))
    return found


def _belongs(model: type[Model], person: Person, stays: Sequence[Membership]) -> Q:
    columns = named(model)
    own = Q(pk__in=[])
    for column in columns.get(Person, []):
        own |= Q(**{column: person})
    if Household not in columns or model is Membership:
        return own
    nobody = Q(**dict.fromkeys(columns.get(Person, [])))
    return own | nobody & while_there(model, columns[Household][0], stays)


def while_there(model: type[Model], key: str, stays: Sequence[Membership]) -> Q:
    """What a household's table holds of the time the person was in it, as far as that is known."""
    names = {one.name: one for one in _fields(model)}
    moment = next((name for name, one in names.items() if isinstance(one, DateTimeField)), None)
    found = Q(pk__in=[])
    for stay in stays:
        there = Q(**{key: stay.household_id})
        if "known" in names:
            there &= Q(validity__overlap=stay.validity, known__overlap=stay.known)
        elif not stay.known.upper_inf:
            continue
        elif moment is not None:
            there &= Q(**{f"{moment}__date__gte": stay.validity.lower}) if stay.validity.lower else Q()
            there &= Q(**{f"{moment}__date__lt": stay.validity.upper}) if stay.validity.upper else Q()
        found |= there
    return found
