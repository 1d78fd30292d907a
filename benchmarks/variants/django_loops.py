"""The amounts as a Django application would work them out, household by household, against PostgreSQL.

``way=loop``: the members of each household are a query of their own, and each amount is saved by itself.
``way=bulk``: members are fetched for 2,000 households at a time (``prefetch_related``), amounts saved by
``bulk_create``.
Both read the 20,000 households of the table ``sampled``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.measuring import Stopwatch, chunks, report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BATCH = 2_000


def configure(dsn: str) -> None:
    """Set Django up with the server as its only database and no application but the models here."""
    import django
    from django.conf import settings

    place = dict(part.split("=", 1) for part in dsn.split())
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": place["host"],
                "PORT": place["port"],
                "USER": place["user"],
                "NAME": place["dbname"],
            }
        },
        INSTALLED_APPS=["benchmarks.variants.django_app"],
        USE_TZ=True,
    )
    django.setup()


def computed(way: str) -> Iterator[Any]:
    """The amounts of the sampled households, saved as they come."""
    from benchmarks.variants.amount_by_hand import amount_of
    from benchmarks.variants.django_app.models import Amount, Household

    chosen = Household.objects.filter(sampled__isnull=False).order_by("household_id")
    if way == "loop":
        for household in chosen.iterator(chunk_size=BATCH):
            eligible, amount = amount_of(household, list(household.persons.all()))
            yield Amount.objects.create(household_id=household.household_id, eligible=eligible, amount=amount)
        return
    made = []
    for household in chosen.prefetch_related("persons").iterator(chunk_size=BATCH):
        eligible, amount = amount_of(household, household.persons.all())
        made.append(Amount(household_id=household.household_id, eligible=eligible, amount=amount))
    for batch in chunks(made, BATCH):
        yield from Amount.objects.bulk_create(batch)


def measure(register: Path, out: Path | None, dsn: str, way: str) -> dict[str, Any]:  # noqa: ARG001 - it is loaded
    """Seconds from the loaded tables to the amounts saved."""
    configure(dsn)
    from django.db import connection

    from benchmarks.variants.django_app.models import Amount
    from benchmarks.variants.postgres import write

    with connection.schema_editor() as editor:
        editor.execute("DROP TABLE IF EXISTS amounts")
        editor.create_model(Amount)
    with Stopwatch() as watch:
        households = sum(1 for _ in computed(way))
    if out:
        write(connection.connection, "(SELECT household_id, eligible, amount FROM amounts)", out)
    return {"seconds": watch.seconds, "households": households}


if __name__ == "__main__":
    report(measure)
