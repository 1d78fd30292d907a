"""Django's name for this floor."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from karama.record.planned import keep_plans


class RecordConfig(AppConfig):
    """The app ``record``."""

    name = "karama.record"
    label = "record"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Prepare the connections that will be opened."""
        connection_created.connect(keep_plans)
