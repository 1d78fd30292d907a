"""The columns of the Moroccan register: what the law reads about a household, its members and children in care.

The registry, the synthetic population and a user's own files all produce these columns; the column dictionary of the
documentation is generated from here.  ``source`` names the registry that holds the fact (RNP: Registre national de la
population; RSU: Registre social unifié; ASD: the space of the aide sociale directe).
"""

from __future__ import annotations

from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.inputs import REQUIRED, InputColumn, Inputs
from karama.law.engine.types import BOOLEAN, DATE, INTEGER, TEXT, choice, decimal

HOUSEHOLD, PERSON = Entity.HOUSEHOLD, Entity.PERSON
SCORE = decimal(12, 9)
REGIONS = tuple(f"{number:02d}" for number in range(1, 13))
ROLES = ("head", "spouse", "child", "kafala_child", "ward", "other")
CHILD_ROLES = ("child", "kafala_child", "ward")
SCHOOL_LEVELS = ("none", "preschool", "primary", "lower_secondary", "upper_secondary", "vocational", "higher")
MARITAL_STATUSES = ("single", "married", "divorced", "widowed")

MILIEU_LABELS = {"urban": Label("urbain", "حضري", "urban"), "rural": Label("rural", "قروي", "rural")}
SEX_LABELS = {"F": Label("féminin", "أنثى", "female"), "M": Label("masculin", "ذكر", "male")}
ROLE_LABELS = {
    "head": Label("chef de ménage", "رب الأسرة", "head"),
    "spouse": Label("conjoint", "الزوج أو الزوجة", "spouse"),
    "child": Label("enfant", "ابن أو ابنة", "child"),
    "kafala_child": Label("enfant en kafala", "طفل مكفول", "child in kafala"),
    "ward": Label("enfant sous tutelle", "طفل تحت الوصاية", "ward"),
    "other": Label("autre membre", "فرد آخر", "other member"),
}
SCHOOL_LEVEL_LABELS = {
    "none": Label("aucun", "بدون", "none"),
    "preschool": Label("préscolaire", "الأولي", "preschool"),
    "primary": Label("primaire", "الابتدائي", "primary"),
    "lower_secondary": Label("collège", "الثانوي الإعدادي", "lower secondary"),
    "upper_secondary": Label("lycée", "الثانوي التأهيلي", "upper secondary"),
    "vocational": Label("formation professionnelle", "التكوين المهني", "vocational training"),
    "higher": Label("supérieur", "التعليم العالي", "higher education"),
}
MARITAL_LABELS = {
    "single": Label("célibataire", "أعزب", "single"),
    "married": Label("marié", "متزوج", "married"),
    "divorced": Label("divorcé", "مطلق", "divorced"),
    "widowed": Label("veuf", "أرمل", "widowed"),
}
CATEGORY_LABELS = {
    "orphan": Label("orphelin", "يتيم", "orphan"),
    "abandoned": Label("abandonné", "مهمل", "abandoned"),
}

_HOUSEHOLD_COLUMNS = (
    InputColumn(
        "household_id",
        HOUSEHOLD,
        TEXT,
        Label("identifiant du ménage", "معرّف الأسرة المعيشية", "household identifier"),
        "RSU",
    ),
    InputColumn(
        "milieu",
        HOUSEHOLD,
        choice("urban", "rural"),
        Label("milieu", "الوسط", "milieu"),
        "RSU",
        code_labels=MILIEU_LABELS,
    ),
    InputColumn(
        "commune",
        HOUSEHOLD,
        TEXT,
        Label("commune (code HCP à neuf chiffres)", "الجماعة (رمز من تسعة أرقام)", "commune (nine-digit HCP code)"),
        "RSU",
    ),
    InputColumn(
        "region",
        HOUSEHOLD,
        choice(*REGIONS),
        Label("région", "الجهة", "region"),
        "first two digits of the commune",
        default=None,
    ),
    InputColumn(
        "claim_month",
        HOUSEHOLD,
        DATE.or_unknown(),
        Label("mois de la demande", "شهر الطلب", "month of the claim"),
        "ASD",
        month=True,
    ),
    InputColumn(
        "score",
        HOUSEHOLD,
        SCORE.or_unknown(),
        Label("indice socio-économique", "المؤشر الاجتماعي والاقتصادي", "socio-economic score"),
        "RSU",
        default=None,
        least=0,
        most=99,
    ),
    InputColumn(
        "score_effective_from",
        HOUSEHOLD,
        DATE.or_unknown(),
        Label("mois d'effet de l'indice", "شهر سريان المؤشر", "month from which the score counts"),
        "RSU",
        default=None,
        month=True,
    ),
    InputColumn(
        "previous_score",
        HOUSEHOLD,
        SCORE.or_unknown(),
        Label("indice précédent", "المؤشر السابق", "previous score"),
        "RSU",
        default=None,
        least=0,
        most=99,
    ),
    InputColumn(
        "resident",
        HOUSEHOLD,
        BOOLEAN,
        Label("le chef de famille réside au Maroc", "رب الأسرة مقيم بالمغرب", "the head lives in Morocco"),
        "RNP",
        default=True,
    ),
    InputColumn(
        "other_family_allowance",
        HOUSEHOLD,
        BOOLEAN,
        Label(
            "reçoit d'autres allocations familiales",
            "يستفيد من تعويضات عائلية أخرى",
            "receives another family allowance",
        ),
        "CNSS",
        default=False,
    ),
    InputColumn(
        "state_pay",
        HOUSEHOLD,
        BOOLEAN,
        Label(
            "traitement de l'État ou d'un organisme public",
            "أجر من الدولة أو هيئة عمومية",
            "paid by the State or a public body",
        ),
        "TGR",
        default=False,
    ),
    InputColumn(
        "pension",
        HOUSEHOLD,
        BOOLEAN,
        Label("reçoit une pension", "يتقاضى معاشا", "receives a pension"),
        "CMR, CNSS, RCAR",
        default=False,
    ),
    InputColumn(
        "fonds_entraide_familiale",
        HOUSEHOLD,
        BOOLEAN,
        Label(
            "bénéficie du Fonds d'entraide familiale",
            "يستفيد من صندوق التكافل العائلي",
            "benefits from the Fonds d'entraide familiale",
        ),
        "CDG",
        default=False,
    ),
    InputColumn(
        "social_security_months",
        HOUSEHOLD,
        INTEGER,
        Label(
            "mois déclarés à la sécurité sociale",
            "أشهر التصريح بالضمان الاجتماعي",
            "months declared to social security",
        ),
        "CNSS",
        unit="months",
        default=0,
        least=0,
        most=1200,
    ),
)

_PERSON_COLUMNS = (
    InputColumn(
        "person_id", PERSON, TEXT, Label("identifiant de la personne", "معرّف الشخص", "person identifier"), "RNP"
    ),
    InputColumn(
        "role",
        PERSON,
        choice(*ROLES),
        Label("rôle dans le ménage", "الدور في الأسرة", "role in the household"),
        "RSU",
        code_labels=ROLE_LABELS,
    ),
    InputColumn("sex", PERSON, choice("F", "M"), Label("sexe", "الجنس", "sex"), "RNP", code_labels=SEX_LABELS),
    InputColumn("birth_date", PERSON, DATE, Label("date de naissance", "تاريخ الميلاد", "date of birth"), "RNP"),
    InputColumn(
        "death_date",
        PERSON,
        DATE.or_unknown(),
        Label("date de décès", "تاريخ الوفاة", "date of death"),
        "RNP",
        default=None,
    ),
    InputColumn(
        "in_rnp",
        PERSON,
        BOOLEAN,
        Label("inscrit au RNP", "مسجل في السجل الوطني للسكان", "in the RNP"),
        "RNP",
        default=True,
    ),
    InputColumn(
        "marital_status",
        PERSON,
        choice(*MARITAL_STATUSES).or_unknown(),
        Label("état matrimonial", "الحالة العائلية", "marital status"),
        "RNP",
        default=None,
        code_labels=MARITAL_LABELS,
    ),
    InputColumn("enrolled", PERSON, BOOLEAN, Label("scolarisé", "متمدرس", "at school"), "Massar", default=False),
    InputColumn(
        "school_level",
        PERSON,
        choice(*SCHOOL_LEVELS),
        Label("niveau scolaire", "المستوى الدراسي", "school level"),
        "Massar",
        default="none",
        code_labels=SCHOOL_LEVEL_LABELS,
    ),
    InputColumn(
        "public_school",
        PERSON,
        BOOLEAN,
        Label("école publique", "مدرسة عمومية", "public school"),
        "Massar",
        default=True,
    ),
    InputColumn(
        "severe_disability",
        PERSON,
        BOOLEAN,
        Label("handicap lourd", "إعاقة شديدة", "severe disability"),
        "ASD",
        default=False,
    ),
    InputColumn(
        "father_deceased",
        PERSON,
        BOOLEAN,
        Label("orphelin de père", "يتيم الأب", "father deceased"),
        "RNP",
        default=False,
    ),
    InputColumn(
        "mother_id",
        PERSON,
        TEXT.or_unknown(),
        Label("identifiant de la mère", "معرّف الأم", "mother's identifier"),
        "RNP",
        default=None,
    ),
    InputColumn(
        "live_birth_order",
        PERSON,
        INTEGER.or_unknown(),
        Label("rang de naissance chez la mère", "ترتيب الولادة لدى الأم", "order among the mother's live births"),
        "RNP",
        default=None,
        least=1,
        most=30,
    ),
    InputColumn(
        "birth_order",
        PERSON,
        INTEGER.or_unknown(),
        Label("rang de naissance dans la famille", "ترتيب الولادة في الأسرة", "birth order in the family"),
        "RNP",
        default=None,
        least=1,
        most=30,
    ),
    InputColumn(
        "birth_grant_claim_date",
        PERSON,
        DATE.or_unknown(),
        Label("date de demande de la prime", "تاريخ طلب المنحة", "date of the birth grant's claim"),
        "ASD",
        default=None,
    ),
    InputColumn(
        "receives_family_allowance",
        PERSON,
        BOOLEAN,
        Label("reçoit des allocations familiales", "يتقاضى تعويضات عائلية", "receives family allowances"),
        "CNSS",
        default=False,
    ),
    InputColumn(
        "receives_state_pay",
        PERSON,
        BOOLEAN,
        Label("reçoit un traitement public", "يتقاضى أجرا عموميا", "receives State pay"),
        "TGR",
        default=False,
    ),
    InputColumn(
        "receives_pension",
        PERSON,
        BOOLEAN,
        Label("reçoit une pension", "يتقاضى معاشا", "receives a pension"),
        "CMR",
        default=False,
    ),
)

REGISTER = Inputs(columns=(*_HOUSEHOLD_COLUMNS, *_PERSON_COLUMNS))
"""Households and their members, as ASD and AMO-Tadamon read them."""

WARDS = Inputs(
    columns=(
        InputColumn(
            "person_id", HOUSEHOLD, TEXT, Label("identifiant de l'enfant", "معرّف الطفل", "child's identifier"), "RNP"
        ),
        InputColumn(
            "establishment_id",
            HOUSEHOLD,
            TEXT,
            Label("établissement", "المؤسسة", "establishment"),
            "Entraide nationale",
        ),
        InputColumn("commune", HOUSEHOLD, TEXT, Label("commune", "الجماعة", "commune"), "RSU", default=""),
        InputColumn("sex", HOUSEHOLD, choice("F", "M"), Label("sexe", "الجنس", "sex"), "RNP", code_labels=SEX_LABELS),
        InputColumn("birth_date", HOUSEHOLD, DATE, Label("date de naissance", "تاريخ الميلاد", "date of birth"), "RNP"),
        InputColumn(
            "category",
            HOUSEHOLD,
            choice("orphan", "abandoned"),
            Label("orphelin ou abandonné", "يتيم أو مهمل", "orphan or abandoned"),
            "Entraide nationale",
            code_labels=CATEGORY_LABELS,
        ),
        InputColumn(
            "admitted",
            HOUSEHOLD,
            DATE,
            Label("date d'admission", "تاريخ القبول", "date of admission"),
            "Entraide nationale",
        ),
        InputColumn(
            "left_on",
            HOUSEHOLD,
            DATE.or_unknown(),
            Label("date de sortie", "تاريخ المغادرة", "date of leaving"),
            "Entraide nationale",
            default=None,
        ),
        InputColumn(
            "claim_month",
            HOUSEHOLD,
            DATE,
            Label("mois de la demande", "شهر الطلب", "month of the claim"),
            "ASD",
            month=True,
        ),
    ),
    household_table="wards",
    household_key="person_id",
    person_table=None,
)
"""Children in social protection establishments (enfants placés); they belong to no household."""

__all__ = ["CHILD_ROLES", "REGIONS", "REGISTER", "REQUIRED", "SCORE", "WARDS"]
