"""The composition root as an app, so that its checks run with Django's."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Holds no table."""

    name = "karama.project"
    label = "project"
    verbose_name = "Karama"

    def ready(self) -> None:
        """Register the checks."""
        from karama.project import checks  # noqa: F401, PLC0415 - Django is set up only now
