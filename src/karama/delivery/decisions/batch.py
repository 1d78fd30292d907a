"""Decisions by the hundred thousand: the claims waiting, or those whose facts or month changed.

A batch is one transaction: all its decisions, claims and events, or none.  Whoever runs it again goes on with what is
left.  Claims another transaction holds are passed over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.timezone import localdate

from karama.delivery.claims.bringing import bring
from karama.delivery.claims.models import Claim
from karama.delivery.claims.states import ClaimState
from karama.delivery.decisions.many import outcomes
from karama.delivery.decisions.models import Decision, Reassessment
from karama.delivery.decisions.notices import notify
from karama.delivery.decisions.states import Change, DecisionKind, Right, change_between
from karama.delivery.decisions.subjects import subjects_of
from karama.delivery.decisions.unanswered import ask_corrections
from karama.delivery.decisions.warning import warn
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
    "in_place_of_id",
)
_TYPES = (
    "id bigint, reference text, claim_id bigint, household_id bigint, person_id bigint, change text, inputs_hash text,"
    " law_version text, eligible boolean, aid text, amount_centimes bigint, monthly_centimes bigint, reasons text[],"
    " trace jsonb, previous_id bigint, in_place_of_id bigint"
)

_BEFORE = """
    SELECT a.subject_id, a.claim_id, last.id, stood.id, stood.eligible, stood.monthly_centimes, stood.amount_centimes,
        stood.month
    FROM asked a
    LEFT JOIN LATERAL (SELECT p.id FROM decisions_decision p
        WHERE p.{column} = a.subject_id AND p.programme = %(programme)s ORDER BY p.id DESC LIMIT 1) last ON true
    LEFT JOIN LATERAL (SELECT p.id, p.eligible, p.monthly_centimes, p.amount_centimes, p.month
        FROM decisions_decision p WHERE p.{column} = a.subject_id AND p.programme = %(programme)s
        AND p.month <= %(month)s ORDER BY p.id DESC LIMIT 1) stood ON true
    WHERE a.month {of} %(month)s"""
"""Of each subject the last decision of its line, and the one that stands in the month."""


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
    """Decide submitted claims of the automatic kinds, the oldest deadline first, with the facts that they bring.

    Of one household one claim is decided in a batch; call again until nothing was looked at.  A claim of a household
    that lived nowhere, as far as is known, is put to its agent: it waits for a correction.  Months that began since a
    claim's have decisions of their own where the right is another one; they are not counted.
    """
    kinds = [one.name for one in entrusted(programme).kinds.values() if one.automatic]
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
        ask_corrections(at)
        _bring_facts(programme, at)
        done = BatchResult(looked_at, 0, 0, 0)
        for month in _months(programme, at):
            done += _decide_month(programme, month, DecisionKind.CLAIM, at)
            _decide_month(programme, month, DecisionKind.REASSESSMENT, at, of="<")
        _close_claims(programme, at)
        return done


def _bring_facts(programme: str, at: dt.datetime) -> None:
    claims = Claim.objects.raw("SELECT c.* FROM claims_claim c JOIN asked a ON a.claim_id = c.id ORDER BY c.kind, c.id")
    for kind, group in groupby(claims, lambda claim: claim.kind):
        warn(bring(entrusted(programme).kind(kind), list(group), at), at)


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
            held = Reassessment.objects.select_for_update().get(pk=run.pk)
            if held.ended_at is not None:
                break
            done = _reassess_batch(held, most)
        if done.looked_at:
            yield done
    if run.changed_since != changed_since:  # somebody's narrower or wider run was under way: it is done, this one not
        yield from reassess_programme(programme=programme, month=month, changed_since=changed_since, most=most)


def _run_of(programme: str, month: Month, changed_since: dt.datetime | None) -> Reassessment:
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
        return run


def reassessed_at(programme: str, month: Month) -> dt.datetime | None:
    """When the last reassessment of a month that ended was begun; None before everybody was reassessed once."""
    with acting_as(SYSTEM):
        ended = Reassessment.objects.filter(programme=programme, month=month.first_day, ended_at__isnull=False)
        if not ended.filter(changed_since=None).exists():
            return None
        return ended.order_by("-started_at").values_list("started_at", flat=True).first()


def _reassess_batch(run: Reassessment, most: int) -> BatchResult:
    """The next batch of a run whose row is held; when nobody is left, the run ends."""
    share_registry()
    month, subjects = Month.of(run.month), subjects_of(run.programme)
    learnt = f" AND e.id IN ({subjects.learnt(run.changed_since)})" if run.changed_since else ""
    looked_at = _ask(
        run.programme,
        f"SELECT NULL::bigint AS claim_id, e.id, %(month)s::date AS month FROM ({subjects.claimants}) e"
        f" WHERE e.id > %(after)s{learnt} ORDER BY e.id LIMIT %(most)s",
        {"month": month.first_day, "after": run.after, "most": most},
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


def _months(programme: str, at: dt.datetime) -> list[Month]:
    """From the first month asked to this one, or to the last that was decided already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(a.month), greatest(max(a.month), max(p.month)) FROM asked a LEFT JOIN decisions_decision p"
            f" ON p.{subjects_of(programme).column} = a.subject_id AND p.programme = %s",
            [programme],
        )
        told = cursor.fetchone()
    if told is None or told[0] is None:
        return []
    begins, ends = Month.of(told[0]), max(Month.of(told[1]), Month.of(localdate(at)))
    return list(Month.range(begins, ends - begins + 1))


def _last_asked() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(subject_id) FROM asked")
        (last,) = cursor.fetchone() or (0,)
        return int(last)


def _decide_month(
    programme: str, month: Month, kind: DecisionKind, at: dt.datetime, *, of: str = "=", looked_at: int = 0
) -> BatchResult:
    """The decisions of a month, added with their events: of those asked about it, or (``of`` is ``<``) before it."""
    with connection.cursor() as cursor:
        query = _BEFORE.format(column=subjects_of(programme).column, of=of)
        cursor.execute(query, {"programme": programme, "month": month.first_day})
        before = {row[0]: _Before.of(row, month) for row in cursor.fetchall()}
    if not before:
        return BatchResult(looked_at, 0, 0, 0)
    chosen = f"SELECT subject_id FROM asked WHERE month {of} '{month.first_day}'"
    found = list(outcomes(chosen, programme, month, at))
    done = BatchResult(looked_at, 0, 0, 0) + _keep(found, before, programme, month, kind, at)
    held = {key for key, was in before.items() if was.right is not None and was.right.eligible}
    if kind == DecisionKind.CLAIM or not (gone := sorted(held - {key for key, _ in found})):
        return done
    found = list(outcomes(gone, programme, month, at, ended=True))
    return done + _keep(found, before, programme, month, kind, at)


def _keep(  # noqa: PLR0917 - what was found and what is asked
    found: list[tuple[int, Outcome]],
    before: dict[int, _Before],
    programme: str,
    month: Month,
    kind: DecisionKind,
    at: dt.datetime,
) -> BatchResult:
    """Add what of the outcomes makes a decision; the tables of the facts read are still theirs."""
    taken = list(_taken(found, before, kind))
    _add(taken, programme, month, kind, at)
    return BatchResult(0, len(taken), sum(1 for _, _, _, one in taken if one.eligible), len(found) - len(taken))


@dataclass(frozen=True)
class _Before:
    """What there was of a subject before its decision of a month."""

    claim_id: int | None
    last: int | None
    stood: int | None
    right: Right | None

    @classmethod
    def of(cls, row: tuple[Any, ...], month: Month) -> _Before:
        _, claim, last, stood, eligible, monthly, amount, since = row
        once = 0 if stood is None or Month.of(since) != month else amount - monthly
        return cls(claim, last, stood, None if stood is None else Right(eligible, monthly, once))


_Taken = tuple[int, _Before, Change, "Outcome"]


def _taken(found: list[tuple[int, Outcome]], before: dict[int, _Before], kind: DecisionKind) -> Iterator[_Taken]:
    """The outcomes that make a decision: all on claims, those that change something otherwise."""
    for subject_id, one in found:
        was = before[subject_id]
        change = change_between(kind, was.right, one.right)
        if kind == DecisionKind.CLAIM or change != Change.SAME:
            yield subject_id, was, change, one


def _add(taken: list[_Taken], programme: str, month: Month, kind: DecisionKind, at: dt.datetime) -> None:
    names = new_references(Decision, Subject.DECISION, len(taken)) if taken else []
    subjects, kept = subjects_of(programme), ", ".join(_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS taken")
        cursor.execute(f"CREATE TEMPORARY TABLE taken ({_TYPES}) ON COMMIT DROP")
        with cursor.copy(f"COPY taken ({subjects.column}, {kept}, trace) FROM STDIN") as rows:
            for (key, reference), (subject_id, was, change, one) in zip(names, taken, strict=True):
                rows.write_row(
                    (
                        subject_id,
                        key,
                        reference,
                        was.claim_id if kind == DecisionKind.CLAIM else None,
                        str(change),
                        one.inputs_hash,
                        one.law_version,
                        one.eligible,
                        one.aid,
                        one.amount_centimes,
                        one.monthly_centimes,
                        list(one.reasons),
                        was.last,
                        was.stood,
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


def _close_claims(programme: str, at: dt.datetime) -> None:
    """The claims of the batch are decided where their decision stands."""
    brought = {one.name: [fact.fact for fact in one.facts] for one in entrusted(programme).kinds.values()}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE claims_claim c SET state = %s, ended_at = %s FROM decisions_decision d"
            " WHERE d.claim_id = c.id AND d.kind = %s AND c.id IN (SELECT claim_id FROM asked) AND c.state = %s",
            [ClaimState.DECIDED, at, DecisionKind.CLAIM, ClaimState.SUBMITTED],
        )
    journal.write_many(
        "SELECT c.reference, c.household_id, jsonb_build_object('state', c.state, 'facts', %s::jsonb -> c.kind)"
        " FROM claims_claim c JOIN asked a ON a.claim_id = c.id WHERE c.state = %s",
        [json.dumps(brought), ClaimState.DECIDED],
        kind="claim.decided",
        subject_type="claim",
        by=SYSTEM,
        at=at,
    )
