"""The function that orders names in French and Arabic."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from karama.registry.names import SORT_KEY


class Migration(migrations.Migration):
    """Adds ``karama_sort_key``."""

    dependencies: ClassVar = [("registry", "0003_imports")]
    operations: ClassVar = [SORT_KEY]
