"""Who facts are about: persons, households, establishments.  Nothing here but what names them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Person(models.Model):
    """A person, by the identifiant digital civil et social (IDCS)."""

    idcs = models.CharField(max_length=32, unique=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    """Set where the person was found to be the same as another; the facts stay where they are."""
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="person_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        """The IDCS."""
        return self.idcs


class Household(models.Model):
    """A household (ménage) of the RSU; ``commune`` is where it lives now and says whose territory it is."""

    number = models.CharField(max_length=32, unique=True)
    commune = models.CharField(max_length=9, db_index=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(commune__regex=r"^[0-9]{9}$"), name="household_commune_is_hcp_code"),
        ]

    def __str__(self) -> str:
        """The number."""
        return self.number


class Establishment(models.Model):
    """A social protection establishment, which claims for the children placed in it."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200, blank=True)
    commune = models.CharField(max_length=9)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        """The code."""
        return self.code
