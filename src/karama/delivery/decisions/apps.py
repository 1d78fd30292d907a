"""Django's name for this part of the floor."""

from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    """The app ``decisions``."""

    name = "karama.delivery.decisions"
    label = "decisions"
    default_auto_field = "django.db.models.BigAutoField"
