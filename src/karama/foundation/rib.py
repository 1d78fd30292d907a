"""A Moroccan bank account number (relevé d'identité bancaire, RIB): 24 digits, of which the last two are a key.

```
999 000 0123456789012345 37
bank    account          key
    city
```

The key is 97 less the remainder by 97 of the first 22 digits followed by two zeros.  The whole is then a multiple of
97, which is prime and divides no digit times a power of ten: every wrong digit is found, whichever it is.

The rules stand here once, as text for a person, as a test of one number, and as SQL for a file of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from karama.foundation.errors import BadInputError

DIGITS = 24
_MODULUS = 97
_HEAD = 22
_BETWEEN = re.compile(r"[\s\-.\u200e\u200f\u2066-\u2069]+")
_SHOWN = 4


@dataclass(frozen=True)
class RibRule:
    """A rule of the number; ``broken`` is SQL of DuckDB over ``{0}``, a text, true where the rule does not hold."""

    code: str
    sentence: str
    remedy: str
    broken: str


NOT_24_DIGITS = RibRule(
    "account_not_24_digits",
    "an account (RIB) is written with 24 digits",
    "write the 24 digits without spaces",
    "NOT regexp_full_match({0}, '[0-9]{{24}}')",
)
KEY_WRONG = RibRule(
    "account_key_wrong",
    "the last two digits of an account (RIB) follow from the others",
    "read the account again",
    "regexp_full_match({0}, '[0-9]{{24}}') AND lpad(CAST(97 - TRY_CAST(left({0}, 22) || '00' AS HUGEINT) % 97"
    " AS VARCHAR), 2, '0') <> right({0}, 2)",
)
RULES = (NOT_24_DIGITS, KEY_WRONG)
"""At most one of them is broken by a number."""


def rib_key(head: str) -> str:
    """The two digits of the key that follow the first 22."""
    return f"{_MODULUS - int(head) * 100 % _MODULUS:02}"


def broken_rule(number: str) -> RibRule | None:
    """The rule that a number without separators breaks; None where it is right."""
    if len(number) != DIGITS or not (number.isascii() and number.isdigit()):
        return NOT_24_DIGITS
    return None if rib_key(number[:_HEAD]) == number[_HEAD:] else KEY_WRONG


def read_rib(text: str, where: str) -> str:
    """The 24 digits of an account that a person wrote, with or without spaces, points and hyphens.

    Raises:
        BadInputError: a rule is broken; names ``where``, the value, the rule and the remedy.
    """
    number = _BETWEEN.sub("", text)
    if broken := broken_rule(number):
        raise BadInputError(f"{where}: '{text}': {broken.sentence}: {broken.remedy}")
    return number


def masked(account: str) -> str:
    """An account of which the last four characters are told, enough to know one's own; empty where there is none."""
    return f"…{account[-_SHOWN:]}" if len(account) > _SHOWN else "…" if account else ""
