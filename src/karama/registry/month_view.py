"""The facts of a month as they were known at a time, as the columns the law reads: the register, in SQL.

The reference day is the first of the month; for who was born within the month, the day of birth.  A person whom two
households claim, or a household and an establishment, counts where that has been known longest without a break, until
somebody decides (a default, not law).  A score that counts from the next month on is shown already, with the one in
force as the score before: so registers tell it, and the law reads it so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karama.law.rsu.score.variables import VARIABLES
from karama.registry import declared
from karama.registry.places import known_since, placed_before_member

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from karama.foundation.months import Month

_UNREAD = "id,province,region,payment_channel,payment_account,payment_recipient"
"""Columns of a household that no law reads."""

HASH = "'1:' || encode(sha256(convert_to(document, 'UTF8')), 'hex')"
"""How the facts are told by one hash; the number before it is that of the columns read."""

DOCUMENTS = f"""
    SELECT id, number, document, {HASH} AS hash FROM (
        SELECT id, max(number) AS number, ((array_agg(home) FILTER (WHERE home IS NOT NULL))[1] || jsonb_build_object(
            'members', coalesce(jsonb_agg(member ORDER BY person_id) FILTER (WHERE member IS NOT NULL), '[]'::jsonb)
            ))::text AS document
        FROM (
            SELECT id, household_id AS number, NULL AS person_id, NULL::jsonb AS member,
                to_jsonb(h) - '{{{_UNREAD}}}'::text[] AS home FROM homes h
            UNION ALL
            SELECT household, NULL, person_id, to_jsonb(m) - '{{id,household,household_id}}'::text[], NULL
            FROM members m) parts
        GROUP BY id HAVING count(home) > 0) told"""
"""The facts of each row of ``homes`` with its ``members``, and their hash.

Two readings give the same hash exactly where the law reads the same; where the money goes is left out.
"""

WARD_DOCUMENTS = f"""
    SELECT id, number, document, {HASH} AS hash FROM (
        SELECT id, person_id AS number, (to_jsonb(w) - '{{id,province,region}}'::text[])::text AS document
        FROM wards w) told"""
"""The same for each row of ``wards``."""

_LAST_RESIDENCE = (
    "FROM registry_residence r WHERE r.household_id = {} AND r.known @> %(known_at)s"
    " AND coalesce(lower(r.validity) <= %(day)s, true) ORDER BY upper(r.validity) DESC NULLS FIRST LIMIT 1"
)
_SITUATION = ("resident", "other_family_allowance", "state_pay", "pension", "fonds_entraide_familiale")
_CIVIL = ("sex", "birth_date", "death_date", "in_rnp", "marital_status")
_FILIATION = ("father_deceased", "mother_idcs AS mother_id", "live_birth_order", "birth_order")
_INCOME = ("receives_family_allowance", "receives_state_pay", "receives_pension")


@dataclass(frozen=True)
class MonthView:
    """What the record knew at ``known_at`` of ``month``, of all households or of the ``chosen`` ones.

    ``chosen`` are ids of households (for the wards: of persons), or a query of them without parameters.
    """

    month: Month
    known_at: dt.datetime
    programme: str
    chosen: str | Sequence[int] | None = None
    ended: bool = False
    """Whether the chosen who live nowhere any more, or are in no establishment, are told as they last were.

    No register lists such a household, so that no score of it is in force; such a child was there until the day before.
    """

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of the three queries; the ids are one of them, so that the text is the same for each file."""
        ids = {} if self.chosen is None or isinstance(self.chosen, str) else {"chosen": list(self.chosen)}
        return ids | {
            "day": self.month.first_day,
            "next": (self.month + 1).first_day,
            "known_at": self.known_at,
            "programme": self.programme,
        }

    @property
    def households(self) -> str:
        """One row per household that lives somewhere on the reference day, with ``id``, in the register's columns."""
        known = "{0}.household_id = h.id AND {0}.known @> %(known_at)s"
        then = f"{known} AND {{0}}.validity @> %(day)s"
        joins = "".join(
            self._joined(table, alias, then) for table, alias in (("situation", "t"), ("paymentaccount", "a"))
        )
        listed = " AND r.validity @> %(day)s" if self.ended else ""
        joins += self._joined("score", "s", f"{then}{listed}")
        joins += self._joined("enrolment", "e", f"{then} AND {{0}}.programme = %(programme)s")
        joins += self._joined("score", "before", f"{known} AND upper({{0}}.validity) = lower(s.validity)")
        joins += self._joined("score", "coming", f"{known} AND lower({{0}}.validity) = %(next)s{listed}")
        situation = ", ".join(
            f"coalesce(t.{name}, {'true' if name == 'resident' else 'false'}) AS {name}" for name in _SITUATION
        )
        return f"""
            SELECT h.id, h.number AS household_id, r.milieu, r.commune, left(r.commune, 5) AS province,
                left(r.commune, 2) AS region, e.claim_month,
                CASE WHEN coming.id IS NULL THEN s.score ELSE coming.score END AS score,
                CASE WHEN coming.id IS NULL THEN s.effective_from
                    ELSE coalesce(coming.effective_from, %(next)s::date) END AS score_effective_from,
                CASE WHEN coming.id IS NULL THEN before.score ELSE s.score END AS previous_score, {situation},
                coalesce(t.social_security_months, 0) AS social_security_months,
                a.channel AS payment_channel,
                nullif(a.account, '') AS payment_account,
                CASE WHEN a.recipient_id IS NOT NULL
                    THEN (SELECT paid.idcs FROM registry_person paid WHERE paid.id = a.recipient_id)
                    END AS payment_recipient{declared.selected(self.programme)}
            FROM {self._driving("household", "id")} h{self._residence(then)}
            {joins}{declared.joined(self.programme)}"""

    @property
    def persons(self) -> str:
        """One row per member, with ``id`` and ``household`` (numbers of the record), in the register's columns."""
        counted = "greatest(%(day)s::date, c.birth_date)"
        then = f"{{0}}.person_id = p.id AND {{0}}.known @> %(known_at)s AND {{0}}.validity @> {counted}"
        facts = self._joined("civil", "c", f"{then} AND {{0}}.birth_date < %(next)s", every=False)
        facts += "".join(
            self._joined(table, alias, then)
            for table, alias in (("schooling", "s"), ("health", "d"), ("income", "i"), ("birthgrantclaim", "b"))
        )
        here, there = (f"({known_since(alias, counted)}, {alias}.household_id)" for alias in ("m", "{0}"))
        facts += self._joined(
            "membership", "earlier", f"{then} AND {{0}}.household_id <> m.household_id AND {there} < {here}"
        )
        facts += self._joined("placement", "placed", f"{then} AND {placed_before_member('{0}', 'm', counted)}")
        civil = ", ".join(f"c.{name}" for name in (*_CIVIL, *_FILIATION))
        income = ", ".join(f"coalesce(i.{name}, false) AS {name}" for name in _INCOME)
        return f"""
            SELECT p.id, h.id AS household, h.number AS household_id, p.idcs AS person_id, m.role, {civil},
                coalesce(s.enrolled, false) AS enrolled, coalesce(s.school_level, 'none') AS school_level,
                coalesce(s.public_school, true) AS public_school,
                coalesce(d.severe_disability, false) AS severe_disability,
                b.claimed_on AS birth_grant_claim_date, {income}
            FROM {self._driving("membership", "household_id")} m
            JOIN registry_person p ON p.id = m.person_id
            JOIN registry_household h ON h.id = m.household_id{facts}
            WHERE m.known @> %(known_at)s AND m.validity @> {self._last_day(counted)} AND earlier.id IS NULL
                AND placed.id IS NULL"""

    @property
    def wards(self) -> str:
        """One row per child placed in an establishment, in the register's columns."""
        counted = "greatest(%(day)s::date, c.birth_date)"
        there, left_on = f"w.validity @> {counted}", "w.left_on"
        if self.ended:
            left_on = f"CASE WHEN {there} THEN w.left_on ELSE least(w.left_on, upper(w.validity) - 1) END"
            there = (
                "w.id = (SELECT o.id FROM registry_placement o WHERE o.person_id = w.person_id"
                f" AND o.known @> %(known_at)s AND coalesce(lower(o.validity) <= {counted}, true)"
                " ORDER BY upper(o.validity) DESC NULLS FIRST LIMIT 1)"
            )
        return f"""
            SELECT p.id, p.idcs AS person_id, e.code AS establishment_id, e.commune,
                left(e.commune, 5) AS province, left(e.commune, 2) AS region, c.sex, c.birth_date, w.category,
                w.admitted, {left_on} AS left_on, w.claim_month
            FROM {self._driving("placement", "person_id")} w
            JOIN registry_person p ON p.id = w.person_id
            JOIN registry_establishment e ON e.id = w.establishment_id
            JOIN registry_civil c ON c.person_id = p.id AND c.known @> %(known_at)s
                AND c.validity @> {counted} AND c.birth_date < %(next)s
            WHERE w.known @> %(known_at)s
                AND {there}
                AND NOT EXISTS (SELECT 1 FROM registry_membership m WHERE m.person_id = w.person_id
                    AND m.known @> %(known_at)s AND m.validity @> {counted}
                    AND NOT {placed_before_member("w", "m", counted)})"""

    @property
    def documents(self) -> str:
        """One row per household: ``id``, ``number``, the facts as JSON text with the ``members``, and their hash."""
        return f"WITH members AS MATERIALIZED ({self.persons}), homes AS MATERIALIZED ({self.households}) {DOCUMENTS}"

    @property
    def ward_documents(self) -> str:
        """The same for the children placed in establishments."""
        return f"WITH wards AS MATERIALIZED ({self.wards}) {WARD_DOCUMENTS}"

    @property
    def score_inputs(self) -> str:
        """One row per household whose variables of the score are known, in the register's columns."""
        variables = ", ".join(f"v.{one.column}" for one in VARIABLES if not one.derived)
        return f"""
            SELECT h.id, h.number AS household_id, {variables}
            FROM {self._driving("rsu", "household_id")} v JOIN registry_household h ON h.id = v.household_id
            JOIN registry_residence r ON r.household_id = h.id AND r.known @> %(known_at)s AND r.validity @> %(day)s
            WHERE v.known @> %(known_at)s
                AND v.validity @> %(day)s"""

    def _residence(self, then: str) -> str:
        """Where a household lives on the reference day; with ``ended`` where it last lived."""
        if not self.ended:
            return self._joined("residence", "r", then, every=False)
        return f"\n            JOIN LATERAL (SELECT * {_LAST_RESIDENCE.format('h.id')}) r ON true"

    def _last_day(self, counted: str) -> str:
        """The day on which somebody is a member; with ``ended`` the last one on which the household lived anywhere."""
        last = _LAST_RESIDENCE.format("m.household_id")
        return f"least({counted}, (SELECT upper(r.validity) - 1 {last}))" if self.ended else counted

    def _driving(self, table: str, key: str) -> str:
        """The table a query begins with: whole, or the rows of the chosen subjects looked up one by one.

        PostgreSQL cannot guess how few rows of a subject are known at a time; left to itself it would read the whole
        table and look for the chosen ones last.  `OFFSET 0` keeps it from that.
        """
        if self.chosen is None:
            return f"registry_{table}"
        rows = f"SELECT * FROM registry_{table} looked WHERE looked.{key} = chosen.id OFFSET 0"
        chosen = self.chosen if isinstance(self.chosen, str) else "SELECT unnest(%(chosen)s::bigint[])"
        return f"({chosen}) AS chosen(id) CROSS JOIN LATERAL ({rows})"

    def _joined(self, table: str, alias: str, condition: str, *, every: bool = True) -> str:
        """The rows of another table that meet ``condition`` (`{0}` is the table): read whole, or looked up one by one.

        ``every`` keeps the rows that have none.
        """
        join, told = "LEFT JOIN" if every else "JOIN", condition.format(alias)
        if self.chosen is None:
            return f"\n            {join} registry_{table} {alias} ON {told}"
        rows = f"SELECT * FROM registry_{table} {alias} WHERE {told} OFFSET 0"
        return f"\n            {join} LATERAL ({rows}) {alias} ON true"
