"""Django's name for this part of the floor."""

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """The app ``claims``."""

    name = "karama.delivery.claims"
    label = "claims"
    default_auto_field = "django.db.models.BigAutoField"
