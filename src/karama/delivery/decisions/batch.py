"""Decisions by the hundred thousand: the claims waiting, or the households whose facts or month changed.

A batch is one transaction: all its decisions, claims and events, or none.  Whoever runs it again goes on with what is
left.  Claims another transaction holds are passed over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from karama.delivery.claims.states import ClaimState
from karama.delivery.decisions.many import outcomes
from karama.delivery.decisions.models import Decision, Reassessment
from karama.delivery.decisions.notices import notify
from karama.delivery.decisions.states import Change, DecisionKind, change_between
from karama.delivery.programmes import programme as entrusted
from karama.delivery.references import Subject, new_references
from karama.foundation.months import Month
from karama.record import journal
from karama.record.clock import now
from karama.record.scope import SYSTEM, acting_as
from karama.registry.facts import share_registry

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from karama.delivery.decisions.deciding import Outcome

CHUNK = 100_000
"""Households of one batch of a reassessment."""

_COLUMNS = (
    "id",
    "reference",
    "claim_id",
    "household_id",
    "change",
    "inputs_hash",
    "law_version",
    "eligible",
    "aid",
    "amount_centimes",
    "monthly_centimes",
    "reasons",
    "previous_id",
)
_TYPES = (
    "id bigint, reference text, claim_id bigint, household_id bigint, change text, inputs_hash text, law_version text,"
    " eligible boolean, aid text, amount_centimes bigint, monthly_centimes bigint, reasons text[], trace jsonb,"
    " previous_id bigint"
)

_PREVIOUS = """
    SELECT a.household_id, a.claim_id, p.id, p.eligible, p.monthly_centimes FROM asked a
    LEFT JOIN decisions_decision p ON p.household_id = a.household_id AND p.programme = %s
        AND NOT EXISTS (SELECT 1 FROM decisions_decision n WHERE n.previous_id = p.id)
    WHERE a.month = %s"""


@dataclass(frozen=True)
class BatchResult:
    """What a batch did."""

    looked_at: int
    decided: int
    granted: int
    unchanged: int

    def __add__(self, other: BatchResult) -> BatchResult:
        """Two batches together."""
        return BatchResult(
            self.looked_at + other.looked_at,
            self.decided + other.decided,
            self.granted + other.granted,
            self.unchanged + other.unchanged,
        )


def decide_claims(*, programme: str, most: int = 100_000) -> BatchResult:
    """Decide submitted claims whose facts were all written when they were submitted, the oldest deadline first.

    Of one household one claim is decided in a batch; call again until nothing was looked at.
    """
    kinds = [
        one.name
        for one in entrusted(programme).kinds.values()
        if one.decides and one.about != "placed_person" and all(fact.when == "submitted" for fact in one.facts)
    ]
    with acting_as(SYSTEM):
        share_registry()
        looked_at = _ask(
            "SELECT c.id AS claim_id, c.household_id, c.claim_month AS month FROM claims_claim c"
            " WHERE c.state = %s AND c.programme = %s AND c.kind = ANY(%s) AND NOT EXISTS (SELECT 1 FROM claims_claim o"
            " WHERE o.household_id = c.household_id AND o.id < c.id AND o.state = c.state AND o.programme = c.programme"
            " AND o.kind = ANY(%s)) ORDER BY c.due_on, c.id LIMIT %s FOR UPDATE OF c SKIP LOCKED",
            [ClaimState.SUBMITTED, programme, kinds, kinds, most],
        )
        at = now()
        done = BatchResult(looked_at, 0, 0, 0)
        for month in _months():
            done += _decide_month(programme, month, DecisionKind.CLAIM, at)
        _close_claims(at)
        return done


def reassess_households(
    *, programme: str, month: Month, changed_since: dt.datetime | None = None, most: int = CHUNK
) -> Iterator[BatchResult]:
    """Decide again the households that claimed the programme, in batches by their ids; keep what changes.

    Each batch is one transaction, which remembers how far it came: a run that was killed goes on where it was.  Who
    runs it at the same time waits, and goes on after.  ``changed_since`` leaves out households of which nothing was
    learnt since: where neither the month nor the law changed, they cannot change.

    Yields:
        What each batch did, as it is committed.
    """
    run = _run_of(programme, month, changed_since)
    while True:
        with acting_as(SYSTEM):
            held = Reassessment.objects.select_for_update().get(pk=run)
            if held.ended_at is not None:
                return
            done = _reassess_batch(held, most)
        if done.looked_at:
            yield done


def _run_of(programme: str, month: Month, changed_since: dt.datetime | None) -> int:
    """The run that is under way for the month, or a new one."""
    with acting_as(SYSTEM):
        run, new = Reassessment.objects.get_or_create(
            programme=programme,
            month=month.first_day,
            ended_at=None,
            defaults={"changed_since": changed_since, "started_at": now()},
        )
        if new:
            journal.write(
                kind="reassessment.started",
                subject=("reassessment", run.pk),
                by=SYSTEM,
                at=run.started_at,
                data={"programme": programme, "month": str(month), "changed_since": changed_since},
            )
        return run.pk


def _reassess_batch(run: Reassessment, most: int) -> BatchResult:
    """The next batch of a run whose row is held; without a household left, the run ends."""
    share_registry()
    month, since = Month.of(run.month), run.changed_since
    learnt = f" AND e.household_id IN ({_LEARNT})" if since else ""
    looked_at = _ask(
        "SELECT NULL::bigint AS claim_id, e.household_id, %s::date AS month FROM (SELECT DISTINCT household_id"
        " FROM registry_enrolment WHERE programme = %s AND upper_inf(known) AND household_id > %s) e"
        f" WHERE true{learnt} ORDER BY e.household_id LIMIT %s",
        [month.first_day, run.programme, run.after, *([since] * _MOMENTS if since else []), most],
    )
    at = now()
    if looked_at:
        done = _decide_month(run.programme, month, DecisionKind.REASSESSMENT, at, looked_at=looked_at)
        run.after, run.looked_at, run.decided = _last_asked(), run.looked_at + looked_at, run.decided + done.decided
    else:
        done, run.ended_at = BatchResult(0, 0, 0, 0), at
        told = {"looked_at": run.looked_at, "decided": run.decided}
        journal.write(kind="reassessment.ended", subject=("reassessment", run.pk), by=SYSTEM, at=at, data=told)
    run.save(update_fields=["after", "looked_at", "decided", "ended_at"])
    return done


_PERSON_FACTS = ("civil", "schooling", "health", "income", "birthgrantclaim")
_HOUSEHOLD_FACTS = ("membership", "residence", "situation", "score", "declaration")
_LEARNT = " UNION ".join(
    [f"SELECT household_id FROM registry_{one} WHERE lower(known) > %s" for one in _HOUSEHOLD_FACTS]
    + [
        f"SELECT m.household_id FROM registry_{one} f JOIN registry_membership m ON m.person_id = f.person_id"
        " WHERE lower(f.known) > %s"
        for one in _PERSON_FACTS
    ]
)
"""Households of which something was learnt after a moment."""

_MOMENTS = len(_HOUSEHOLD_FACTS) + len(_PERSON_FACTS)


def _ask(query: str, params: list[Any]) -> int:
    """Name the subjects of the batch and hold their households, always in the same order."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS asked")
        cursor.execute("CREATE TEMPORARY TABLE asked (claim_id bigint, household_id bigint, month date) ON COMMIT DROP")
        cursor.execute(f"INSERT INTO asked {query}", params)
        count = int(cursor.rowcount)
        cursor.execute(
            "SELECT count(*) FROM (SELECT id FROM registry_household WHERE id IN (SELECT household_id FROM asked)"
            " ORDER BY id FOR UPDATE) held"
        )
        cursor.execute("ANALYZE asked")
        return count


def _months() -> list[Month]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT month FROM asked ORDER BY month")
        return [Month.of(month) for (month,) in cursor.fetchall()]


def _last_asked() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(household_id) FROM asked")
        (last,) = cursor.fetchone() or (0,)
        return int(last)


def _decide_month(
    programme: str, month: Month, kind: DecisionKind, at: dt.datetime, *, looked_at: int = 0
) -> BatchResult:
    """The decisions of one month of the batch, added with their events."""
    with connection.cursor() as cursor:
        cursor.execute(_PREVIOUS, [programme, month.first_day])
        before = {row[0]: row[1:] for row in cursor.fetchall()}
    chosen = f"SELECT household_id FROM asked WHERE month = '{month.first_day}'"
    found = list(outcomes(chosen, programme, month, at))
    taken = list(_taken(found, before, kind))
    _add(taken, programme, month, kind, at)
    granted = sum(1 for _, _, one in taken if one.eligible)
    return BatchResult(looked_at, len(taken), granted, len(found) - len(taken))


_Taken = tuple[tuple[Any, ...], Change, "Outcome"]


def _taken(
    found: list[tuple[int, Outcome]], before: dict[int, tuple[Any, ...]], kind: DecisionKind
) -> Iterator[_Taken]:
    """The outcomes that make a decision: all on claims, those that change something otherwise."""
    for household_id, one in found:
        claim_id, previous, eligible, monthly = before[household_id]
        change = change_between(
            kind, None if previous is None else (eligible, monthly), (one.eligible, one.monthly_centimes)
        )
        if kind == DecisionKind.CLAIM or change != Change.SAME:
            yield (claim_id, household_id, previous), change, one


def _add(taken: list[_Taken], programme: str, month: Month, kind: DecisionKind, at: dt.datetime) -> None:
    names = new_references(Decision, Subject.DECISION, len(taken)) if taken else []
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS taken")
        cursor.execute(f"CREATE TEMPORARY TABLE taken ({_TYPES}) ON COMMIT DROP")
        with cursor.copy(f"COPY taken ({', '.join(_COLUMNS)}, trace) FROM STDIN") as rows:
            for (key, reference), ((claim_id, household_id, previous), change, one) in zip(names, taken, strict=True):
                rows.write_row(
                    (
                        key,
                        reference,
                        claim_id,
                        household_id,
                        str(change),
                        one.inputs_hash,
                        one.law_version,
                        one.eligible,
                        one.aid,
                        one.amount_centimes,
                        one.monthly_centimes,
                        list(one.reasons),
                        previous,
                        json.dumps(one.trace, ensure_ascii=False),
                    )
                )
        cursor.execute(
            f"INSERT INTO decisions_decision ({', '.join(_COLUMNS)}, programme, kind, month, known_at, decided_at)"
            f" SELECT {', '.join(_COLUMNS)}, %s, %s, %s, %s, %s FROM taken",
            [programme, kind, month.first_day, at, at],
        )
        cursor.execute("INSERT INTO decisions_trace (decision_id, content) SELECT id, trace FROM taken")
    journal.write_many(
        "SELECT reference, household_id, jsonb_build_object('programme', %s::text, 'kind', %s::text, 'change', change,"
        " 'month', %s::text, 'eligible', eligible, 'amount_centimes', amount_centimes, 'reasons', reasons,"
        " 'inputs_hash', inputs_hash, 'law_version', law_version) FROM taken",
        [programme, kind, str(month)],
        kind="decision.taken",
        subject_type="decision",
        by=SYSTEM,
        at=at,
    )
    notify("SELECT id FROM taken", at=at)


def _close_claims(at: dt.datetime) -> None:
    """The claims of the batch are decided where their decision stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE claims_claim c SET state = %s, ended_at = %s FROM decisions_decision d"
            " WHERE d.claim_id = c.id AND d.kind = %s AND c.id IN (SELECT claim_id FROM asked) AND c.state = %s",
            [ClaimState.DECIDED, at, DecisionKind.CLAIM, ClaimState.SUBMITTED],
        )
    journal.write_many(
        "SELECT c.reference, c.household_id, jsonb_build_object('state', c.state, 'facts', '[]'::jsonb)"
        " FROM claims_claim c JOIN asked a ON a.claim_id = c.id WHERE c.state = %s",
        [ClaimState.DECIDED],
        kind="claim.decided",
        subject_type="claim",
        by=SYSTEM,
        at=at,
    )
