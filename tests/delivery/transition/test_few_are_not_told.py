"""What the report of the transition hides: no value, and nothing that totals leave, tells of a few households."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from karama.delivery.transition.report import NATION, Row, protected

LEAST = 5
EACH_CENTIMES = 50_001
GROUPS = ("eligible", "not_claimed", "winners", "losers")


def row(territory: str, households: int, **groups: int) -> Row:
    told = {**dict.fromkeys(GROUPS, 0), **groups}
    return Row(
        scheme="widows_aid",
        status="press",
        territory=territory,
        persons=households,
        households=households,
        before_centimes=households * 30_000,
        after_centimes=told["eligible"] * EACH_CENTIMES,
        **told,
    )


def whole(regions: list[Row]) -> Row:
    names = ("households", *GROUPS)
    return row(NATION, **{name: sum(getattr(one, name) for one in regions) for name in names})


def told(*regions: Row) -> dict[str, Row]:
    return {one.territory: one for one in protected(whole([*regions]), [*regions], LEAST)}


def test_the_money_of_a_hidden_region_is_not_what_the_nation_has_beyond_the_others() -> None:
    """Three households are eligible, all of a region too small to be told: the amount of the nation is theirs."""
    found = told(row("01", 3, eligible=3, winners=3), row("06", 8, losers=8))
    assert [(one.households, one.before_centimes) for one in found.values()] == [
        (11, 330_000),
        (None,) * 2,
        (None,) * 2,
    ]
    assert [(one.eligible, one.after_centimes) for one in found.values()] == [(None, None)] * 3


def test_where_few_are_eligible_neither_their_number_nor_their_money_is_told() -> None:
    found = told(row("01", 20, eligible=2), row("04", 30, eligible=12), row("06", 40, eligible=25))
    assert {place: one.households for place, one in found.items()} == {NATION: 90, "01": 20, "04": 30, "06": 40}
    assert {place: one.eligible for place, one in found.items()} == {NATION: 39, "01": None, "04": None, "06": 25}
    assert (found["01"].after_centimes, found["04"].after_centimes) == (None, None)
    assert found["06"].after_centimes == 25 * EACH_CENTIMES
    assert found["01"].before_centimes == 20 * 30_000


def test_where_few_are_not_eligible_the_eligible_are_hidden_too() -> None:
    found = told(row("01", 20, eligible=18), row("04", 30, eligible=12), row("06", 40, eligible=25))
    assert {place: one.eligible for place, one in found.items()} == {NATION: 55, "01": None, "04": None, "06": 25}


def test_two_hidden_regions_that_are_few_together_take_another_with_them() -> None:
    found = told(row("01", 1), row("02", 2), row("04", 30), row("06", 40))
    assert {place: one.households for place, one in found.items()} == {
        NATION: 33 + 40,
        "01": None,
        "02": None,
        "04": None,
        "06": 40,
    }


def test_nothing_is_hidden_where_nobody_is_few() -> None:
    regions = [row("01", 20, eligible=8, losers=20), row("06", 40, winners=40)]
    assert protected(whole(regions), regions, LEAST) == [whole(regions), *regions]
    alone = row("06", 7, eligible=7)
    assert told(alone) == {NATION: replace(alone, territory=NATION), "06": alone}


@st.composite
def regions(draw: st.DrawFn) -> list[Row]:
    found = []
    for number in range(1, 1 + draw(st.integers(1, 6))):
        households = draw(st.integers(1, 14))
        groups = {name: draw(st.integers(0, households)) for name in GROUPS}
        found.append(row(f"{number:02d}", households, **groups))
    return found


@given(regions())
def test_neither_a_value_nor_what_totals_leave_tells_of_a_few(true: list[Row]) -> None:
    nation, *found = protected(whole(true), true, LEAST)
    for name in ("households", *GROUPS):
        pairs = [(getattr(here, name), here.households - getattr(here, name) if name in GROUPS else 0) for here in true]
        hidden = [here for here, one in enumerate(found) if getattr(one, name) is None]
        shown = [pairs[here] for here in range(len(found)) if here not in hidden]
        left = [tuple(map(sum, zip(*(pairs[here] for here in hidden), strict=True)))] if hidden else []
        total = tuple(map(sum, zip(*pairs, strict=True)))
        if getattr(nation, name) is None:
            assert any(0 < one < LEAST for one in total) or nation.households is None
            left = []
        else:
            assert len(hidden) != 1
            shown.append(total)
        assert [pair for pair in shown + left if any(0 < one < LEAST for one in pair)] == []
    for one in (nation, *found):
        assert (one.after_centimes is None) == (one.eligible is None)
        assert (one.before_centimes is None) == (one.persons is None) == (one.households is None)
