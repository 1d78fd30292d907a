"""What the replacement of former aids means for those on their lists: counts and amounts, by scheme and territory.

What would tell of few households is hidden, and as much again as keeps totals from telling it.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from dataclasses import asdict, dataclass, fields, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import connection
from django.utils.timezone import localtime

from karama.delivery.decisions.many import outcomes
from karama.delivery.privacy import PARAMETERS
from karama.delivery.transition import schemes
from karama.delivery.transition.both import HOME
from karama.foundation.money import format_money
from karama.record.clock import now
from karama.record.permissions import File, require, see_figures_of_territory, service
from karama.record.scope import SYSTEM, acting_as
from karama.registry.models import Import
from karama.statistics import hidden_cells
from karama.territory.units import region_names

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from karama.delivery.decisions.deciding import Outcome
    from karama.foundation.months import Month
    from karama.record.scope import Actor

NATION = "nation"
NOT_CLAIMED = ("no_claim",)


@dataclass(frozen=True)
class Row:
    """One scheme in one region or in the nation; None is hidden.  Amounts are centimes a month."""

    scheme: str
    status: str
    territory: str
    persons: int | None
    """Persons on the list in the month, found in the registry."""
    households: int | None
    eligible: int | None
    """Households that the law gives the new aid."""
    not_claimed: int | None
    """Households refused for no other reason than that nobody claimed."""
    before_centimes: int | None
    after_centimes: int | None
    winners: int | None
    losers: int | None


@dataclass(frozen=True)
class Report:
    """The report of a month: rows, and what the lists held by scheme (rows listed, refused, not found)."""

    month: str
    known_at: str
    least: int
    """The fewest households that are told of."""
    lists: dict[str, dict[str, int]]
    rows: tuple[Row, ...]


def transition_report(month: Month, *, by: Actor) -> Report:
    """Ask the law about every household with somebody on a former list, on the facts known now.

    Raises:
        NotAllowedError: the actor may not see the figures of the whole nation.
    """
    require((see_figures_of_territory | service).test(by, File("")), "seeing the figures of the nation")
    with acting_as(SYSTEM):
        at, least = now(), PARAMETERS.number_on("least_told", month.first_day)
        rows: list[Row] = []
        for programme in sorted({one.replaced_by for one in schemes().values()}):
            listed = _listed(programme, month, at)
            chosen = "SELECT DISTINCT household_id FROM on_former_lists"
            decided = dict(outcomes(chosen, programme, month, at))
            rows += _rows(listed, decided, least)
        return Report(str(month), localtime(at).isoformat(), least, _lists(), tuple(rows))


_Listed = tuple[str, str, int, int, int]
"""Scheme, region, household, persons, centimes."""


def _listed(programme: str, month: Month, known_at: dt.datetime) -> list[_Listed]:
    """Who is on a list of a scheme that the programme replaces, by household; kept as ``on_former_lists``."""
    names = [one.name for one in schemes().values() if one.replaced_by == programme]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS on_former_lists")
        cursor.execute(
            "CREATE TEMPORARY TABLE on_former_lists ON COMMIT DROP AS SELECT l.scheme, left(h.commune, 2) AS region,"
            " h.id AS household_id, count(DISTINCT l.person_id)::integer AS persons,"
            " sum(l.amount_centimes)::bigint AS centimes FROM registry_legacyaid l"
            f" CROSS JOIN {HOME} home JOIN registry_household h ON h.id = home.id"
            " WHERE l.known @> %(known_at)s AND l.validity @> %(day)s AND l.scheme = ANY(%(schemes)s)"
            " GROUP BY l.scheme, h.id",
            {"known_at": known_at, "day": month.first_day, "schemes": names},
        )
        cursor.execute("SELECT * FROM on_former_lists ORDER BY scheme, region, household_id")
        return list(cursor.fetchall())


def _rows(listed: Iterable[_Listed], decided: dict[int, Outcome], least: int) -> list[Row]:
    cells: dict[tuple[str, str], list[tuple[int, int, Outcome | None]]] = defaultdict(list)
    for scheme, region, household, persons, centimes in listed:
        for territory in (NATION, region):
            cells[scheme, territory].append((persons, centimes, decided.get(household)))
    found: list[Row] = []
    for scheme in sorted({name for name, _ in cells}):
        nation = _row(scheme, NATION, cells.pop((scheme, NATION)))
        regions = [_row(scheme, place, cells[scheme, place]) for name, place in sorted(cells) if name == scheme]
        found += protected(nation, regions, least)
    return found


def _row(scheme: str, territory: str, homes: list[tuple[int, int, Outcome | None]]) -> Row:
    pairs = [(before, one.monthly_centimes if one else 0) for _, before, one in homes]
    return Row(
        scheme=scheme,
        status=schemes()[scheme].status.value,
        territory=territory,
        persons=sum(persons for persons, _, _ in homes),
        households=len(homes),
        eligible=sum(1 for _, _, one in homes if one and one.eligible),
        not_claimed=sum(1 for _, _, one in homes if one and one.reasons == NOT_CLAIMED),
        before_centimes=sum(before for before, _ in pairs),
        after_centimes=sum(after for _, after in pairs),
        winners=sum(1 for before, after in pairs if after > before),
        losers=sum(1 for before, after in pairs if after < before),
    )


_OF_ALL = ("persons", "households", "before_centimes")
"""What is told of all households of a row, and hidden with their number."""
_OF_GROUPS = {
    "eligible": ("eligible", "after_centimes"),
    "not_claimed": ("not_claimed",),
    "winners": ("winners",),
    "losers": ("losers",),
}
"""Groups of a row's households, and what is hidden with each: where few are eligible, the money after is theirs."""


def protected(nation: Row, regions: list[Row], least: int) -> list[Row]:
    """The rows of a scheme such that neither a value nor what totals leave tells of fewer than ``least`` households.

    A group is few, and so are those beside it: of seven households, five eligible tell of two that are not.
    """
    rows = [nation, *regions]
    homes = np.array([one.households for one in rows], dtype=np.int64)
    nobody = np.zeros_like(homes)
    everything = [*_OF_ALL, *chain.from_iterable(_OF_GROUPS.values())]
    unseen = _not_told(np.column_stack([homes, nobody]), np.zeros(len(rows), dtype=np.bool_), least)
    told = [_without(row, everything) if few else row for row, few in zip(rows, unseen, strict=True)]
    for group, names in _OF_GROUPS.items():
        members = np.array([getattr(one, group) for one in rows], dtype=np.int64)
        hidden = _not_told(np.column_stack([members, homes - members]), unseen, least)
        told = [_without(row, names) if few else row for row, few in zip(told, hidden, strict=True)]
    return told


def _not_told(table: NDArray[np.int64], unseen: NDArray[np.bool_], least: int) -> NDArray[np.bool_]:
    """Which rows of a table are hidden, those ``unseen`` among them; the first row is the total of the others.

    What totals leave of all hidden rows together counts as one more row: it is not of a few either.
    """
    hidden = unseen.copy()
    small = (table > 0) & (table < least)
    hidden[0] |= bool(small[0].any())
    while not hidden[1:].all():
        places = 1 + np.flatnonzero(~hidden[1:])
        rows = table[places]
        if hidden[1:].any():
            rows = np.vstack([rows, table[1:][hidden[1:]].sum(axis=0)])
        cells: NDArray[np.bool_] = hidden_cells(rows, least) if len(rows) > 1 else small[places]
        new = places[cells[: len(places)].any(axis=1)]
        if not new.size:
            break
        hidden[new] = True
    return hidden


def _without(row: Row, names: Iterable[str]) -> Row:
    hidden: dict[str, Any] = dict.fromkeys(names)
    return replace(row, **hidden)


def _lists() -> dict[str, dict[str, int]]:
    """Rows of all lists taken in, by scheme."""
    found: dict[str, dict[str, int]] = {}
    for counts in Import.objects.filter(kind="legacy").values_list("counts", flat=True):
        for scheme in counts.keys() & schemes().keys():
            total = found.setdefault(scheme, {"listed": 0, "refused": 0, "not_found": 0})
            for name, count in counts[scheme].items():
                total[name] = total.get(name, 0) + count
    return dict(sorted(found.items()))


def as_json(report: Report) -> str:
    """The report as JSON; amounts in MAD with two decimals, hidden values null."""
    rows = [dict(_columns(one)) for one in report.rows]
    return json.dumps({**asdict(report), "rows": rows}, ensure_ascii=False, indent=1)


def as_csv(report: Report) -> str:
    """The rows as CSV; a hidden value is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([name.replace("_centimes", "") for name in (one.name for one in fields(Row))])
    writer.writerows([value for _, value in _columns(one)] for one in report.rows)
    return out.getvalue()


def as_text(report: Report) -> str:
    """The report for a reader."""
    lines = [f"Former aids and what replaces them, {report.month} (facts known {report.known_at[:16]})"]
    for scheme, told in report.lists.items():
        one = schemes()[scheme]
        lines.append(
            f"{one.label.en} [replaced by '{one.replaced_by}': {one.status.value}]: {told['listed']:,} rows listed,"
            f" {told['refused']:,} refused, {told['not_found']:,} not in the registry"
        )
        lines += [_sentence(row, report.least) for row in report.rows if row.scheme == scheme]
    return "\n".join(lines)


def _sentence(row: Row, least: int) -> str:
    place = "nation" if row.territory == NATION else region_names()[row.territory].en
    if row.households is None:
        return f"  {place}: fewer than {least} households, or hidden beside such a place"

    def told(value: int | None) -> str:
        return "hidden" if value is None else f"{value:,}"

    def money(value: int | None) -> str:
        return "hidden" if value is None else format_money(value, "en")

    return (
        f"  {place}: {told(row.persons)} persons in {told(row.households)} households, {told(row.eligible)} eligible,"
        f" {told(row.not_claimed)} would only have to claim; {money(row.before_centimes)} before,"
        f" {money(row.after_centimes)} after; {told(row.winners)} gain, {told(row.losers)} lose"
    )


def _columns(row: Row) -> list[tuple[str, Any]]:
    """The row's columns as files show them: amounts in MAD."""
    found = []
    for name, value in asdict(row).items():
        money = name.endswith("_centimes") and value is not None
        found.append((name.removesuffix("_centimes"), f"{value / 100:.2f}" if money else value))
    return found
