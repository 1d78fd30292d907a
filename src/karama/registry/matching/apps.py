"""Django's name for the review of duplicates and of memberships that contradict each other."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """The app ``matching``, above ``registry``."""

    name = "karama.registry.matching"
    label = "matching"
    default_auto_field = "django.db.models.BigAutoField"
