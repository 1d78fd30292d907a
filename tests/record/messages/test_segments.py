"""What a telephone company counts for a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karama.record.messages.segments import BASIC, EXTENDED, encoded, in_gsm7, segments_of, split


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "count"),
    [
        ("", "gsm7", 0, 1),
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("é" * 160, "gsm7", 160, 1),
        ("€" * 80, "gsm7", 160, 1),
        ("€" * 81, "gsm7", 162, 2),
        ("ê" + "a" * 69, "ucs2", 70, 1),
        ("ê" + "a" * 70, "ucs2", 71, 2),
        ("ق" * 70, "ucs2", 70, 1),
        ("ق" * 134, "ucs2", 134, 2),
        ("ق" * 135, "ucs2", 135, 3),
        ("😀" * 35, "ucs2", 70, 1),
    ],
)
def test_the_segments_of_a_text_at_each_limit(text: str, alphabet: str, units: int, count: int) -> None:
    found = segments_of(text)
    assert (found.alphabet, found.units, found.count) == (alphabet, units, count)


def test_a_character_of_two_places_is_not_cut_by_the_end_of_a_segment() -> None:
    first, second = split("a" * 152 + "€" * 10)
    assert (len(first), second) == (152, "€" * 10)
    first, second = split("ق" * 66 + "😀" + "ق" * 20)
    assert (len(first), second[0]) == (66, "😀")


@given(st.text(alphabet=BASIC.replace("\x1b", "") + "".join(EXTENDED) + "قêç😀", max_size=400))
def test_segments_joined_again_are_the_text(text: str) -> None:
    parts = split(text)
    assert "".join(parts) == text
    assert segments_of(text).count == len(parts)
    alphabet = segments_of(text).alphabet
    room = 140 if alphabet == "ucs2" else 160
    assert all(len(encoded(one, alphabet)) <= room for one in parts)


def test_the_numbers_of_the_standard() -> None:
    # 3GPP TS 23.038, table 6.2.1: @ is 0, é is 5, A is 65, Ä is 91, à is 127; the euro is 27 then 101.
    assert encoded("@éAÄà", "gsm7") == bytes([0, 5, 65, 91, 127])
    assert encoded("€", "gsm7") == bytes([27, 101])
    assert len(BASIC) == 128
    assert encoded("قA", "ucs2") == bytes([0x06, 0x42, 0x00, 0x41])
    with pytest.raises(ValueError, match="'ê' is not in the alphabet"):
        encoded("ê", "gsm7")


def test_french_is_said_in_seven_bits_and_arabic_is_left_as_it_is() -> None:
    said = in_gsm7("Prêt, ça va : «cœur» à l’été 1\u202f250 Çà et là… É")
    assert said == 'Pret, ca va : "coeur" à l\'été 1 250 Çà et là... É'
    assert segments_of(said).alphabet == "gsm7"
    assert in_gsm7("قرار") == "قرار"
