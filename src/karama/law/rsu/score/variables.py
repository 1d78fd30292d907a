"""The variables of the socio-economic score, as annexes 1 and 2 of decree 2-21-582 list them.

``kind``: flag (yes or no), count, share (members concerned divided by the household's size) or spending (yearly MAD
divided by the household's size).  ``derived`` ones come from the members' dates of birth and are never typed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from karama.foundation.languages import Label

VariableKind = Literal["flag", "count", "share", "spending"]


@dataclass(frozen=True)
class Variable:
    """One variable of the score and the milieus in which it counts."""

    name: str
    kind: VariableKind
    milieus: tuple[str, ...]
    label: Label
    derived: bool = False

    @property
    def column(self) -> str:
        """The column of the register that holds it: a number of members for a share, whole MAD a year for spending."""
        if self.kind == "share":
            return "members_" + self.name.removeprefix("share_")
        return f"{self.name}_mad_per_year" if self.kind == "spending" else self.name


BOTH, URBAN, RURAL = ("urban", "rural"), ("urban",), ("rural",)

VARIABLES = (
    Variable(
        "single_or_childless_couple",
        "flag",
        BOTH,
        Label(
            "personne seule ou couple sans enfant", "شخص وحيد أو زوجان بدون أطفال", "single person or childless couple"
        ),
    ),
    Variable(
        "more_than_one_family_nucleus",
        "flag",
        URBAN,
        Label("plus d'un noyau familial", "أكثر من نواة أسرية", "more than one family nucleus"),
    ),
    Variable(
        "at_most_two_persons_per_room",
        "flag",
        BOTH,
        Label("au plus deux personnes par pièce", "شخصان على الأكثر في الغرفة", "at most two persons per room"),
    ),
    Variable("has_bath_or_shower", "flag", URBAN, Label("bain ou douche", "حمام أو دش", "bath or shower")),
    Variable(
        "has_own_electricity_meter",
        "flag",
        URBAN,
        Label("compteur électrique individuel", "عداد كهرباء فردي", "own electricity meter"),
    ),
    Variable(
        "head_higher_education",
        "flag",
        URBAN,
        Label("chef de ménage : enseignement supérieur", "رب الأسرة: تعليم عال", "head: higher education"),
    ),
    Variable(
        "head_senior_executive",
        "flag",
        BOTH,
        Label("chef de ménage : cadre supérieur", "رب الأسرة: إطار عال", "head: senior executive"),
    ),
    Variable(
        "head_middle_manager",
        "flag",
        URBAN,
        Label("chef de ménage : cadre moyen", "رب الأسرة: إطار متوسط", "head: middle manager"),
    ),
    Variable("head_employer", "flag", BOTH, Label("chef de ménage : employeur", "رب الأسرة: مشغّل", "head: employer")),
    Variable(
        "head_retired_or_rentier",
        "flag",
        URBAN,
        Label("chef de ménage : retraité ou rentier", "رب الأسرة: متقاعد أو صاحب ريع", "head: retired or rentier"),
    ),
    Variable("has_computer", "flag", URBAN, Label("ordinateur", "حاسوب", "computer")),
    Variable("has_satellite_dish", "flag", URBAN, Label("antenne parabolique", "صحن هوائي", "satellite dish")),
    Variable("has_fixed_telephone", "flag", URBAN, Label("téléphone fixe", "هاتف ثابت", "fixed telephone")),
    Variable(
        "member_with_health_insurance",
        "flag",
        BOTH,
        Label(
            "un membre a une assurance maladie (hors RAMED)",
            "أحد الأفراد له تأمين صحي (غير راميد)",
            "a member has health insurance (other than RAMED)",
        ),
    ),
    Variable(
        "has_loan",
        "flag",
        URBAN,
        Label(
            "crédit auprès d'une banque, d'un organisme ou de l'employeur",
            "قرض من بنك أو مؤسسة أو مشغّل",
            "loan from a bank, an institution or the employer",
        ),
    ),
    Variable("has_second_home", "flag", BOTH, Label("résidence secondaire", "سكن ثانوي", "second home")),
    Variable("has_garage", "flag", URBAN, Label("garage", "مرآب", "garage")),
    Variable("has_business_premises", "flag", URBAN, Label("local professionnel", "محل مهني", "business premises")),
    Variable("household_size", "count", BOTH, Label("taille du ménage", "حجم الأسرة", "household size"), derived=True),
    Variable(
        "household_size_squared",
        "count",
        BOTH,
        Label("taille du ménage au carré", "مربع حجم الأسرة", "household size squared"),
        derived=True,
    ),
    Variable(
        "head_age", "count", URBAN, Label("âge du chef de ménage", "سن رب الأسرة", "age of the head"), derived=True
    ),
    Variable(
        "head_age_squared",
        "count",
        URBAN,
        Label("âge du chef de ménage au carré", "مربع سن رب الأسرة", "age of the head squared"),
        derived=True,
    ),
    Variable(
        "children_6_14_private_school",
        "count",
        URBAN,
        Label(
            "enfants de 6 à 14 ans en école privée",
            "أطفال من 6 إلى 14 سنة بالتعليم الخصوصي",
            "children 6-14 in private school",
        ),
    ),
    Variable(
        "children_6_14_public_school",
        "count",
        URBAN,
        Label(
            "enfants de 6 à 14 ans en école publique",
            "أطفال من 6 إلى 14 سنة بالتعليم العمومي",
            "children 6-14 in public school",
        ),
    ),
    Variable(
        "share_15plus_no_diploma",
        "share",
        URBAN,
        Label(
            "part des 15 ans et plus sans diplôme",
            "نسبة البالغين 15 سنة فأكثر بدون شهادة",
            "share aged 15+ without diploma",
        ),
    ),
    Variable(
        "share_15plus_technical_diploma",
        "share",
        URBAN,
        Label(
            "part des 15 ans et plus avec diplôme technique",
            "نسبة البالغين 15 سنة فأكثر بشهادة تقنية",
            "share aged 15+ with a technical diploma",
        ),
    ),
    Variable(
        "share_15plus_earning",
        "share",
        URBAN,
        Label(
            "part des 15 ans et plus ayant un revenu", "نسبة البالغين 15 سنة فأكثر ذوي دخل", "share aged 15+ earning"
        ),
    ),
    Variable(
        "share_15plus_equipment_operators",
        "share",
        URBAN,
        Label(
            "part des 15 ans et plus conducteurs d'engins",
            "نسبة البالغين 15 سنة فأكثر سائقي آليات",
            "share aged 15+ equipment operators",
        ),
    ),
    Variable(
        "share_senior_executives",
        "share",
        URBAN,
        Label("part des cadres supérieurs", "نسبة الأطر العليا", "share of senior executives"),
    ),
    Variable("mobile_phones", "count", URBAN, Label("téléphones portables", "الهواتف المحمولة", "mobile phones")),
    Variable("cars", "count", URBAN, Label("voitures", "السيارات", "cars")),
    Variable("motorcycles", "count", URBAN, Label("motocycles", "الدراجات النارية", "motorcycles")),
    Variable(
        "butane_spending",
        "spending",
        BOTH,
        Label("dépense de butane par tête", "إنفاق البوتان للفرد", "butane spending per head"),
    ),
    Variable(
        "water_and_electricity_spending",
        "spending",
        BOTH,
        Label(
            "dépense d'eau et d'électricité par tête",
            "إنفاق الماء والكهرباء للفرد",
            "water and electricity spending per head",
        ),
    ),
    Variable(
        "phone_and_internet_spending",
        "spending",
        BOTH,
        Label(
            "dépense de téléphone et d'internet par tête",
            "إنفاق الهاتف والإنترنت للفرد",
            "phone and internet spending per head",
        ),
    ),
    Variable(
        "dwelling_villa_flat_or_stone_house",
        "flag",
        RURAL,
        Label("villa, appartement ou maison en pierre", "فيلا أو شقة أو منزل حجري", "villa, flat or stone house"),
    ),
    Variable(
        "at_most_three_persons_per_room",
        "flag",
        RURAL,
        Label(
            "au plus trois personnes par pièce", "ثلاثة أشخاص على الأكثر في الغرفة", "at most three persons per room"
        ),
    ),
    Variable(
        "head_basic_education",
        "flag",
        RURAL,
        Label("chef de ménage : enseignement fondamental", "رب الأسرة: تعليم أساسي", "head: basic education"),
    ),
    Variable(
        "head_equipment_operator",
        "flag",
        RURAL,
        Label(
            "chef de ménage : conducteur d'engins ou de machines", "رب الأسرة: سائق آليات", "head: equipment operator"
        ),
    ),
    Variable(
        "head_craftsman", "flag", RURAL, Label("chef de ménage : artisan", "رب الأسرة: صانع تقليدي", "head: craftsman")
    ),
    Variable(
        "head_farmer", "flag", RURAL, Label("chef de ménage : exploitant agricole", "رب الأسرة: فلاح", "head: farmer")
    ),
    Variable("has_car", "flag", RURAL, Label("voiture", "سيارة", "car")),
    Variable("has_motorcycle", "flag", RURAL, Label("motocycle", "دراجة نارية", "motorcycle")),
    Variable(
        "has_non_agricultural_land",
        "flag",
        RURAL,
        Label("terrain non agricole", "أرض غير فلاحية", "non-agricultural land"),
    ),
    Variable("has_irrigated_land", "flag", RURAL, Label("terre irriguée", "أرض مسقية", "irrigated land")),
    Variable(
        "members_19_29",
        "count",
        RURAL,
        Label("membres de 19 à 29 ans", "أفراد من 19 إلى 29 سنة", "members aged 19-29"),
        derived=True,
    ),
    Variable(
        "members_30_59",
        "count",
        RURAL,
        Label("membres de 30 à 59 ans", "أفراد من 30 إلى 59 سنة", "members aged 30-59"),
        derived=True,
    ),
    Variable(
        "members_60_plus",
        "count",
        RURAL,
        Label("membres de 60 ans et plus", "أفراد بعمر 60 سنة فأكثر", "members aged 60 and over"),
        derived=True,
    ),
    Variable(
        "share_15plus_literate",
        "share",
        RURAL,
        Label(
            "part des 15 ans et plus alphabétisés", "نسبة البالغين 15 سنة فأكثر غير الأميين", "share aged 15+ literate"
        ),
    ),
    Variable(
        "share_15plus_higher_diploma",
        "share",
        RURAL,
        Label(
            "part des 15 ans et plus diplômés du supérieur",
            "نسبة البالغين 15 سنة فأكثر بشهادة عليا",
            "share aged 15+ with a higher diploma",
        ),
    ),
    Variable("share_traders", "share", RURAL, Label("part des commerçants", "نسبة التجار", "share of traders")),
    Variable("cows", "count", RURAL, Label("vaches", "الأبقار", "cows")),
)
