"""Who receives the aid for a household, beside the account it is paid on; nobody is named in what was known before."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A column without values and an index of those that are named: nothing of a large table is written again."""

    dependencies: ClassVar = [("registry", "0008_analyse")]
    operations: ClassVar = [
        migrations.AddField(
            "paymentaccount",
            "recipient",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.person",
            ),
        ),
        migrations.AddIndex(
            "paymentaccount",
            models.Index(
                condition=models.Q(("recipient__isnull", False)),
                fields=["recipient"],
                name="payment_account_recipient",
            ),
        ),
    ]
