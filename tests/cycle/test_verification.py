"""A finished month is replayed; a changed value, file or register is found and named."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from karama.cycle import verify_month
from karama.foundation.errors import BadInputError, IntegrityError
from tests.cycle.registers import decide, family, pupil, rewrite, ward, write_register

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months of a small register, decided."""
    folder = tmp_path_factory.mktemp("done")
    for month in ("2026-02", "2026-03"):
        families = [family(f"H{number}", pupil("2012-01-05"), pupil("2014-01-05")) for number in range(8)]
        write_register(folder / "register" / month, *families, wards=[ward("W1", "2012-01-01")])
    decide(folder / "register", "2026-02", folder / "out" / "2026-02")
    decide(folder / "register", "2026-03", folder / "out" / "2026-03", previous=folder / "out", amounts="paid")
    return folder


@pytest.fixture
def month(done: Path, tmp_path: Path) -> Path:
    """A copy of the second month, to be damaged."""
    shutil.copytree(done / "out" / "2026-03", tmp_path / "2026-03")
    return tmp_path / "2026-03"


def restate(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest of a month."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def faults(folder: Path, **options: Any) -> list[str]:  # noqa: ANN401 - paths
    """What verification says of a damaged month, one by one."""
    with pytest.raises(IntegrityError) as caught:
        verify_month(folder, **options)
    assert caught.value.exit_code == 6
    start = f"{folder} does not hold: "
    assert str(caught.value).startswith(start)
    return str(caught.value).removeprefix(start).split("; ")


def test_a_month_left_alone_holds(month: Path) -> None:
    result = verify_month(month)
    assert str(result.month) == "2026-03"
    assert result.rows["decisions"] == 8
    assert result.folder == month


def test_a_changed_amount_is_found_with_its_file_household_and_values(month: Path) -> None:
    rewrite(
        month / "decisions.parquet",
        "SELECT * REPLACE (amount_centimes + if(household_id = 'H3', 30000, 0) AS amount_centimes) FROM rows",
    )
    assert faults(month) == [
        "decisions.parquet: its rows are not those of the manifest",
        "decisions.parquet: H3: amount_centimes is 90000, the replay gives 60000",
    ]


def test_a_change_covered_up_in_the_manifest_is_found_by_the_replay(month: Path) -> None:
    rewrite(month / "payments.parquet", "SELECT * FROM rows WHERE household_id IS DISTINCT FROM 'H5'")
    found = faults(month)
    assert "payments.parquet: H5 aid: is missing" in found
    restate(month, lambda manifest: manifest["outputs"]["payments"].update(rows=8))
    assert "manifest.json: 'outputs' is not what the replay gives" in faults(month)


def test_at_most_five_rows_of_a_file_are_named(month: Path) -> None:
    rewrite(month / "lines.parquet", "SELECT * REPLACE (amount_centimes + 1 AS amount_centimes) FROM rows")
    assert sum("lines.parquet: H" in line or "lines.parquet: E1" in line for line in faults(month)) == 5


def test_a_row_that_nobody_decided_is_found(month: Path) -> None:
    rewrite(
        month / "lines.parquet",
        "FROM rows UNION ALL SELECT * REPLACE ('H99' AS household_id) FROM rows WHERE person_id = 'H1-1'",
    )
    assert faults(month)[1:] == ["lines.parquet: H99 H1-1 child_aid: is not in the replay"]


def test_totals_and_hashes_of_the_manifest_are_compared_too(month: Path) -> None:
    restate(month, lambda manifest: manifest["totals"].update(amount=1.0))
    assert faults(month) == ["manifest.json: 'totals' is not what the replay gives"]
    restate(month, lambda manifest: manifest.update(outputs_sha256="0"))
    assert "manifest.json: outputs_sha256 is not that of its outputs" in faults(month)


def test_a_missing_unreadable_or_reshaped_file_is_found(month: Path) -> None:
    (month / "changes.parquet").unlink()
    (month / "lines.parquet").write_bytes(b"nothing")
    rewrite(month / "territory.parquet", "SELECT * EXCLUDE (children) FROM rows")
    rewrite(month / "payments.parquet", "SELECT * REPLACE (1.5::DOUBLE AS amount_centimes) FROM rows")
    found = faults(month)
    assert found[0] == "changes.parquet: is missing"
    assert "lines.parquet: not readable as Parquet" in found[1]
    assert "territory.parquet: its rows are not those of the manifest" in found
    assert "territory.parquet: its columns are not those of the replay" in found
    assert "payments.parquet: holds a column of another type: no canonical bytes for values of type double" in found


def test_a_register_that_changed_since_is_found(done: Path, month: Path, tmp_path: Path) -> None:
    shutil.copytree(done / "register", tmp_path / "register")
    file = tmp_path / "register" / "2026-03" / "persons.parquet"
    rewrite(file, "SELECT * REPLACE (person_id = 'H2-1' AS severe_disability) FROM rows")
    found = faults(month, register=tmp_path / "register")
    assert "manifest.json: 'inputs' is not what the replay gives: the register's persons changed since" in found
    assert any(
        one.startswith("decisions.parquet: H2: amount_centimes is 60000, the replay gives 70000") for one in found
    )


def test_another_version_of_the_law_is_told_apart(month: Path) -> None:
    restate(month, lambda manifest: manifest["law_version"].update(asd="0"))
    (found,) = faults(month)
    assert found.startswith("manifest.json: 'law_version' is not what the replay gives: the law has changed since")


def test_another_previous_month_is_told_apart(month: Path) -> None:
    restate(month, lambda manifest: manifest["previous"].update(outputs_sha256="0"))
    assert faults(month) == ["previous: the previous month is no longer the one that was compared with"]


def test_a_register_that_moved_is_asked_for(done: Path, month: Path) -> None:
    restate(month, lambda manifest: manifest["register"].update(path="gone"))
    with pytest.raises(BadInputError, match="say where it is with --register"):
        verify_month(month)
    assert verify_month(month, register=done / "register").rows["lines"] == 17
    restate(month, lambda manifest: manifest["previous"].update(path="gone"))
    with pytest.raises(BadInputError, match="say where it is with --previous"):
        verify_month(month, register=done / "register")
    verify_month(month, register=done / "register" / "2026-03", previous=done / "out" / "2026-02")


def test_a_month_without_a_previous_one_is_verified(done: Path) -> None:
    assert verify_month(done / "out" / "2026-02").rows["changes"] == 0


def test_a_strict_month_and_changed_parameters_are_replayed(done: Path, tmp_path: Path) -> None:
    changed = {"flat_aid_amount": 700}
    decide(done / "register", "2026-02", tmp_path / "out", strict=True, parameters=changed)
    assert verify_month(tmp_path / "out").rows["decisions"] == 8


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda manifest: manifest.update(generator="somebody"), "not written by 'karama cycle run'"),
        (lambda manifest: manifest.update(format=0), "format 0, not 2"),
    ],
)
def test_what_is_no_month_folder_is_refused(month: Path, change: Any, said: str) -> None:  # noqa: ANN401 - a function
    restate(month, change)
    with pytest.raises(BadInputError, match=said):
        verify_month(month)
    (month / "manifest.json").unlink()
    with pytest.raises(BadInputError, match="no month folder"):
        verify_month(month)
