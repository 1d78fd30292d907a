"""The walls of the registry: who sees a person or a household, and facts that are only ever closed."""

from typing import ClassVar

from django.db import migrations

from karama.record import guards

PERSON_FACTS = ("civil", "schooling", "income", "birthgrantclaim")
HOUSEHOLD_FACTS = ("residence", "situation", "paymentaccount", "enrolment", "score", "rsu")

_SEES_PERSON = migrations.RunSQL(
    """
    CREATE FUNCTION karama_sees_person(person bigint) RETURNS boolean STABLE LANGUAGE sql
        BEGIN ATOMIC SELECT EXISTS (SELECT 1 FROM registry_person p WHERE p.id = person); END;
    """,
    "DROP FUNCTION karama_sees_person(bigint)",
)
_AND_PERSON = f"{guards.NATION} OR (%s) AND karama_sees_person({{table}}.person_id)"
"""Nobody draws a person he does not see into a household or an establishment he sees: the whole file would open.

A function, because a policy may not read the table it guards, and who sees a person is read from memberships.
"""


def _tables(names: tuple[str, ...]) -> list[str]:
    return [f"registry_{name}" for name in names]


class Migration(migrations.Migration):
    """Row-level security on every table with a person's data; facts that nobody overwrites."""

    dependencies: ClassVar = [("registry", "0001_initial"), ("record", "0002_walls")]
    operations: ClassVar = [
        guards.row_security("registry_household", guards.OWN_COMMUNE),
        guards.row_security("registry_person", guards.PERSON, key="id"),
        *(guards.row_security(one, guards.PERSON_THEN, adds=guards.PERSON) for one in _tables(PERSON_FACTS)),
        guards.row_security(
            "registry_health", guards.PERSON_THEN, adds=guards.PERSON, and_sees="(SELECT karama_sees_health())"
        ),
        _SEES_PERSON,
        guards.row_security("registry_membership", guards.HOUSEHOLD, adds=_AND_PERSON % guards.HOUSEHOLD),
        *(guards.row_security(table, guards.HOUSEHOLD) for table in _tables(HOUSEHOLD_FACTS)),
        guards.row_security("registry_placement", guards.ESTABLISHMENT, adds=_AND_PERSON % guards.ESTABLISHMENT),
        guards.row_security("record_event", guards.HOUSEHOLD, adds=guards.OWN_NAME),
        *(guards.facts(one) for one in _tables((*PERSON_FACTS, *HOUSEHOLD_FACTS, "health", "membership", "placement"))),
        guards.immutable("registry_person", but=("merged_into_id",)),
        guards.immutable("registry_establishment"),
    ]
