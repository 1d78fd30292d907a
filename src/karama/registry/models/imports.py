"""Files taken in: which, how far, and the rows refused with their reason."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from karama.registry.states import ImportState


class Import(models.Model):
    """One file or register folder, named by its content: the same content is taken in once.

    Its number is the ``origin`` of every fact that it brought.
    """

    kind = models.CharField(max_length=30)
    """``register``, or one of the kinds of update files."""
    month = models.DateField(null=True)
    """Of a register folder."""
    name = models.CharField(max_length=200)
    """Of the file when it was first given."""
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.RUNNING)
    rows = models.BigIntegerField(default=0)
    chunks = models.IntegerField(default=0)
    chunks_done = ArrayField(models.IntegerField(), default=list)
    """Numbers of the chunks whose transaction is committed."""
    counts = models.JSONField(default=dict)
    """Facts closed, written and unchanged, by table."""
    rebuilt = models.JSONField(default=list)
    """Of a first load: the statements that give the tables back what was taken away for speed."""
    begun_by = models.CharField(max_length=150)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "month", "sha256"], name="import_of_a_content_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("begun_at")), name="import_ends_after_its_begin"
            ),
        ]

    def __str__(self) -> str:
        """Its number and file."""
        return f"{self.pk} {self.name}"


class Rejection(models.Model):
    """One rule that a row of a file breaks; the row was left out."""

    of_import = models.ForeignKey(Import, models.PROTECT, related_name="rejections")
    file = models.CharField(max_length=200)
    row = models.BigIntegerField()
    """Position in its file, from 1."""
    owner = models.CharField(max_length=64, blank=True)
    """The household whose rows are all left out with it; empty where the row stands alone."""
    key = models.CharField(max_length=64, blank=True)
    """The identifier in the row."""
    column = models.CharField(max_length=64)
    value = models.CharField(max_length=200, null=True)  # noqa: DJ001 - an absent value is not an empty one
    rule = models.CharField(max_length=60)
    remedy = models.CharField(max_length=200)

    class Meta:
        """The order in which they are shown."""

        ordering: ClassVar = ["of_import", "file", "row", "column", "rule"]

    def __str__(self) -> str:
        """Where and what."""
        return f"{self.file}, row {self.row}: {self.rule}"
