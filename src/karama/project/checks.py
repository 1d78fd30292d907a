"""Checks of Django that refuse unsafe settings: ``karama serve`` runs them first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from karama.project.environment import faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.apps import AppConfig


@register("karama", deploy=True)
def safe_settings(app_configs: Sequence[AppConfig] | None, **_: object) -> list[CheckMessage]:  # noqa: ARG001
    """One error for each unsafe setting outside demo mode."""
    return [Error(fault, id="karama.E001") for fault in faults(settings.ENVIRONMENT)]
