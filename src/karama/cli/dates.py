"""Months asked on the command line."""

from __future__ import annotations

import datetime as dt

from karama.foundation.months import Month


def month_or_now(text: str) -> Month:
    """The month written, or the present one."""
    return Month.parse(text) if text else Month.of(dt.datetime.now(tz=dt.UTC).date())
