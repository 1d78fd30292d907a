"""What if?  A family's months with changes and without, and what the changes make different."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.foundation.languages import Label
from karama.foundation.money import from_centimes
from karama.law.engine.evaluate import read_rows
from karama.law.engine.sentences import say_value
from karama.simulation.household.changes import read_change
from karama.simulation.household.differences import difference
from karama.simulation.household.months import project
from karama.simulation.household.sentences import Teller

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from karama.foundation.languages import Language
    from karama.foundation.months import Month
    from karama.law.engine.parameters import Clock
    from karama.law.engine.programme import Programme
    from karama.simulation.household.change_kinds import Household
    from karama.simulation.household.changes import Change
    from karama.simulation.household.differences import Difference
    from karama.simulation.household.months import Projection

_SCORE_KEPT = Label(
    "L'indice du RSU pourrait changer aussi ; l'indice seul ne dit pas comment, il est gardé : {before}.",
    "قد يتغير مؤشر السجل الاجتماعي أيضا؛ والمؤشر وحده لا يبين كيف، لذلك يحتفظ به: {before}.",
    "The score of the RSU could change too; the score alone does not tell how, it is kept: {before}.",
)
_SCORE_COMPUTED = Label(
    "L'indice est recalculé sur les variables déclarées et la nouvelle composition du ménage, comme si le RSU était"
    " déjà à jour : {before} → {after}. Les variables déclarées elles-mêmes sont gardées.",
    "أعيد حساب المؤشر من المتغيرات المصرح بها والتركيبة الجديدة للأسرة، كما لو أن السجل محين: {before} ← {after}."
    " والمتغيرات المصرح بها نفسها محتفظ بها.",
    "The score is computed again from the variables declared and the new composition of the household, as if the RSU"
    " were already up to date: {before} → {after}. The variables declared are themselves kept.",
)


@dataclass(frozen=True)
class ScoreRemark:
    """What became of the score: kept because nothing tells how it would change, or computed again."""

    before: Decimal | None
    after: Decimal | None
    computed: bool

    def say(self, language: Language) -> str:
        """The remark in words."""
        before, after = say_value(self.before, language), say_value(self.after, language)
        return (_SCORE_COMPUTED if self.computed else _SCORE_KEPT).get(language).format(before=before, after=after)


@dataclass(frozen=True)
class WhatIf:
    """The months without the changes and with them; ``letter.what_if_text`` tells them as a page."""

    changes: tuple[Change, ...]
    before: Projection
    after: Projection
    scores: tuple[ScoreRemark, ...]

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """What the changes make different in each month."""
        pairs = zip(self.before.months, self.after.months, strict=True)
        return tuple(difference(old.decided, new.decided) for old, new in pairs)

    @property
    def centimes(self) -> int:
        """What the changes bring or take away over all the months, in centimes."""
        return self.after.total_centimes - self.before.total_centimes

    def remarks(self, language: Language) -> list[str]:
        """What is taken for granted: by the months, by each change, about the score."""
        assumed = dict.fromkeys(one.get(language) for change in self.changes for one in change.kind.assumes)
        scores = dict.fromkeys(one.say(language) for one in self.scores)
        return [*assumed, *scores, *self.after.remarks(language)]

    def as_dict(self, language: Language = "fr") -> dict[str, Any]:
        """The comparison as JSON: the first of ``months`` is the month asked."""
        teller, first = Teller(language), self.before.months[0]
        return {
            "household_id": first.decision.household_id,
            "programme": first.decision.programme,
            "month": str(first.month),
            "changes": [one.as_dict(language) for one in self.changes],
            "total_before": from_centimes(self.before.total_centimes),
            "total_after": from_centimes(self.after.total_centimes),
            "total_difference": from_centimes(self.centimes),
            "months": [
                {
                    "month": str(new.month),
                    "before": from_centimes(old.decision.amount_centimes),
                    "after": from_centimes(new.decision.amount_centimes),
                    **teller.difference_dict(change),
                }
                for old, new, change in zip(self.before.months, self.after.months, self.differences, strict=True)
            ],
            "with_changes": self.after.as_dict(language),
            "remarks": self.remarks(language),
        }


def what_if(  # noqa: PLR0917 - the same order as the public calls
    programme: Programme,
    household: Mapping[str, Any],
    month: Month,
    changes: Sequence[Mapping[str, Any]],
    months: int,
    amounts: Clock,
    where: str | None = None,
) -> WhatIf:
    """Compare a family's months with and without changes.

    Raises:
        BadInputError: the household or a change is wrong, or what a change makes of the household is; names it.
    """
    if programme.law.inputs.person_table is None:
        message = f"programme '{programme.name}' has no households: the changes are those of a family; ask 'asd'"
        raise BadInputError(message)
    before = project(programme, lambda _: household, month, months, amounts, where)
    asked = _Changed(programme, dict(household), where or f"household '{household.get('household_id', '?')}'")
    last = month + (months - 1)
    for number, raw in enumerate(changes, start=1):
        asked.add(raw, month, last, f"change {number}")
    after = project(programme, asked.in_month, month, months, amounts, asked.where)
    return WhatIf(tuple(asked.changes), before, after, tuple(asked.scores))


class _Changed:
    """A household with the changes that hold in each month."""

    def __init__(self, programme: Programme, household: Household, where: str) -> None:
        self.changes: list[Change] = []
        self.scores: list[ScoreRemark] = []
        self.where = where
        self._programme = programme
        self._household = household
        self._known: dict[int, dict[Month, Household]] = {}

    def add(self, raw: Mapping[str, Any], month: Month, last: Month, place: str) -> None:
        """Read one more change and see that the household it makes can be read."""
        seen = max(last, *(one.start for one in self.changes), month)
        change = read_change(raw, self._made(seen, len(self.changes)), month, place)
        self.changes.append(change)
        held = max(last, change.start)
        where = f"{self.where}: {place} '{change.kind.name}'"
        if change.kind.moves_score:
            self.scores.append(self._score(change, held, where))
        read_rows(self._programme, self._made(held, len(self.changes)), held, where)

    def in_month(self, month: Month) -> Household:
        """The household of a month."""
        return self._made(month, len(self.changes))

    def _made(self, month: Month, count: int) -> Household:
        made = self._household
        for change in self.changes[:count]:
            if change.start <= month:
                made = self._rescored(made, change.applied_to(made, month), change, month)
        return made

    def _rescored(self, old: Household, new: Household, change: Change, month: Month) -> Household:
        """The household with its score computed again where the variables declared tell how."""
        if change.kind.moves_score != "composition" or new.get("score_inputs") is None:
            return new
        score = _score_of(self._programme, {**new, "score": None}, month) if _same_variables(old, new) else None
        if score is None:
            return {**new, "score": _score_of(self._programme, old, month), "score_inputs": None}
        return {**new, "score": None}

    def _score(self, change: Change, month: Month, where: str) -> ScoreRemark:
        """What became of the score with the last change."""
        count = len(self.changes)
        old, new = self._made(month, count - 1), self._made(month, count)
        computed = new.get("score_inputs") is not None and new.get("score") is None
        before, after = (_score_of(self._programme, one, month, where) for one in (old, new))
        return ScoreRemark(before, after, computed=computed and change.kind.moves_score == "composition")


def _same_variables(old: Household, new: Household) -> bool:
    """Whether the variables declared are those of the milieu: each has its own."""
    return old.get("milieu") == new.get("milieu")


def _score_of(programme: Programme, household: Household, month: Month, where: str = "") -> Decimal | None:
    """The score that counts for a household; None where its variables do not fit it (more readers than members)."""
    try:
        row, _ = read_rows(programme, household, month, where or None)
    except BadInputError:
        return None
    score: Decimal | None = row.get("score")
    return score
