"""A token may read the journal, where it says so and its account may."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

_SCOPES = {
    "claims:read": "reads claims",
    "claims:write": "opens, changes, submits and withdraws claims",
    "claims:decide": "asks for corrections of claims, decides and closes them",
    "decisions:read": "reads decisions with their explanation",
    "appeals:read": "reads appeals and complaints",
    "appeals:write": "lodges appeals and complaints",
    "appeals:judge": "admits appeals, names their judge, reviews, judges and executes them",
    "facts:read": "reads the facts of a file",
    "journal:read": "reads the journal of the whole country and verifies its seals",
}


class Migration(migrations.Migration):
    dependencies = [("record", "0007_scopes_of_officers")]
    operations = [
        migrations.RemoveConstraint(model_name="token", name="token_scopes_known"),
        migrations.AlterField(
            model_name="token",
            name="scopes",
            field=ArrayField(base_field=models.CharField(choices=list(_SCOPES.items()), max_length=24), size=None),
        ),
        migrations.AddConstraint(
            model_name="token",
            constraint=models.CheckConstraint(
                condition=models.Q(("scopes__contained_by", list(_SCOPES)), models.Q(("scopes", []), _negated=True)),
                name="token_scopes_known",
            ),
        ),
    ]
