"""Django's name for this floor."""

from django.apps import AppConfig


class RecordConfig(AppConfig):
    """The app ``record``."""

    name = "karama.record"
    label = "record"
    default_auto_field = "django.db.models.BigAutoField"
