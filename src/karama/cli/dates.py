"""Months asked on the command line."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from karama.foundation.months import TIME_ZONE, Month


def month_or_now(text: str) -> Month:
    """The month written, or the present one."""
    return Month.parse(text) if text else month_here(dt.datetime.now(tz=dt.UTC))


def month_here(moment: dt.datetime) -> Month:
    """The month in which a moment falls here."""
    return Month.of(moment.astimezone(ZoneInfo(TIME_ZONE)).date())
