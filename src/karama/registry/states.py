"""Where facts come from, and how far an import is."""

from __future__ import annotations

from django.db import models


class Source(models.TextChoices):
    """The registry, ministry or office that holds a fact."""

    RNP = "RNP", "Registre national de la population"
    RSU = "RSU", "Registre social unifié"
    MASSAR = "Massar", "Ministère de l'éducation nationale (Massar)"
    CNSS = "CNSS", "Caisse nationale de sécurité sociale"
    CMR = "CMR", "Caisse marocaine des retraites"
    TGR = "TGR", "Trésorerie générale du Royaume"
    CDG = "CDG", "Caisse de dépôt et de gestion"
    ENTRAIDE = "Entraide nationale", "Entraide nationale"
    ASD = "ASD", "Espace de l'aide sociale directe"
    AGENCY = "ANSS", "Agence nationale du soutien social"
    SYNTHETIC = "synthetic", "Registre synthétique"


class ImportState(models.TextChoices):
    """A file is being taken in (or was when its process died), or all its good rows are in the record."""

    RUNNING = "running", "running or interrupted"
    DONE = "done", "done"
