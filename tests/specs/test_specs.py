"""Every dated household of this folder, through both compilations of the law and through the oracle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from karama.foundation.errors import KaramaError
from karama.foundation.months import Month
from karama.law import decide_household, decide_households
from karama.law.rsu import score_household
from tests.oracles import asd_oracle, rsu_oracle
from tests.specs.loader import SpecLine, Step, all_steps, centimes

STEPS = all_steps()
REFUSED = [step for step in STEPS if step.error is not None]
ANSWERED = [step for step in STEPS if step.error is None]
DECIDED = [step for step in ANSWERED if step.programme not in {"asd_institution", "rsu_score"}]
WARDS = [step for step in ANSWERED if step.programme == "asd_institution"]
SCORED = [step for step in ANSWERED if step.programme == "rsu_score"]
BY_ORACLE = [step for step in DECIDED if step.programme == "asd" and not step.parameters]


@dataclass(frozen=True)
class Outcome:
    """What is compared: everything a case states, nothing it leaves open."""

    eligible: bool | None
    aid: str | None
    amount_centimes: int
    lines: list[SpecLine]
    reasons: list[str] | None


def expected(step: Step) -> Outcome:
    assert step.amount_centimes is not None
    reasons = None if step.reasons is None else list(step.reasons)
    return Outcome(step.eligible, step.aid, step.amount_centimes, list(step.lines), reasons)


def answered(step: Step, decision: Any) -> Outcome:  # noqa: ANN401 - the product's own type
    lines = [
        SpecLine(line.benefit, line.person_id or "", line.rank or 0, line.amount_centimes) for line in decision.lines
    ]
    return Outcome(
        decision.eligible if step.eligible is not None else None,
        decision.aid if step.aid is not None else None,
        decision.amount_centimes,
        sorted(lines),
        list(decision.reasons) if step.reasons is not None else None,
    )


def asked(step: Step) -> dict[str, Any]:
    parameters = step.parameters or None
    return {"programme": step.programme, "amounts": step.clock, "parameters": parameters}


def named(steps: list[Step]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("step", steps, ids=[step.id for step in steps])


@named(DECIDED)
def test_the_one_household_function_decides(step: Step) -> None:
    decision = decide_household(step.household, Month.parse(step.month), **asked(step))
    assert answered(step, decision) == expected(step), step.why


@named(REFUSED)
def test_a_month_the_law_does_not_know_is_an_error(step: Step) -> None:
    with pytest.raises(KaramaError, match=step.error):
        decide_household(step.household, Month.parse(step.month), **asked(step))


def register_of(step: Step) -> tuple[Step, ...]:
    """The steps asked of the same programme, month, clock and switches: one register holds their households."""
    return tuple(
        one for one in ANSWERED if (one.month, asked(one)) == (step.month, asked(step)) and one.programme != "rsu_score"
    )


def marked(step: Step, mark: str) -> dict[str, Any]:
    """The household of a step with identifiers of its own, which keep their order."""

    def own(row: dict[str, Any]) -> dict[str, Any]:
        return {key: f"{mark}{value}" if key in {"person_id", "mother_id"} else value for key, value in row.items()}

    if step.programme == "asd_institution":
        return own(step.household)
    return step.household | {"household_id": mark, "members": [own(row) for row in step.household["members"]]}


@cache
def decided_together(first: str) -> dict[str, Outcome]:
    """The answer to every step of a register, by step; the register is named by its first step."""
    steps = register_of(next(step for step in ANSWERED if step.id == first))
    marks = [f"{number:03d}-" for number in range(len(steps))]
    households = [marked(step, mark) for step, mark in zip(steps, marks, strict=True)]
    decisions = decide_households(households, Month.parse(steps[0].month), **asked(steps[0]))
    outcomes = {}
    for step, mark, decision in zip(steps, marks, decisions, strict=True):
        lines = [replace(one, person_id=(one.person_id or "").removeprefix(mark)) for one in decision.lines]
        outcomes[step.id] = answered(step, replace(decision, lines=tuple(lines)))
    return outcomes


@named([*DECIDED, *WARDS])
def test_the_set_based_compilation_decides(step: Step) -> None:
    outcomes = decided_together(register_of(step)[0].id)
    assert outcomes[step.id] == expected(step), step.why


@named(DECIDED[:1])
def test_a_household_alone_is_decided_as_beside_others(step: Step) -> None:
    (decision,) = decide_households([step.household], Month.parse(step.month), **asked(step))
    assert answered(step, decision) == decided_together(register_of(step)[0].id)[step.id]


@named(WARDS)
def test_the_account_of_a_child_of_an_establishment(step: Step) -> None:
    decision = decide_household(step.household, Month.parse(step.month), **asked(step))
    assert answered(step, decision) == expected(step), step.why
    stated = {key: value if key == "months_due" else centimes(value) for key, value in step.values.items()}
    assert {key: decision.values[key] for key in stated} == stated, step.why


@named(SCORED)
def test_the_score_of_the_registry(step: Step) -> None:
    assert score_household(step.household, Month.parse(step.month)) == step.score, step.why


@named(BY_ORACLE)
def test_the_oracle_decides_the_same(step: Step) -> None:
    found = asd_oracle.decide(step.household, step.month, step.clock)
    lines = [
        SpecLine(row["benefit"], row["person_id"] or "", row["rank"] or 0, row["amount_centimes"])
        for row in found["lines"]
    ]
    outcome = Outcome(found["eligible"], found["aid"], found["amount_centimes"], sorted(lines), found["reasons"])
    assert outcome == expected(step), step.why


@named(WARDS)
def test_the_oracle_keeps_the_same_account(step: Step) -> None:
    found = asd_oracle.decide_ward(step.household, step.month)
    assert found["amount_centimes"] + found["top_up_centimes"] == step.amount_centimes, step.why
    keys = {"months_due": "months_due", "capital": "capital_centimes", "release": "release_centimes"}
    for key, value in step.values.items():
        assert found[keys[key]] == (value if key == "months_due" else centimes(value)), step.why


@named(SCORED)
def test_the_oracle_finds_the_same_score(step: Step) -> None:
    assert rsu_oracle.score(step.household, step.month) == step.score, step.why
