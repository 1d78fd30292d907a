"""The walls of the registry: who sees a person or a household, and facts that are only ever closed."""

from typing import ClassVar

from django.db import migrations

from karama.record import guards

PERSON_FACTS = ("civil", "schooling", "income", "birthgrantclaim")
HOUSEHOLD_FACTS = ("membership", "residence", "situation", "paymentaccount", "enrolment", "score", "rsu")

_ESTABLISHMENTS = migrations.RunSQL(
    """
    CREATE FUNCTION karama_sees_establishment(establishment bigint) RETURNS boolean STABLE LANGUAGE sql AS $$
        SELECT EXISTS (SELECT 1 FROM registry_establishment e WHERE e.id = establishment AND (
            CASE karama_setting('karama.scope') WHEN 'territory' THEN karama_sees_place(e.commune, NULL)
            ELSE e.code = karama_setting('karama.establishment') END)) $$;
    """,
    "DROP FUNCTION karama_sees_establishment(bigint)",
)


def _tables(names: tuple[str, ...]) -> list[str]:
    return [f"registry_{name}" for name in names]


class Migration(migrations.Migration):
    """Row-level security on every table with a person's data; facts that nobody overwrites."""

    dependencies: ClassVar = [("registry", "0001_initial"), ("record", "0002_walls")]
    operations: ClassVar = [
        _ESTABLISHMENTS,
        guards.row_security("registry_household", guards.OWN_COMMUNE),
        guards.row_security("registry_person", guards.PERSON, key="id"),
        *(guards.row_security(table, guards.PERSON) for table in _tables(PERSON_FACTS)),
        guards.row_security("registry_health", guards.PERSON, and_sees="(SELECT karama_sees_health())"),
        *(guards.row_security(table, guards.HOUSEHOLD) for table in _tables(HOUSEHOLD_FACTS)),
        guards.row_security("registry_placement", guards.ESTABLISHMENT),
        guards.row_security("record_event", guards.HOUSEHOLD),
        *(guards.facts(table) for table in _tables((*PERSON_FACTS, "health", *HOUSEHOLD_FACTS, "placement"))),
        guards.immutable("registry_person", but=("merged_into_id",)),
        guards.immutable("registry_establishment"),
    ]
