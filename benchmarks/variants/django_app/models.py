"""Django's models of the tables loaded by ``postgres_load.py``, with the columns that the amounts read."""

from __future__ import annotations

from django.db import models


class Household(models.Model):
    """A household of the register."""

    household_id = models.TextField(primary_key=True)
    claim_month = models.DateField(null=True)
    score = models.DecimalField(max_digits=12, decimal_places=9, null=True)
    score_effective_from = models.DateField(null=True)
    previous_score = models.DecimalField(max_digits=12, decimal_places=9, null=True)
    resident = models.BooleanField()
    other_family_allowance = models.BooleanField()
    state_pay = models.BooleanField()
    pension = models.BooleanField()
    fonds_entraide_familiale = models.BooleanField()

    class Meta:
        """Loaded from outside."""

        db_table, managed = "households", False


class Person(models.Model):
    """A person of the register."""

    person_id = models.TextField(primary_key=True)
    household = models.ForeignKey(Household, models.DO_NOTHING, related_name="persons")
    role = models.TextField()
    birth_date = models.DateField()
    death_date = models.DateField(null=True)
    in_rnp = models.BooleanField()
    enrolled = models.BooleanField()
    severe_disability = models.BooleanField()
    father_deceased = models.BooleanField()
    mother_id = models.TextField(null=True)
    live_birth_order = models.IntegerField(null=True)
    birth_grant_claim_date = models.DateField(null=True)
    receives_family_allowance = models.BooleanField()
    receives_state_pay = models.BooleanField()
    receives_pension = models.BooleanField()

    class Meta:
        """Loaded from outside."""

        db_table, managed = "persons", False


class Sampled(models.Model):
    """A household that the loops work out."""

    household = models.OneToOneField(Household, models.DO_NOTHING, primary_key=True, related_name="sampled")

    class Meta:
        """Loaded from outside."""

        db_table, managed = "sampled", False


class Amount(models.Model):
    """The amount of a household in the month, in centimes."""

    household_id = models.TextField(unique=True)
    eligible = models.BooleanField()
    amount = models.BigIntegerField()

    class Meta:
        """Made by the benchmark."""

        db_table = "amounts"
