"""Django's name for this part of the floor."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """The app ``outgoing``: Django has one of its own that is called messages."""

    name = "karama.record.messages"
    label = "outgoing"
    default_auto_field = "django.db.models.BigAutoField"
