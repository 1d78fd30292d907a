"""Roles of the people who work with the record, and the pairs no one may hold together."""

from __future__ import annotations

from django.db import models

from karama.foundation.languages import Label


class Role(models.TextChoices):
    """Who may do what, said as prose; the rights themselves are the named predicates of ``permissions``."""

    CITIZEN = "citizen", "A citizen sees and acts on the files of his own household."
    ESTABLISHMENT_DIRECTOR = (
        "establishment_director",
        "The director of a social protection establishment claims and appeals for the children placed in it.",
    )
    COUNTER_AGENT = "counter_agent", "A counter agent opens files of his territory and files claims for the people."
    CLAIMS_OFFICER = "claims_officer", "A claims officer asks for corrections and decides claims of his territory."
    APPEALS_OFFICER = "appeals_officer", "An appeals officer judges appeals against decisions he took no part in."
    PAYMENT_PREPARER = "payment_preparer", "A payment preparer prepares a month's payments and cannot approve them."
    PAYMENT_APPROVER = "payment_approver", "A payment approver approves payments somebody else prepared."
    TERRITORIAL_MANAGER = (
        "territorial_manager",
        "A territorial manager follows the files, delays and complaints of his territory.",
    )
    ANALYST = "analyst", "An analyst reads pseudonymised data only, never a name or a file."
    AUDITOR = "auditor", "An auditor reads everything, the journal included, and changes nothing."
    ADMINISTRATOR = "administrator", "An administrator manages accounts, roles and imports, and decides nothing."


INCOMPATIBLE_ROLES: tuple[tuple[Role, Role], ...] = (
    (Role.PAYMENT_PREPARER, Role.PAYMENT_APPROVER),
    (Role.CLAIMS_OFFICER, Role.PAYMENT_PREPARER),
    (Role.CLAIMS_OFFICER, Role.PAYMENT_APPROVER),
    (Role.CLAIMS_OFFICER, Role.APPEALS_OFFICER),
    (Role.APPEALS_OFFICER, Role.PAYMENT_PREPARER),
    (Role.APPEALS_OFFICER, Role.PAYMENT_APPROVER),
    *((Role.ADMINISTRATOR, other) for other in (Role.CLAIMS_OFFICER, Role.APPEALS_OFFICER)),
    *((Role.ADMINISTRATOR, other) for other in (Role.PAYMENT_PREPARER, Role.PAYMENT_APPROVER)),
    *(
        (Role.AUDITOR, other)
        for other in Role
        if other not in {Role.AUDITOR, Role.CITIZEN, Role.ESTABLISHMENT_DIRECTOR}
    ),
    *(
        (Role.ANALYST, other)
        for other in Role
        if other not in {Role.ANALYST, Role.AUDITOR, Role.CITIZEN, Role.ESTABLISHMENT_DIRECTOR}
    ),
)
"""Pairs of roles one account may not hold at the same time; the database refuses them too."""


class AccountKind(models.TextChoices):
    """What stands behind an account."""

    STAFF = "staff", "a member of the agency's staff"
    CITIZEN = "citizen", "a citizen"
    SERVICE = "service", "a program of a partner"


STAFF_ROLES = frozenset(Role) - {Role.CITIZEN, Role.ESTABLISHMENT_DIRECTOR}
"""Roles that need a second factor and whose reads of a file are journaled."""


class TokenScope(models.TextChoices):
    """What a token lets a program do, at most; the rights of its account bound it too."""

    CLAIMS_READ = "claims:read", "reads claims"
    CLAIMS_WRITE = "claims:write", "opens, changes, submits and withdraws claims"
    CLAIMS_DECIDE = "claims:decide", "asks for corrections of claims, decides and closes them"
    DECISIONS_READ = "decisions:read", "reads decisions with their explanation"
    APPEALS_READ = "appeals:read", "reads appeals and complaints"
    APPEALS_WRITE = "appeals:write", "lodges appeals and complaints"
    APPEALS_JUDGE = "appeals:judge", "admits appeals, names their judge, reviews, judges and executes them"
    FACTS_READ = "facts:read", "reads the facts of a file"
    JOURNAL_READ = "journal:read", "reads the journal of the whole country and verifies its seals"


ROLE_LABELS: dict[Role, Label] = {
    Role.CITIZEN: Label("citoyen", "مواطن", "citizen"),
    Role.ESTABLISHMENT_DIRECTOR: Label("directeur d'établissement", "مدير مؤسسة", "director of an establishment"),
    Role.COUNTER_AGENT: Label("agent d'accueil", "عون الاستقبال", "counter agent"),
    Role.CLAIMS_OFFICER: Label("chargé des demandes", "مكلف بالطلبات", "claims officer"),
    Role.APPEALS_OFFICER: Label("chargé des recours", "مكلف بالتظلمات", "appeals officer"),
    Role.PAYMENT_PREPARER: Label("préparateur des versements", "معدّ الأداءات", "payment preparer"),
    Role.PAYMENT_APPROVER: Label("approbateur des versements", "مصادق على الأداءات", "payment approver"),
    Role.TERRITORIAL_MANAGER: Label("responsable territorial", "مسؤول ترابي", "territorial manager"),
    Role.ANALYST: Label("analyste", "محلل", "analyst"),
    Role.AUDITOR: Label("auditeur", "مدقق", "auditor"),
    Role.ADMINISTRATOR: Label("administrateur", "مدير النظام", "administrator"),
}
"""The name of each role on a screen."""
