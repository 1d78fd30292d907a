"""Reference codes that a person copies from paper: short, checked against slips of the pen, impossible to guess.

Twelve characters of Crockford's alphabet (digits and capitals without I, L, O and U), written in groups of four:

```
K7F3Q2A - 9XQT - B
number    seal   check
```

Seven hold a number, four are its seal (an HMAC under a key that only the service has), one is a check character.  The
check is a weighted sum in the field of 32 elements whose weights all differ: every wrong character and every exchange
of two characters, side by side or not, is found without the key and without a database.
"""

from __future__ import annotations

import hmac
import re

from karama.foundation.errors import BadInputError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: a reader who takes O for 0, or I and L for 1, is understood."""

LENGTH = 12
MOST = 32**7 - 1
"""The largest number that a code holds: thirty-four billion."""

LEAST_KEY_BYTES = 16
_NUMBER, _SEAL, _GROUP = 7, 4, 4
_FIELD = 0b100101
"""x⁵ + x² + 1, which makes a field of the numbers under 32."""

_READ_AS = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u200e\u200f\u2066-\u2069]+")
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def _times(left: int, right: int) -> int:
    """The product of two elements of the field."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left, right = left << 1, right >> 1
        if left & len(ALPHABET):
            left ^= _FIELD
    return product


def _weights() -> tuple[tuple[int, ...], ...]:
    """For each place but the last, the products of its weight with every element; the last place has the weight 1."""
    tables, weight = [], 1
    for _ in range(LENGTH - 1):
        weight = _times(weight, 2)
        tables.append(tuple(_times(weight, value) for value in range(len(ALPHABET))))
    return tuple(tables)


_PRODUCTS = _weights()


def reference_code(number: int, key: bytes) -> str:
    """The code of a number under a key, without separators.

    Raises:
        ValueError: the number is negative or too large, or the key shorter than 16 bytes.
    """
    if not 0 <= number <= MOST:
        message = f"{number} has no reference code: only 0 to {MOST} have"
        raise ValueError(message)
    body = _digits(number, _NUMBER)
    body += _seal(body, key)
    return body + _check(body)


def spoken(code: str) -> str:
    """The code in groups of four, as it is printed: ``K7F3-Q2A9-XQTB``."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def read_code(text: str) -> str:
    """The code that a person typed, with or without separators, small letters and O, I, L understood.

    Raises:
        BadInputError: not twelve characters of the alphabet, or the check character does not fit (a slip of the pen).
    """
    code = _BETWEEN.sub("", text).upper().translate(_READ_AS)
    if len(code) != LENGTH or not _VALUES.keys() >= set(code):
        message = f"'{text}' is no reference code: it has {LENGTH} digits and letters, such as K7F3-Q2A9-XQTB"
        raise BadInputError(message)
    if _check(code[:-1]) != code[-1]:
        message = f"reference code '{text}': one character is wrong or two are exchanged: compare it with the paper"
        raise BadInputError(message)
    return code


def is_sealed(code: str, key: bytes) -> bool:
    """Whether the service that has the key made this code (as ``read_code`` gives it)."""
    return hmac.compare_digest(code[_NUMBER:-1], _seal(code[:_NUMBER], key))


def number_of(code: str) -> int:
    """The number in a code (as ``read_code`` gives it)."""
    number = 0
    for character in code[:_NUMBER]:
        number = number * len(ALPHABET) + _VALUES[character]
    return number


def _digits(number: int, length: int) -> str:
    digits = ""
    for _ in range(length):
        number, value = divmod(number, len(ALPHABET))
        digits = ALPHABET[value] + digits
    return digits


def _seal(body: str, key: bytes) -> str:
    if len(key) < LEAST_KEY_BYTES:
        message = f"the key of reference codes has {len(key)} bytes: give at least {LEAST_KEY_BYTES}"
        raise ValueError(message)
    digest = hmac.digest(key, b"karama reference " + body.encode(), "sha256")
    return _digits(int.from_bytes(digest[:4], "big"), _SEAL)


def _check(body: str) -> str:
    total = 0
    for place, character in enumerate(body):
        total ^= _PRODUCTS[place][_VALUES[character]]
    return ALPHABET[total]
