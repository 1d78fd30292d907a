"""The pages as an app, so that Django finds their templates and their style."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Holds no table; stands before the libraries whose templates it replaces."""

    name = "karama.portal"
    label = "portal"
    verbose_name = "Portal"
