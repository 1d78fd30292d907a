"""A citizen has one account: whoever else had one with the same identifier would read his file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("record", "0005_kept_headers"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idcs", ""), _negated=True), fields=("idcs",), name="account_of_one_person"
            ),
        ),
    ]
