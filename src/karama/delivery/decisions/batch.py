"""Decisions by the hundred thousand: the claims waiting, or those whose facts or month changed.

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
from karama.delivery.decisions.subjects import subjects_of
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
"""Households, or children, of one batch of a reassessment."""

_COLUMNS = (
    "id",
    "reference",
    "claim_id",
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
    "id bigint, reference text, claim_id bigint, household_id bigint, person_id bigint, change text, inputs_hash text,"
    " law_version text, eligible boolean, aid text, amount_centimes bigint, monthly_centimes bigint, reasons text[],"
    " trace jsonb, previous_id bigint"
)

_PREVIOUS = """
    SELECT a.subject_id, a.claim_id, p.id, p.eligible, p.monthly_centimes FROM asked a
    LEFT JOIN decisions_decision p ON p.{column} = a.subject_id AND p.programme = %s
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
        if one.decides and all(fact.when == "submitted" for fact in one.facts)
    ]
    with acting_as(SYSTEM):
        share_registry()
        looked_at = _ask(
            programme,
            "SELECT c.id AS claim_id, c.household_id, c.claim_month AS month FROM claims_claim c WHERE"
            " c.state = %(state)s AND c.programme = %(programme)s AND c.kind = ANY(%(kinds)s) AND NOT EXISTS"
            " (SELECT 1 FROM claims_claim o WHERE o.household_id = c.household_id AND o.id < c.id"
            " AND o.state = c.state AND o.programme = c.programme AND o.kind = ANY(%(kinds)s))"
            " ORDER BY c.due_on, c.id LIMIT %(most)s FOR UPDATE OF c SKIP LOCKED",
            {"state": ClaimState.SUBMITTED, "kinds": kinds, "most": most},
        )
        at = now()
        done = BatchResult(looked_at, 0, 0, 0)
        for month in _months():
            done += _decide_month(programme, month, DecisionKind.CLAIM, at)
        _close_claims(at)
        return done


def reassess_programme(
    *, programme: str, month: Month, changed_since: dt.datetime | None = None, most: int = CHUNK
) -> Iterator[BatchResult]:
    """Decide again those who claimed the programme, households or children, in batches by their ids; keep what changes.

    Each batch is one transaction, which remembers how far it came: a run that was killed goes on where it was.  Who
    runs it at the same time waits, and goes on after.  ``changed_since`` leaves out those of whom nothing was learnt
    since: where neither the month nor the law changed, they cannot change.

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
    """The next batch of a run whose row is held; when nobody is left, the run ends."""
    share_registry()
    month, subjects = Month.of(run.month), subjects_of(run.programme)
    learnt = f" AND e.id IN ({subjects.learnt})" if run.changed_since else ""
    looked_at = _ask(
        run.programme,
        f"SELECT NULL::bigint AS claim_id, e.id, %(month)s::date AS month FROM ({subjects.claimants}) e"
        f" WHERE e.id > %(after)s{learnt} ORDER BY e.id LIMIT %(most)s",
        {"month": month.first_day, "after": run.after, "since": run.changed_since, "most": most},
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


def _ask(programme: str, query: str, params: dict[str, Any]) -> int:
    """Name the subjects of the batch and hold them, always in the same order."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS asked")
        cursor.execute("CREATE TEMPORARY TABLE asked (claim_id bigint, subject_id bigint, month date) ON COMMIT DROP")
        cursor.execute(f"INSERT INTO asked {query}", {"programme": programme, **params})
        count = int(cursor.rowcount)
        cursor.execute(
            f"SELECT count(*) FROM (SELECT id FROM {subjects_of(programme).table}"
            " WHERE id IN (SELECT subject_id FROM asked) ORDER BY id FOR UPDATE) held"
        )
        cursor.execute("ANALYZE asked")
        return count


def _months() -> list[Month]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT month FROM asked ORDER BY month")
        return [Month.of(month) for (month,) in cursor.fetchall()]


def _last_asked() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(subject_id) FROM asked")
        (last,) = cursor.fetchone() or (0,)
        return int(last)


def _decide_month(
    programme: str, month: Month, kind: DecisionKind, at: dt.datetime, *, looked_at: int = 0
) -> BatchResult:
    """The decisions of one month of the batch, added with their events."""
    with connection.cursor() as cursor:
        cursor.execute(_PREVIOUS.format(column=subjects_of(programme).column), [programme, month.first_day])
        before = {row[0]: row[1:] for row in cursor.fetchall()}
    chosen = f"SELECT subject_id FROM asked WHERE month = '{month.first_day}'"
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
    for subject_id, one in found:
        claim_id, previous, eligible, monthly = before[subject_id]
        change = change_between(
            kind, None if previous is None else (eligible, monthly), (one.eligible, one.monthly_centimes)
        )
        if kind == DecisionKind.CLAIM or change != Change.SAME:
            yield (claim_id, subject_id, previous), change, one


def _add(taken: list[_Taken], programme: str, month: Month, kind: DecisionKind, at: dt.datetime) -> None:
    names = new_references(Decision, Subject.DECISION, len(taken)) if taken else []
    subjects, kept = subjects_of(programme), ", ".join(_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS taken")
        cursor.execute(f"CREATE TEMPORARY TABLE taken ({_TYPES}) ON COMMIT DROP")
        with cursor.copy(f"COPY taken ({subjects.column}, {kept}, trace) FROM STDIN") as rows:
            for (key, reference), ((claim_id, subject_id, previous), change, one) in zip(names, taken, strict=True):
                rows.write_row(
                    (
                        subject_id,
                        key,
                        reference,
                        claim_id,
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
            f"INSERT INTO decisions_decision ({kept}, household_id, person_id, establishment_id, programme, kind,"
            f" month, known_at, decided_at) SELECT {kept}, household_id, person_id, establishment_id,"
            f" %s, %s, %s, %s, %s FROM taken LEFT JOIN ({subjects.placed}) placed USING (person_id)",
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
