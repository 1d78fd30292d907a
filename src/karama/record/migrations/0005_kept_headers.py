"""A kept answer gives its headers again too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0004_sealed_leaves"),
    ]

    operations = [
        migrations.AddField(
            model_name="keptanswer",
            name="headers",
            field=models.JSONField(default=dict),
        ),
    ]
