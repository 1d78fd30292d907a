"""The export in the shapes OpenFisca users know: it reads back, with the same values at the same dates."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from karama.foundation.errors import BadInputError, StorageError
from karama.foundation.money import from_centimes
from karama.law import PROGRAMMES, programme_named
from karama.law.openfisca import export, parameter_shape
from tests.law.families import CONTRACT, MARCH_2026, ward

if TYPE_CHECKING:
    from pathlib import Path


def exported(programme: str, folder: Path, *cases: Path) -> dict[str, int]:
    return export(programme_named(programme), folder, cases=list(cases), month=MARCH_2026)


def loaded(path: Path) -> Any:  # noqa: ANN401 - YAML
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def case(folder: Path, household: dict[str, Any], name: str = "widow.json") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(household), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", PROGRAMMES)
def test_every_value_of_every_parameter_reads_back(tmp_path: Path, name: str) -> None:
    programme = programme_named(name)
    counts = exported(name, tmp_path / "out")
    assert counts == {"parameters": len(list(programme.law.parameters)), "cases": 0}
    for parameter in programme.law.parameters:
        shape = loaded(tmp_path / "out" / "parameters" / name / parameter.file.split("/")[0] / f"{parameter.name}.yaml")
        assert shape["description"] == parameter.label.fr
        for value in parameter.values:
            entries = value.value if isinstance(value.value, dict) else {None: value.value}
            for code, expected in entries.items():
                node = shape if code is None else shape[code]
                found = node["values"][value.legal_from.first_day.isoformat()]
                assert same(found["value"], from_centimes(expected) if parameter.kind == "money" else expected)  # type: ignore[arg-type]
                assert found["metadata"]["reference"] == value.reference
                assert found["metadata"]["status"] == value.status.value
                paid = found["metadata"].get("paid_from", value.legal_from.first_day.isoformat())
                assert paid == value.paid_from.first_day.isoformat()


def same(found: object, expected: object) -> bool:
    if isinstance(expected, Decimal):
        return Decimal(str(found)) == expected and not isinstance(found, (str, bool))
    return found == expected if isinstance(expected, (bool, int, str)) else found == str(expected)


def test_dates_of_values_are_texts_of_first_days_and_notes_are_kept() -> None:
    parameters = programme_named("asd").law.parameters
    assert parameter_shape(parameters.get("amount_first_ranks_at_school")) == {
        "description": "enfant de moins de 6 ans ou scolarisé, rangs 1 à 3",
        "metadata": {
            "unit": "currency-MAD",
            "unit_text": "MAD per child and month",
            "label_ar": "طفل دون 6 سنوات أو متمدرس، الرتب 1 إلى 3",
            "label_en": "child under 6 or at school, ranks 1 to 3",
        },
        "values": {
            "2023-12-01": {
                "value": 200,
                "metadata": {"reference": "loi 58-23, art. 1-2; décret 2-23-1067", "status": "confirmed"},
            },
            "2025-01-01": {
                "value": 250,
                "metadata": {
                    "reference": "décret 2-23-1067; official ASD page",
                    "status": "confirmed",
                    "paid_from": "2025-11-01",
                    "note": "paid from the end of November 2025 (head of government, 25 Nov 2025)",
                },
            },
            "2026-01-01": {
                "value": 300,
                "metadata": {
                    "reference": "décret 2-23-1067; official ASD page",
                    "status": "confirmed",
                    "note": "first month paid inferred from the 29 billion budget",
                },
            },
        },
    }
    assert parameter_shape(parameters.get("birth_month_counts"))["metadata"]["unit"] == "bool"
    assert parameter_shape(parameters.get("score_threshold"))["values"]["2023-12-01"]["value"] == 9.743001


def test_a_table_by_region_is_a_node_with_a_child_per_code() -> None:
    zone = parameter_shape(programme_named("rsu_score").law.parameters.get("urban_zone"))
    assert list(zone) == ["description", "metadata", *(f"{number:02d}" for number in range(1, 13))]
    assert zone["07"]["description"] == "effet de la région, urbain, region 07"
    assert zone["07"]["values"]["2021-08-01"]["value"] == 0.194


def test_a_case_is_a_test_with_its_expected_results(tmp_path: Path) -> None:
    counts = exported("asd", tmp_path / "out", case(tmp_path, CONTRACT))
    assert counts["cases"] == 1
    (found,) = loaded(tmp_path / "out" / "tests" / "widow.yaml")
    assert (found["name"], found["period"]) == ("asd H1 2026-03", "2026-03")
    persons, household = found["input"]["persons"], found["input"]["households"]["H1"]
    assert list(persons) == household["members"] == ["P1", "P2"]
    assert persons["P2"]["birth_date"] == "2012-09-14"
    assert persons["P2"]["enrolled"] is persons["P2"]["father_deceased"] is True
    assert "death_date" not in persons["P2"]
    assert (household["commune"], household["region"], household["score"]) == ("061810901", "06", 9.1)
    assert found["output"]["households"]["H1"] == {
        "eligible": True,
        "aid": "child",
        "family_floor": 100,
        "flat_aid": 0,
        "amount": 500,
    }


def test_codes_of_digits_stay_texts_for_every_reader(tmp_path: Path) -> None:
    exported("asd", tmp_path / "out", case(tmp_path, CONTRACT))
    text = (tmp_path / "out" / "tests" / "widow.yaml").read_text(encoding="utf-8")
    assert "commune: '061810901'" in text
    assert "region: '06'" in text


def test_a_child_in_care_and_a_programme_without_amount_are_cases_too(tmp_path: Path) -> None:
    exported("asd_institution", tmp_path / "care", case(tmp_path, ward(), "care.json"))
    (found,) = loaded(tmp_path / "care" / "tests" / "care.yaml")
    assert found["output"]["households"]["W1"]["institution_aid"] == 500
    exported("amo_tadamon", tmp_path / "amo", case(tmp_path, CONTRACT))
    (found,) = loaded(tmp_path / "amo" / "tests" / "widow.yaml")
    assert found["output"]["households"]["H1"] == {"eligible": True, "aid": "cover"}


def test_a_wrong_case_leaves_nothing_behind(tmp_path: Path) -> None:
    wrong = case(tmp_path, {**CONTRACT, "milieu": "city"})
    with pytest.raises(BadInputError, match=r"widow\.json: field 'milieu': 'city' is not one of urban, rural"):
        exported("asd", tmp_path / "out", wrong)
    assert not (tmp_path / "out").exists()


def test_two_cases_of_one_name_are_refused(tmp_path: Path) -> None:
    cases = [case(tmp_path / name, CONTRACT) for name in ("a", "b")]
    with pytest.raises(BadInputError, match=r"two cases would be written to tests/widow\.yaml: rename one"):
        exported("asd", tmp_path / "out", *cases)


def test_a_file_in_the_place_of_the_folder_is_a_fault_of_storage(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="is a file where a folder is to be written"):
        exported("asd", tmp_path / "out")
