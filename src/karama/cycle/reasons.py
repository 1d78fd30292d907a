"""Why an amount is not what it was: the codes of ``changes.parquet``, each with the two months' values that show it.

``p`` is the previous month's row and ``n`` the present one.  A reason is looked for only where both months have the
columns it needs, so that a programme without children simply never gives it.
"""

from __future__ import annotations

from dataclasses import dataclass

OTHER = "other"
"""Given when nothing else explains a change; the manifest counts it."""

ENTRY_CODES = {
    "no_claim": "claimed",
    "before_first_month_due": "first_month_due_reached",
    "no_score_in_force": "score_known",
    "left_establishment": "readmitted",
}
"""Reason of an entry by the refusal that ended; any other refusal gives its code and ``_ended``."""

ABSENCES = {
    "entry": "new_in_register",
    "entry_of_all": "aid_began",
    "entry_after_rejection": "accepted_at_intake",
    "exit": "left_register",
    "exit_by_rejection": "rejected_at_intake",
}
"""Reasons of those who were not decided in one of the two months."""

MEANINGS = {
    "claimed": "entry: the family has claimed",
    "first_month_due_reached": "entry: the month of the claim has come",
    "score_known": "entry: a score is in force",
    "score_fell": "entry: the score fell to the threshold or under it",
    "readmitted": "entry: a child is back in care",
    "…_ended": "entry: the refusal with that code no longer holds",
    "new_in_register": "entry: was not in the register",
    "aid_began": "entry: the aid did not exist yet in the previous month",
    "accepted_at_intake": "entry: a row at fault had left it undecided",
    "left_register": "exit: is no longer in the register",
    "rejected_at_intake": "exit: a row at fault leaves it undecided; see `rejected`",
    "any refusal code": "exit: the conditions that no longer hold, as in `decisions`",
    OTHER: "nothing above explains it; the manifest counts it",
}
"""What the reasons of entries and exits mean; those of amounts say it themselves."""


@dataclass(frozen=True)
class Reason:
    """One reason: its code, the columns it compares, the SQL condition on the two rows, and what it means.

    ``moves_amount`` asks besides that the person's own monthly amount differs.
    """

    code: str
    columns: tuple[str, ...]
    holds: str
    meaning: str
    moves_amount: bool = False


_BOTH = "p.is_counted_child AND n.is_counted_child"
_JOINS = "COALESCE(n.is_counted_child, false) AND NOT COALESCE(p.is_counted_child, false)"
_LEAVES = "COALESCE(p.is_counted_child, false) AND NOT COALESCE(n.is_counted_child, false)"
_DEAD = "COALESCE(n.death_date, p.death_date) IS NOT NULL AND NOT COALESCE(n.is_present, false)"
_GROWN = "COALESCE(n.is_present, false) AND n.role = p.role"
_SAME = (
    "p.counts_as_at_school = n.counts_as_at_school AND p.father_deceased = n.father_deceased"
    " AND p.severe_disability = n.severe_disability"
)
_RATES = (
    "amount_at_first_ranks",
    "amount_at_next_ranks",
    "supplement_at_first_ranks",
    "supplement_at_next_ranks",
)


def _rank_class(row: str) -> str:
    """Which of the ranks' amounts a child brings: none, the first ranks', the next ranks'."""
    return f"CASE WHEN {row}.child_aid = 0 THEN 0 WHEN {row}.child_aid = {row}.amount_at_first_ranks THEN 1 ELSE 2 END"


PERSON_REASONS = (
    Reason(
        "child_born",
        ("is_counted_child", "birth_date"),
        f"{_JOINS} AND n.birth_date > $previous_last_day",
        "a child born since the previous month counts",
        moves_amount=True,
    ),
    Reason(
        "child_added",
        ("is_counted_child", "birth_date"),
        f"{_JOINS} AND n.birth_date <= $previous_last_day",
        "another child joins the family",
        moves_amount=True,
    ),
    Reason(
        "child_reached_age_limit",
        ("is_counted_child", "is_present", "role", "death_date"),
        f"{_LEAVES} AND NOT ({_DEAD}) AND {_GROWN}",
        "a child has reached 21 years",
        moves_amount=True,
    ),
    Reason(
        "child_died",
        ("is_counted_child", "is_present", "death_date"),
        f"{_LEAVES} AND {_DEAD}",
        "a child has died",
        moves_amount=True,
    ),
    Reason(
        "child_left",
        ("is_counted_child", "is_present", "role", "death_date"),
        f"{_LEAVES} AND NOT ({_DEAD}) AND NOT ({_GROWN})",
        "a child has left the family, or is no longer one of its children",
        moves_amount=True,
    ),
    Reason(
        "father_died",
        ("is_counted_child", "father_deceased"),
        f"{_BOTH} AND NOT p.father_deceased AND n.father_deceased",
        "a child has lost its father",
        moves_amount=True,
    ),
    Reason(
        "orphanhood_corrected",
        ("is_counted_child", "father_deceased"),
        f"{_BOTH} AND p.father_deceased AND NOT n.father_deceased",
        "a child is no longer recorded as fatherless",
        moves_amount=True,
    ),
    Reason(
        "disability_changed",
        ("is_counted_child", "severe_disability"),
        f"{_BOTH} AND p.severe_disability <> n.severe_disability",
        "a child's severe disability is recorded, or no longer is",
        moves_amount=True,
    ),
    Reason(
        "child_turned_six",
        ("is_counted_child", "counts_as_at_school", "enrolled"),
        f"{_BOTH} AND p.counts_as_at_school <> n.counts_as_at_school AND p.enrolled = n.enrolled",
        "a child not at school has turned six",
        moves_amount=True,
    ),
    Reason(
        "school_changed",
        ("is_counted_child", "counts_as_at_school", "enrolled"),
        f"{_BOTH} AND p.counts_as_at_school <> n.counts_as_at_school AND p.enrolled <> n.enrolled",
        "a child goes to school now, or no longer does",
        moves_amount=True,
    ),
    Reason(
        "rank_changed",
        ("is_counted_child", "child_aid", "amount_at_first_ranks"),
        f"{_BOTH} AND {_rank_class('p')} <> {_rank_class('n')}",
        "a child's rank now brings another amount",
        moves_amount=True,
    ),
    Reason(
        "rate_changed",
        ("is_counted_child", "counts_as_at_school", "father_deceased", "severe_disability", *_RATES),
        f"{_BOTH} AND {_SAME} AND ({' OR '.join(f'p.{name} <> n.{name}' for name in _RATES)})",
        "the amounts of the law have changed",
        moves_amount=True,
    ),
)

HOUSEHOLD_REASONS = (
    Reason(
        "rate_changed",
        ("flat_aid",),
        "p.flat_aid > 0 AND n.flat_aid > 0 AND p.flat_aid <> n.flat_aid",
        "the amounts of the law have changed",
    ),
    Reason(
        "rate_changed",
        ("family_floor", "amounts_under_floor"),
        "p.amounts_under_floor = n.amounts_under_floor AND p.family_floor <> n.family_floor"
        " AND p.aid = 'child' AND n.aid = 'child'",
        "the amounts of the law have changed",
    ),
    Reason(
        "majority_reached",
        ("months_since_majority",),
        "p.months_since_majority < 0 AND n.months_since_majority >= 0",
        "a child in care has turned 18",
    ),
)


def grant_reasons(benefit: str) -> tuple[Reason, ...]:
    """The reasons of a benefit due once: it is due now, was due then, or both with another amount."""
    before, now = f"COALESCE(p.{benefit}, 0)", f"COALESCE(n.{benefit}, 0)"
    words = benefit.replace("_", " ")
    return (
        Reason(f"{benefit}_due", (benefit,), f"{before} = 0 AND {now} > 0", f"{words}: due this month, paid once"),
        Reason(f"{benefit}_ended", (benefit,), f"{before} > 0 AND {now} = 0", f"{words}: was paid once, last time"),
        Reason(
            f"{benefit}_changed",
            (benefit,),
            f"{before} > 0 AND {now} > 0 AND {before} <> {now}",
            f"{words}: due again, with another amount",
        ),
    )
