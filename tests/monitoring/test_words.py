"""Every code has its words."""

from __future__ import annotations

from karama.cycle import reasons as cycle_reasons
from karama.law import programme_named
from karama.monitoring import words


def codes_of_changes() -> set[str]:
    """Every code that the cycle can write into changes.parquet."""
    named = (*cycle_reasons.PERSON_REASONS, *cycle_reasons.HOUSEHOLD_REASONS)
    codes = {one.code for one in named} | set(cycle_reasons.ABSENCES.values()) | {cycle_reasons.OTHER, "score_fell"}
    for name in ("asd", "asd_institution"):
        programme = programme_named(name)
        refusals = {one.refusal for one in programme.conditions}
        codes |= refusals | {cycle_reasons.ENTRY_CODES.get(one, f"{one}_ended") for one in refusals}
        grants = [one.formula for one in programme.benefits if one.one_off]
        codes |= {reason.code for grant in grants for reason in cycle_reasons.grant_reasons(grant)}
    return codes


def test_every_reason_of_a_change_has_its_words() -> None:
    assert codes_of_changes() - words.reasons().keys() == set()


def test_every_benefit_has_the_words_of_the_law() -> None:
    assert words.benefits()["child_aid"].fr == "aide à l'enfant"
    assert "institution_aid" in words.benefits()
