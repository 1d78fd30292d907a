"""The key of an account: right ones are read however they are written, a wrong digit is never let through."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karama.foundation.errors import BadInputError
from karama.foundation.rib import KEY_WRONG, NOT_24_DIGITS, RULES, broken_rule, masked, read_rib, rib_key

heads = st.text("0123456789", min_size=22, max_size=22)


def long_division(digits: str) -> int:
    """The remainder by 97, digit after digit as on paper: nothing of the module's arithmetic."""
    rest = 0
    for digit in digits:
        rest = (rest * 10 + "0123456789".index(digit)) % 97
    return rest


@given(heads)
def test_the_key_makes_the_whole_a_multiple_of_97_and_is_never_nought(head: str) -> None:
    key = rib_key(head)
    assert long_division(head + key) == 0
    assert "01" <= key <= "97"
    assert broken_rule(head + key) is None


@given(heads, st.integers(0, 23), st.integers(1, 9))
def test_every_change_of_one_digit_is_refused(head: str, place: int, more: int) -> None:
    right = head + rib_key(head)
    wrong = right[:place] + str((int(right[place]) + more) % 10) + right[place + 1 :]
    assert broken_rule(wrong) is KEY_WRONG


@given(heads, st.integers(0, 99))
def test_each_head_has_one_key_alone(head: str, key: int) -> None:
    assert (broken_rule(f"{head}{key:02}") is None) is (f"{key:02}" == rib_key(head))


@given(st.one_of(st.text(max_size=30), st.text("0123456789", min_size=20, max_size=27)))
def test_what_is_no_24_digits_is_refused_as_such(text: str) -> None:
    of_digits = len(text) == 24 and all(one in "0123456789" for one in text)
    assert (broken_rule(text) is NOT_24_DIGITS) is not of_digits


def test_a_number_is_read_as_people_write_it_and_refused_with_its_remedy() -> None:
    right = "9990000123456789012345" + rib_key("9990000123456789012345")
    assert read_rib(f" {right[:3]} {right[3:6]}-{right[6:22]}\u00a0{right[22:]}\u200f", "here") == right
    with pytest.raises(BadInputError, match=r"^field 'account': '1234': .* 24 digits: write the 24 digits"):
        read_rib("1234", "field 'account'")
    for digits in ("٠" * 24, "²" * 24):
        with pytest.raises(BadInputError, match="24 digits"):
            read_rib(digits, "here")
    with pytest.raises(BadInputError, match=r"^here: '0{24}': the last two digits .*: read the account again$"):
        read_rib("0" * 24, "here")


def test_a_file_of_numbers_is_judged_as_one_by_one() -> None:
    heads_here = [f"{number * 7_919:022d}" for number in range(300)]
    numbers = [f"{head}{key:02}" for head in heads_here for key in (0, 1, 50, 96, 97, 98, 99)]
    numbers += [head + rib_key(head) for head in heads_here]
    numbers += ["", "1", "0" * 23, "0" * 25, "٠" * 24, "9" * 23 + "x"]
    tests = ", ".join(rule.broken.format("number") for rule in RULES)
    found = duckdb.execute(f"SELECT number, {tests} FROM (SELECT unnest(?) AS number)", [numbers]).fetchall()
    one_by_one = [(one, *(broken_rule(one) is rule for rule in RULES)) for one in numbers]
    assert found == one_by_one
    assert {row[1:] for row in found} == {(False, False), (True, False), (False, True)}


def test_an_account_is_known_again_by_its_end() -> None:
    assert [masked(one) for one in ("", "1234", "999000012345678901234512")] == ["", "…", "…4512"]
