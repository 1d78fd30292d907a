"""Django's name for this floor."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The app ``registry``."""

    name = "karama.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"
