"""A reference code says its number, shows every slip of the pen, and cannot be made without the key."""

from __future__ import annotations

import string
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karama.foundation.errors import BadInputError
from karama.foundation.reference_codes import (
    ALPHABET,
    LENGTH,
    MOST,
    is_sealed,
    number_of,
    read_code,
    reference_code,
    spoken,
)

KEY = b"a key of the tests, sixteen or more"
numbers = st.integers(0, MOST)


def test_a_code_has_twelve_characters_that_no_reader_confuses() -> None:
    code = reference_code(123_456_789, KEY)
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    assert not set(ALPHABET) & set("ILOU")
    assert spoken(code) == f"{code[:4]}-{code[4:8]}-{code[8:]}"


@given(numbers)
def test_a_code_says_its_number_again_and_who_made_it(number: int) -> None:
    code = read_code(spoken(reference_code(number, KEY)))
    assert number_of(code) == number
    assert is_sealed(code, KEY)
    assert not is_sealed(code, KEY + b"!") or reference_code(number, KEY + b"!") == code


@given(numbers, st.sampled_from(ALPHABET), st.integers(0, LENGTH - 1))
def test_every_single_wrong_character_is_found(number: int, other: str, place: int) -> None:
    code = reference_code(number, KEY)
    wrong = code[:place] + other + code[place + 1 :]
    if wrong == code:
        assert read_code(wrong) == code
    else:
        with pytest.raises(BadInputError, match="one character is wrong"):
            read_code(wrong)


@given(numbers)
def test_every_exchange_of_two_characters_is_found(number: int) -> None:
    code = reference_code(number, KEY)
    for one, two in combinations(range(LENGTH), 2):
        letters = list(code)
        letters[one], letters[two] = letters[two], letters[one]
        exchanged = "".join(letters)
        if exchanged != code:
            with pytest.raises(BadInputError, match="two are exchanged"):
                read_code(exchanged)


def test_all_wrong_characters_of_one_code_are_found() -> None:
    code = reference_code(987_654_321, KEY)
    for place in range(LENGTH):
        for other in set(ALPHABET) - {code[place]}:
            with pytest.raises(BadInputError):
                read_code(code[:place] + other + code[place + 1 :])


def test_a_hurried_hand_is_understood() -> None:
    code = next(code for code in (reference_code(n, KEY) for n in range(1, 99)) if "0" in code and "1" in code)
    hurried = spoken(code).lower().replace("0", "o").replace("1", "l").replace("-", " \u2013 ")
    assert read_code(f"\u2066{hurried}\u2069") == code
    assert read_code(code.replace("1", "I")) == code


@pytest.mark.parametrize("text", ["", "K7F3", "K7F3-Q2A9-XQTBB", "K7F3-Q2A9-XQT*", "UUUU-UUUU-UUUU", "كرامة-كرامة"])
def test_what_is_no_code_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadInputError, match="12 digits and letters"):
        read_code(text)


def test_following_numbers_have_seals_that_do_not_follow() -> None:
    seals = [reference_code(number, KEY)[7:11] for number in range(2000)]
    assert len(set(seals)) > 1990
    assert all(not is_sealed(reference_code(number, b"another key of the tests"), KEY) for number in range(2000))


def test_numbers_and_keys_out_of_bounds_are_refused() -> None:
    for number in (-1, MOST + 1):
        with pytest.raises(ValueError, match="has no reference code"):
            reference_code(number, KEY)
    with pytest.raises(ValueError, match="at least 16"):
        reference_code(1, b"short")
    assert number_of(reference_code(MOST, KEY)) == MOST


def test_the_alphabet_is_digits_then_capitals() -> None:
    assert "".join(sorted(set(string.digits + string.ascii_uppercase) - set("ILOU"))) == ALPHABET
