"""Who sees a pair or a contradiction; what was judged never changes; a merge may be taken back."""

from typing import ClassVar

from django.db import migrations

from karama.record import guards
from karama.registry.matching.states import CONTRADICTION_TRANSITIONS, PAIR_TRANSITIONS

_PAIR = " OR ".join(f"({guards.PERSON.replace('{key}', side)})" for side in ("left_id", "right_id"))
"""Whoever sees a household of one of the two sees that there is a pair, and no fact of the other."""


def _of(table: str, column: str) -> str:
    return f"{guards.NATION} OR EXISTS (SELECT 1 FROM {table} seen WHERE seen.id = {{table}}.{column})"


_MERGES = migrations.RunSQL(
    """
    DROP TRIGGER registry_person_immutable ON registry_person;
    CREATE TRIGGER registry_person_immutable BEFORE UPDATE ON registry_person FOR EACH ROW
        WHEN (NEW.merged_into_id IS NOT NULL OR OLD.merged_into_id IS NULL
            OR (OLD.id, OLD.idcs, OLD.created_at) IS DISTINCT FROM (NEW.id, NEW.idcs, NEW.created_at))
        EXECUTE FUNCTION karama_refuse_change('merged_into_id');
    CREATE TRIGGER registry_person_never_deleted BEFORE DELETE ON registry_person FOR EACH ROW
        EXECUTE FUNCTION karama_refuse_change('merged_into_id');
    """,
    """
    DROP TRIGGER registry_person_never_deleted ON registry_person;
    DROP TRIGGER registry_person_immutable ON registry_person;
    CREATE TRIGGER registry_person_immutable BEFORE UPDATE OR DELETE ON registry_person FOR EACH ROW
        EXECUTE FUNCTION karama_refuse_change('merged_into_id');
    """,
)
"""A person is merged into another once, and may only be separated again; never passed on, never renumbered."""


class Migration(migrations.Migration):
    """Row-level security, transitions, judgements that nobody changes."""

    dependencies: ClassVar = [("matching", "0001_initial"), ("registry", "0002_walls")]
    operations: ClassVar = [
        _MERGES,
        guards.row_security("matching_candidatepair", _PAIR),
        guards.row_security("matching_judgement", _of("matching_candidatepair", "pair_id")),
        guards.row_security("matching_contradiction", guards.PERSON),
        guards.row_security("matching_settlement", _of("matching_contradiction", "contradiction_id")),
        guards.transitions("matching_candidatepair", PAIR_TRANSITIONS),
        guards.transitions("matching_contradiction", CONTRADICTION_TRANSITIONS),
        guards.immutable("matching_judgement"),
        guards.immutable("matching_settlement"),
    ]
