"""The law in force beside some scenarios: costs, coverage, winners and losers, entries and exits, in frames."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karama.foundation.errors import BadInputError
from karama.foundation.progress import steps
from karama.law.engine.totals import total_of
from karama.simulation.living import living_from_score, living_report
from karama.simulation.reform.refresh import regular_amounts
from karama.simulation.touched import touched_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karama.foundation.months import Month
    from karama.simulation.living import LivingReport
    from karama.simulation.reform.country import Country, Decided
    from karama.simulation.reform.groups import Grouping
    from karama.simulation.scenario import Scenario

Column: TypeAlias = NDArray[Any]
BASELINE = "law"
MOST_SCENARIOS = 5
_LIVING = ("measures", "totals", "curves", "targeting", "incidence")


@dataclass(frozen=True)
class Comparison:
    """What the law and some scenarios give a country in a month and in the year of the month.

    Money in centimes, numbers of households and persons, all multiplied by the register's ``weight``.

    Attributes:
        costs: ``scenario``, ``period`` (month, year), ``benefit``, ``families`` with it, ``amount_centimes``.
        coverage: ``scenario``, ``measure`` (families, families with each kind of aid, children, persons), ``count``.
        summary: a row per scenario: families, monthly and yearly cost, differences from the law, winners, losers,
            ``marginal_centimes`` (difference of the month's cost per family more or less), how it was decided.
        winners: ``scenario``, ``by`` (a grouping), ``group``, its names, ``households``, ``winners``, ``losers``,
            ``unchanged``, ``entries``, ``exits``, ``gain_centimes``, ``loss_centimes`` of the month.
        movements: ``scenario``, ``movement`` (entry, exit), ``reason`` (the condition met or failed), ``families``,
            ``persons``, ``amount_centimes`` of the month gained or lost.
        touched: ``scenario``, ``kind`` (parameter, formula, benefit, scores), ``name``, label, ``old`` and ``new``
            value in each language, ``first`` month, ``reference`` of the law, ``status`` of the value in force.
        living: poverty, inequality and targeting without aid, with the law's and with each scenario's; None where the
            register has no score, size, region or milieu.
        manifest: register, month, clock, weight, synthetic mark, seconds.
    """

    month: Month
    scenarios: tuple[Scenario, ...]
    costs: pl.DataFrame
    coverage: pl.DataFrame
    summary: pl.DataFrame
    winners: pl.DataFrame
    movements: pl.DataFrame
    touched: pl.DataFrame
    living: LivingReport | None
    manifest: dict[str, Any] = field(default_factory=dict)

    def frames(self) -> dict[str, pl.DataFrame]:
        """All frames by name, those of living standards with ``living_`` before their name."""
        named = {
            name: getattr(self, name) for name in ("summary", "costs", "coverage", "winners", "movements", "touched")
        }
        if self.living is not None:
            named |= {f"living_{name}": getattr(self.living, name) for name in _LIVING}
        return named


def compare(country: Country, scenarios: Sequence[Scenario], *, year: bool = True, living: bool = True) -> Comparison:
    """Decide the country under the law and under each scenario, and set the results side by side.

    Args:
        country: the register in the month asked.
        scenarios: at most `MOST_SCENARIOS`, each with its own name.
        year: whether the cost of the year is told too, from one month of each sort (see `Country.year`).
        living: whether poverty, inequality and targeting are measured.

    Raises:
        BadInputError: too many scenarios, two of one name, one named as the baseline, or one breaks a rule.
        UnknownParameterError: a parameter nobody defined.
        LawError: formulas that do not hold together.
    """
    return _Comparing(country, tuple(scenarios)).comparison(year=year, living=living)


class _Comparing:
    def __init__(self, country: Country, scenarios: tuple[Scenario, ...]) -> None:
        names = [BASELINE, *(one.name for one in scenarios)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if len(scenarios) > MOST_SCENARIOS or twice is not None:
            told = f"'{twice}' stands twice" if twice else f"{len(scenarios)} scenarios are given"
            raise BadInputError(f"{told}: compare at most {MOST_SCENARIOS}, each of another name than '{BASELINE}'")
        self._country = country
        self._scenarios = scenarios
        self._size = country.homes.read("size").column(0).to_numpy() if country.homes.has("size") else None

    def comparison(self, *, year: bool, living: bool) -> Comparison:
        country, month = self._country, self._country.month
        with steps("reforms", len(self._scenarios) + 3) as bar:
            law = country.baseline()
            bar.advance()
            decided = {BASELINE: law}
            for one in self._scenarios:
                decided[one.name] = country.decide(one)
                bar.advance()
            costs = pl.concat([self._costs(name, one, "month", 1) for name, one in decided.items()])
            if year:
                costs = pl.concat([costs, self._year(decided)])
            bar.advance()
            grouped = country.groupings()
            told = _Told(law, decided, self._size, country.homes.weight)
            result = Comparison(
                month,
                self._scenarios,
                costs,
                told.coverage(),
                told.summary(costs),
                told.winners(grouped),
                told.movements(),
                touched_frame(self._scenarios),
                self._living(decided) if living else None,
                country.manifest(),
            )
            bar.advance()
        return result

    def _costs(self, name: str, decided: Decided, period: str, times: int) -> pl.DataFrame:
        outcome, weight = decided.outcome, self._country.homes.weight
        homes = outcome.homes
        rows = []
        for benefit in decided.programme.benefits:
            amounts = outcome.columns[total_of(benefit)]
            rows.append({
                "scenario": name, "period": period, "benefit": benefit.formula,
                "families": round(int(homes[amounts > 0].sum()) * weight),
                "amount_centimes": round(int((amounts.astype(np.int64) * homes).sum()) * times * weight),
            })  # fmt: skip
        return pl.DataFrame(rows, schema=_COSTS)

    def _year(self, decided: dict[str, Decided]) -> pl.DataFrame:
        """The year of the month asked: each sort of month once, as often as it comes."""
        frames = []
        year = self._country.year([one.programme for one in decided.values()])
        for name, one in decided.items():
            scenario = next((each for each in self._scenarios if each.name == name), None)
            for moment, count in year.items():
                if moment == one.moment:
                    found = one
                else:
                    found = self._country.decide(scenario, moment) if scenario else self._country.baseline(moment)
                frames.append(self._costs(name, found, "year", count))
        return (
            pl.concat(frames)
            .group_by("scenario", "period", "benefit", maintain_order=True)
            .agg(pl.col("families").max(), pl.col("amount_centimes").sum())
            .select(list(_COSTS))
        )

    def _living(self, decided: dict[str, Decided]) -> LivingReport | None:
        country = self._country
        names = ["region", "milieu", "size", "score"]
        if not country.homes.has(*names):
            return None
        frame = pl.DataFrame(pl.from_arrow(country.homes.read(*names)))
        regular = {name: regular_amounts(one) for name, one in decided.items()}
        return living_report(living_from_score(frame, share=country.homes.share), regular)


_COSTS = {
    "scenario": pl.String, "period": pl.String, "benefit": pl.String, "families": pl.Int64,
    "amount_centimes": pl.Int64,
}  # fmt: skip


@dataclass
class _Told:
    """The differences of each scenario from the law, household by household."""

    law: Decided
    decided: dict[str, Decided]
    size: Column | None
    weight: float

    def _scenarios(self) -> list[tuple[str, Decided]]:
        return [(name, one) for name, one in self.decided.items() if name != BASELINE]

    def _many(self, count: float) -> int:
        return round(float(count) * self.weight)

    def _persons(self, homes: Column) -> int | None:
        return None if self.size is None else self._many(int(self.size[homes].sum(dtype=np.int64)))

    def _differences(self, decided: Decided) -> Column:
        amount = self.law.programme.amount or ""
        found: Column = decided.outcome.of_homes(amount).astype(np.int64) - self.law.outcome.of_homes(amount)
        return found

    def coverage(self) -> pl.DataFrame:
        """Families, by kind of aid, children who count and persons of the families with a right."""
        rows: list[dict[str, Any]] = []
        for name, one in self.decided.items():
            counts: dict[str, int | None] = {"families": self._many(one.outcome.total(one.programme.eligible))}
            aid, homes = one.outcome.columns[one.programme.aid], one.outcome.homes
            for code in one.programme.aid_labels:
                counts[f"families_{code}"] = self._many(int(homes[aid == code].sum()))
            counts.pop("families_none", None)
            eligible = one.outcome.columns[one.programme.eligible]
            if "counted_children" in one.outcome.columns:
                counted = one.outcome.columns["counted_children"]
                counts["children"] = self._many(int((counted * eligible * homes).sum()))
            if self.size is not None:
                counts["persons"] = self._many(one.outcome.weighted(one.programme.eligible, self.size))
            rows += [{"scenario": name, "measure": measure, "count": count} for measure, count in counts.items()]
        return pl.DataFrame(rows, schema={"scenario": pl.String, "measure": pl.String, "count": pl.Int64})

    def summary(self, costs: pl.DataFrame) -> pl.DataFrame:
        """One row per scenario, the law first."""
        sums = {
            (row["scenario"], row["period"]): row["amount_centimes"]
            for row in costs.group_by("scenario", "period").agg(pl.col("amount_centimes").sum()).iter_rows(named=True)
        }
        families = {name: self._many(one.outcome.total(one.programme.eligible)) for name, one in self.decided.items()}
        rows = []
        for name, one in self.decided.items():
            change = self._differences(one)
            more = sums[name, "month"] - sums[BASELINE, "month"]
            moved = families[name] - families[BASELINE]
            year = sums.get((name, "year"))
            rows.append({
                "scenario": name, "families": families[name], "families_change": moved,
                "month_centimes": sums[name, "month"], "month_change_centimes": more,
                "year_centimes": year, "year_change_centimes": None if year is None else year - sums[BASELINE, "year"],
                "winners": self._many(int((change > 0).sum())), "losers": self._many(int((change < 0).sum())),
                "marginal_centimes": round(more / moved) if moved else None,
                "decided_by": "kinds" if one.by_kinds else "households",
            })  # fmt: skip
        return pl.DataFrame(rows, infer_schema_length=None)

    def winners(self, grouped: Sequence[Grouping]) -> pl.DataFrame:
        """Who gains and who loses, by each grouping."""
        frames = []
        for name, one in self._scenarios():
            change, rights = self._differences(one), self._rights(one)
            frames += [self._of_group(name, group, change, *rights) for group in grouped]
        return pl.concat(frames) if frames else pl.DataFrame(schema=_WINNERS)

    def _of_group(self, name: str, grouping: Grouping, change: Column, before: Column, after: Column) -> pl.DataFrame:
        size = len(grouping.codes)

        def count(which: Column, weights: Column | None = None) -> Column:
            held = None if weights is None else weights[which]
            found = np.bincount(grouping.of_home[which], weights=held, minlength=size)
            rounded: Column = np.rint(found * self.weight).astype(np.int64)
            return rounded

        won, lost = np.flatnonzero(change > 0), np.flatnonzero(change < 0)
        households = np.rint(np.bincount(grouping.of_home, minlength=size) * self.weight).astype(np.int64)
        labels = [grouping.labels[code] for code in grouping.codes]
        frame = pl.DataFrame(
            {
                "scenario": [name] * size,
                "by": [grouping.name] * size,
                "group": list(grouping.codes),
                **{f"name_{language}": [one.as_dict()[language] for one in labels] for language in ("fr", "ar", "en")},
                "households": households,
                "winners": count(won),
                "losers": count(lost),
                "unchanged": households - count(won) - count(lost),
                "entries": count(np.flatnonzero(after & ~before)),
                "exits": count(np.flatnonzero(before & ~after)),
                "gain_centimes": count(won, change),
                "loss_centimes": -count(lost, change),
            },
            schema=_WINNERS,
        )
        return frame.filter(pl.col("households") > 0)

    def _rights(self, decided: Decided) -> tuple[Column, Column]:
        eligible = self.law.programme.eligible
        return self.law.outcome.of_homes(eligible), decided.outcome.of_homes(eligible)

    def movements(self) -> pl.DataFrame:
        """Entries with the conditions that are met now, exits with those that are met no longer."""
        rows = []
        for name, one in self._scenarios():
            before, after = self._rights(one)
            change = self._differences(one)
            for movement, moved in (("entry", after & ~before), ("exit", before & ~after)):
                homes = np.flatnonzero(moved)
                for condition in self.law.programme.conditions:
                    held = [
                        each.outcome.columns[condition.formula][each.outcome.case[homes]] for each in (self.law, one)
                    ]
                    concerned = homes[held[0] != held[1]]
                    if len(concerned):
                        rows.append({
                            "scenario": name, "movement": movement, "reason": condition.refusal,
                            "families": self._many(len(concerned)), "persons": self._persons(concerned),
                            "amount_centimes": self._many(int(change[concerned].sum())),
                        })  # fmt: skip
        return pl.DataFrame(rows, schema=_MOVEMENTS)


_WINNERS = {
    "scenario": pl.String, "by": pl.String, "group": pl.String, "name_fr": pl.String, "name_ar": pl.String,
    "name_en": pl.String, "households": pl.Int64, "winners": pl.Int64, "losers": pl.Int64, "unchanged": pl.Int64,
    "entries": pl.Int64, "exits": pl.Int64, "gain_centimes": pl.Int64, "loss_centimes": pl.Int64,
}  # fmt: skip
_MOVEMENTS = {
    "scenario": pl.String, "movement": pl.String, "reason": pl.String, "families": pl.Int64, "persons": pl.Int64,
    "amount_centimes": pl.Int64,
}  # fmt: skip
