"""A person's own copy: everything the record holds of that person, who read the file included (law 09-08, art. 7).

For a minor it is the head of the household he lives in who asks, as the registry knows it.  The registry knows where a
child lives and not who has custody: a parent elsewhere, or of two households that both claim the child, is heard at the
counter with the papers that say so.  Of a child who died a minor, the head of his last household asks.

The tables are found from the models (`belonging`), also one that is added tomorrow.  What concerns other members of the
household is theirs and stays out.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields.ranges import RangeField
from django.db.models import BinaryField, Model, Q
from django.utils.timezone import localdate, localtime

from karama.delivery.privacy import age, majority
from karama.delivery.privacy.belonging import rows_of, while_there
from karama.foundation.documents.blocks import Column, Document, Heading, Paragraph, Part, Table
from karama.foundation.documents.page import as_html
from karama.foundation.errors import UnknownParameterError
from karama.foundation.languages import LANGUAGES, Label
from karama.law.engine.parameters import load_yaml
from karama.law.inputs import REGISTER
from karama.law.rsu import SCORE_COLUMNS
from karama.record import journal
from karama.record.models import Account, Event
from karama.record.permissions import File, require, take_own_data
from karama.record.scope import SYSTEM, acting_as
from karama.registry.models import Civil, Household, Membership, Person

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from karama.foundation.languages import Language
    from karama.record.scope import Actor

Section = tuple[str, list[dict[str, Any]]]

_WORDS: dict[Language, tuple[str, str, str]] = {
    "fr": (
        "Ce que le registre sait de vous",
        "Copie de vos données (loi 09-08, article 7)",
        "Une donnée fausse se corrige là où elle est tenue : la colonne « source » le dit.",
    ),
    "ar": (
        "ما يعرفه السجل عنكم",
        "نسخة من معطياتكم (القانون 09-08، المادة 7)",
        "يُصحَّح المعطى الخاطئ حيث يُمسك: انظر عمود المصدر.",
    ),
    "en": (
        "What the registry knows of you",
        "Copy of your data (law 09-08, article 7)",
        "What is wrong is corrected where it is kept: the column “source” says where.",
    ),
}

_WITHOUT_HEALTH = Label(
    "Sans les données de santé : l'agent qui a imprimé cette copie n'a pas le droit de les lire."
    " Prenez-les vous-même dans votre espace, ou demandez-les à un agent qui a ce droit.",
    "من دون معطيات الصحة: الموظف الذي طبع هذه النسخة لا يحق له الاطلاع عليها."
    " خذوها بأنفسكم من فضائكم أو اطلبوها من موظف مخول.",
    "Without facts of health: the agent who printed this copy may not read them."
    " Take them yourself in your space, or ask an agent who may.",
)


def own_data(*, idcs: str, by: Actor, at: dt.datetime) -> dict[str, Any]:
    """Everything known of a person, by table, each row with its columns as JSON holds them; leaves a line.

    The copy is the person's.  An agent who prints it and may not read facts of health prints it without them, and the
    copy says so: the walls of the database leave them out.

    Raises:
        NotAllowedError: the actor is neither that person, nor the head of a minor's household, nor a counter agent
            where the person lives today.
        UnknownParameterError: nobody has that number.
    """
    with acting_as(SYSTEM):
        person = Person.objects.filter(idcs=idcs).first()
        if person is None:
            raise UnknownParameterError(f"nobody has the IDCS '{idcs}': compare it with the person's card")
        homes, minor = _homes(person, localdate(at))
        head = _head_of(homes[0], person, localdate(at)) if minor and len(homes) == 1 else ""
        files = [File(one.commune, one.pk, idcs=idcs, answers=head) for one in homes] or [File("", idcs=idcs)]
        require(any(take_own_data.test(by, file) for file in files), "taking a copy of this person's data")
        with acting_as(replace(SYSTEM, health=by.health)):
            sections = list(_sections(person, list(Membership.objects.filter(person=person))))
        home = homes[0].pk if homes else None
        told = {"tables": len(sections), "health": by.health}
        journal.write(kind="file.copied", subject=("person", person.pk), by=by, at=at, household_id=home, data=told)
    return {"idcs": idcs, "at": localtime(at).isoformat(), "health": by.health, "tables": dict(sections)}


def _homes(person: Person, today: dt.date) -> tuple[list[Household], bool]:
    """Where a person lives, or lived last before dying, as known now; and whether as a minor."""
    civil = Civil.objects.filter(person=person, known__endswith=None).order_by("-validity").first()
    death = civil.death_date if civil else None
    on = min(today, death) if death else today
    stays = Membership.objects.filter(person=person, known__endswith=None)
    there = Q(validity__contains=on) | (Q(validity__endswith=on) if death else Q(pk__in=[]))
    homes = list(Household.objects.filter(pk__in=stays.filter(there).values("household_id")).order_by("pk"))
    return homes, civil is not None and age(civil.birth_date, on) < majority(today)


def _head_of(home: Household, minor: Person, today: dt.date) -> str:
    """The IDCS of the head of a household today; nobody where the registry names two."""
    found = Membership.objects.filter(
        household=home, role="head", known__endswith=None, validity__contains=today
    ).exclude(person=minor)
    heads = list(found.values_list("person__idcs", flat=True))
    return heads[0] if len(heads) == 1 else ""


def _sections(person: Person, stays: list[Membership]) -> Iterator[Section]:
    yield "person", [_row(person)]
    for model, rows in rows_of(person, stays):
        yield model._meta.db_table.split("_", 1)[-1], [_row(one) for one in rows]  # noqa: SLF001 - Django's own name
    accounts = Account.objects.filter(idcs=person.idcs)
    if accounts:
        yield (
            "account",
            [{"username": one.username, "email": one.email, "opened": str(one.date_joined)} for one in accounts],
        )
    yield "journal", [_line(event) for event in _events(person, stays)]


def _events(person: Person, stays: list[Membership]) -> list[Event]:
    mine = Q(subject_type="person", subject_id=str(person.pk)) | while_there(Event, "household_id", stays)
    return list(Event.objects.filter(mine).order_by("id"))


def _line(event: Event) -> dict[str, Any]:
    told = {"at": event.at.isoformat(), "by": event.actor, "kind": event.kind}
    return {**told, "about": f"{event.subject_type} {event.subject_id}", "data": event.data}


def _row(one: Model) -> dict[str, Any]:
    """The columns that say something; a document's bytes stay where they are."""
    told: dict[str, Any] = {}
    for field in one._meta.local_concrete_fields:  # noqa: SLF001 - Django's own
        value = getattr(one, field.attname)
        if isinstance(field, BinaryField) or value is None or value == "":
            continue
        if isinstance(field, RangeField):
            told[field.name] = [None if edge is None else edge.isoformat() for edge in (value.lower, value.upper)]
        else:
            told[field.name] = value if isinstance(value, (bool, int, str, list, dict)) else str(value)
    return told


def as_page(told: dict[str, Any], day: dt.date) -> str:
    """The copy as a page to read, in French, Arabic and English."""
    parts = [_part(told, language) for language in LANGUAGES]
    return as_html(Document(_WORDS["fr"][0], "Agence nationale du soutien social", day, parts))


def _part(told: dict[str, Any], language: Language) -> Part:
    title, subtitle, correct = _WORDS[language]
    blocks: list[Heading | Paragraph | Table] = [Paragraph(correct)]
    if not told["health"]:
        blocks.append(Paragraph(_WITHOUT_HEALTH.get(language)))
    for name, rows in told["tables"].items():
        blocks.append(Heading(labels()["tables"][name].get(language)))
        blocks.append(_table(rows, language))
    return Part(language, title, subtitle, told["at"][:10], blocks)


_WHOLE_LETTER = "content"
"""A letter's own column: the family has the letter, and the file of data holds it too."""


def _table(rows: list[dict[str, Any]], language: Language) -> Table:
    names = list(dict.fromkeys(name for row in rows for name in row if name != _WHOLE_LETTER))
    cells = [[str(row.get(name, "")) for name in names] for row in rows]
    return Table([Column(labels()["columns"][name].get(language)) for name in names], cells, small=True)


@cache
def labels() -> dict[str, dict[str, Label]]:
    """The words of tables and columns: the law's own where it names the fact, else those of ``labels.yaml``."""
    raw = load_yaml(Path(__file__).parent / "labels.yaml")
    found = {part: {name: Label(*words) for name, words in told.items()} for part, told in raw.items()}
    of_the_law = (*REGISTER.columns, *SCORE_COLUMNS)
    return {**found, "columns": {one.name: one.label for one in of_the_law} | found["columns"]}
