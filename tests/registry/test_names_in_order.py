"""Names in their order, French and Arabic, on a server that only knows bytes; ICU is the oracle where one is there."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from django.db import connection

from karama.foundation.postgres import running_server, server_at, stop_server
from karama.registry.models import Civil
from karama.registry.names import SORT_KEY, by_arabic_name, by_french_name

FRENCH = [
    *("Abdelaoui", "Âbed", "Abèd", "ABED", "abed", "Cote", "cote", "Coté", "Côte", "Côté", "Coeur", "Cœur", "Ëlias"),
    *("Elias", "élias", "Élodie", "Éric", "Esma", "Façade", "Facade", "Fadéla", "Ibtissam", "Îhab", "Nunez", "Nuñez"),
    *("Ouafa", "Öznur", "Zoe", "Zoé", "ZOÉ", "Zoë", "Zohra"),
]
# Without آ and ئ, which ICU reads as letters of their own; where two differ by a hamza alone, ICU has the hamza first.
ARABIC = [
    *("ابتسام", "أحمد", "إدريس", "أمينة", "بثينة", "توفيق", "ثريا", "جمال", "حسن", "خديجة", "داود", "ذكرى"),
    *("رشيد", "زينب", "سعيد", "شيماء", "صلاح", "ضياء", "طارق", "ظافر", "عمر", "غزلان", "فؤاد", "قاسم", "كريم", "لبنى"),
    *("محمد", "مُحَمَّد", "نورة", "هند", "وداد", "ياسين"),
]


def _in_order(names: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM unnest(%s::text[]) AS name ORDER BY karama_sort_key(name)", [names])
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.usefixtures("db")
def test_french_accents_and_case_only_part_what_the_letters_leave_equal() -> None:
    assert _in_order(["Abed", "Âbed", "Abdou"]) == ["Abdou", "Abed", "Âbed"]
    assert _in_order(["côté", "Cote", "coté", "côte", "cote"]) == ["cote", "Cote", "coté", "côte", "côté"]
    assert _in_order(["Zohra", "ZOÉ", "zoe", "Zoé", "Yto"]) == ["Yto", "zoe", "Zoé", "ZOÉ", "Zohra"]
    assert _in_order(["Nuwas", "Nuñez", "Nunez"]) == ["Nunez", "Nuñez", "Nuwas"]
    assert _in_order(["Cœur", "Cof", "Cod"]) == ["Cod", "Cœur", "Cof"]


@pytest.mark.usefixtures("db")
def test_a_hyphen_and_an_apostrophe_stand_with_a_space() -> None:
    assert _in_order(["Elalami", "El-Fassi", "El Alami", "El’Amrani"]) == [
        *("El Alami", "El’Amrani", "El-Fassi", "Elalami")
    ]


@pytest.mark.usefixtures("db")
def test_arabic_names_with_and_without_hamza_stand_together_in_the_order_of_the_alphabet() -> None:
    assert _in_order(["بدر", "أحمد", "إدريس", "ادريس", "احمد", "آمنة"]) == [
        "احمد",
        "أحمد",
        "ادريس",
        "إدريس",
        "آمنة",
        "بدر",
    ]
    assert _in_order(["هدى", "هدي", "هدية"]) == ["هدى", "هدي", "هدية"]


@pytest.mark.usefixtures("db")
def test_ta_marbuta_is_read_as_ha_and_alef_maqsura_as_ya() -> None:
    assert _in_order(["فاطمو", "فاطمه", "فاطمة", "فاطمن"]) == ["فاطمن", "فاطمة", "فاطمه", "فاطمو"]
    assert _in_order(["مصطفيك", "مصطفى", "مصطفو"]) == ["مصطفو", "مصطفى", "مصطفيك"]


@pytest.mark.usefixtures("db")
def test_vowel_signs_and_lengthening_do_not_part_a_name_from_itself() -> None:
    assert _in_order(["محمود", "مُحَمَّد", "محـــمد", "محمد"]) == ["محـــمد", "محمد", "مُحَمَّد", "محمود"]


@pytest.mark.usefixtures("db")
def test_composed_and_decomposed_letters_have_one_key() -> None:
    with connection.cursor() as cursor:
        for composed, parts in (("é", "e\u0301"), ("أ", "ا\u0654"), ("ؤ", "و\u0654")):
            cursor.execute("SELECT left(karama_sort_key(%s), 1) = left(karama_sort_key(%s), 1)", [composed, parts])
            assert cursor.fetchone() == (True,)


@pytest.mark.usefixtures("db")
def test_the_order_of_a_query_is_the_key_s() -> None:
    assert str(Civil.objects.order_by(*by_french_name()).query).count("karama_sort_key") == 2
    assert "family_name_ar" in str(Civil.objects.order_by(*by_arabic_name()).query).split("ORDER BY")[1]


@pytest.mark.long
@pytest.mark.parametrize(("names", "collation"), [(FRENCH, "fr-x-icu"), (ARABIC, "ar-x-icu")])
def test_the_order_is_unicode_s_where_a_server_with_icu_is_installed(
    names: list[str], collation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = Path("/usr/lib/postgresql/15/bin")
    if not installed.exists():
        pytest.skip("Debian's PostgreSQL 15 is not installed")
    monkeypatch.setenv("KARAMA_POSTGRES_BIN", str(installed))
    shuffled = random.Random(5).sample(names, len(names))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        try:
            with running_server(folder / "data", durable=False) as server, server.connect_as_owner("karama") as owner:
                owner.execute(str(SORT_KEY.sql).encode())
                asked = 'SELECT name FROM unnest(%s::text[]) AS name ORDER BY {}, name COLLATE "C"'
                ours = owner.execute(asked.format("karama_sort_key(name)").encode(), [shuffled]).fetchall()
                theirs = owner.execute(asked.format(f'name COLLATE "{collation}"').encode(), [shuffled]).fetchall()
        finally:
            stop_server(server_at(folder / "data"))
    assert ours == theirs
