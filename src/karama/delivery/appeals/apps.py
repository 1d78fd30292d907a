"""Django's name for this part of the floor."""

from django.apps import AppConfig


class AppealsConfig(AppConfig):
    """The app ``appeals``."""

    name = "karama.delivery.appeals"
    label = "appeals"
    default_auto_field = "django.db.models.BigAutoField"
