"""The amounts by OpenFisca-Core with the country package of ``benchmarks/openfisca_asd``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import Stopwatch, peak_mb, report
from benchmarks.registers import MONTH

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pyarrow as pa
    from openfisca_core.simulations import Simulation
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem

NEVER = dt.date(9999, 12, 31)
HUNDRED_MILLIONTHS = 10  # in a billionth of the score
MOST = 2**31 - 1
HOUSEHOLD_DATES = ("claim_month", "score_effective_from")
HOUSEHOLD_FLAGS = ("resident", "other_family_allowance", "state_pay", "pension", "fonds_entraide_familiale")
SCORES = ("score", "previous_score")
PERSON_DATES = ("birth_date", "death_date", "birth_grant_claim_date")
PERSON_FLAGS = (
    "in_rnp", "enrolled", "severe_disability", "father_deceased",
    "receives_family_allowance", "receives_state_pay", "receives_pension",
)  # fmt: skip
NUMBERS = ("live_birth_order",)
OF_HOUSEHOLDS = (*HOUSEHOLD_DATES, *SCORES, *HOUSEHOLD_FLAGS)
OF_PERSONS = (*PERSON_DATES, *PERSON_FLAGS, *NUMBERS)


@dataclass(frozen=True)
class Arrays:
    """A register as OpenFisca takes it: identifiers of households, each person's household and role, the inputs."""

    identifiers: pa.Array
    families: np.ndarray
    roles: np.ndarray
    inputs: dict[str, np.ndarray]


def arrays_of(register: Path) -> Arrays:
    """The arrays of a register's files."""
    import numpy as np
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from benchmarks.openfisca_asd.entities import ROLES

    own = pq.read_table(register / "households.parquet", columns=["household_id", *OF_HOUSEHOLDS])
    wanted = ["household_id", "role", "mother_id", *OF_PERSONS]
    persons = pq.read_table(register / "persons.parquet", columns=wanted, read_dictionary=["role"])
    families = pc.index_in(persons["household_id"], own["household_id"].combine_chunks()).to_numpy()
    roles = persons["role"].unify_dictionaries().combine_chunks()
    number_of = np.array([ROLES.index(role) for role in roles.dictionary.to_pylist()])
    inputs = {
        name: values_of(table, name) for table, names in ((own, OF_HOUSEHOLDS), (persons, OF_PERSONS)) for name in names
    }
    inputs["mother_number"] = mothers_of(persons)
    return Arrays(own["household_id"], families, number_of[roles.indices.to_numpy()], inputs)


def simulation_of(system: TaxBenefitSystem, arrays: Arrays) -> Simulation:
    """A simulation of a country package that holds the arrays."""
    import numpy as np
    from openfisca_core.simulation_builder import SimulationBuilder

    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("person", np.arange(len(arrays.families)))
    household = builder.declare_entity("household", np.arange(len(arrays.identifiers)))
    builder.join_with_persons(household, arrays.families, roles=arrays.roles)
    simulation = builder.build(system)
    for name, values in arrays.inputs.items():
        simulation.set_input(name, MONTH, values)
    return simulation


def loaded(register: Path) -> tuple[Simulation, pa.Array]:
    """A simulation that holds the register, and the household identifiers in its order."""
    from benchmarks.openfisca_asd import CountryTaxBenefitSystem

    arrays = arrays_of(register)
    return simulation_of(CountryTaxBenefitSystem(), arrays), arrays.identifiers


def values_of(table: pa.Table, name: str) -> np.ndarray:
    """A column as OpenFisca takes it."""
    import pyarrow.compute as pc

    column = table[name]
    if name in SCORES:
        return hundred_millionths(column)
    if name in NUMBERS:
        return pc.fill_null(column, 0).to_numpy()
    if name in (*HOUSEHOLD_DATES, *PERSON_DATES):
        # A score whose month is unknown counts at once; every other unknown date never comes.
        unknown = dt.date(1970, 1, 1) if name == "score_effective_from" else NEVER
        return pc.fill_null(column, unknown).to_numpy()
    return column.to_numpy()


def hundred_millionths(column: pa.ChunkedArray) -> np.ndarray:
    """A score of nine places in hundred-millionths, rounded up, 0 where it is unknown."""
    import numpy as np
    import pyarrow.compute as pc

    known = pc.fill_null(column, Decimal(0)).combine_chunks()
    whole = np.frombuffer(known.buffers()[1], np.int64)[2 * known.offset :: 2][: len(known)]  # the low half of 128 bits
    return np.minimum(-(-whole // HUNDRED_MILLIONTHS), MOST).astype(np.int32)


def mothers_of(persons: pa.Table) -> np.ndarray:
    """A number for each mother, only where a birth claimed in the month has no order on record; 0 elsewhere."""
    import numpy as np
    import pyarrow.compute as pc

    claims = persons["birth_grant_claim_date"]
    first = dt.date.fromisoformat(f"{MONTH}-01")
    unknown = pc.and_(pc.fill_null(pc.greater_equal(claims, first), False), pc.is_null(persons["live_birth_order"]))  # noqa: FBT003
    numbers = np.zeros(len(persons), np.int32)
    if pc.any(unknown).as_py():
        concerned = pc.is_in(persons["household_id"], pc.unique(persons["household_id"].filter(unknown)))
        encoded = pc.dictionary_encode(persons["mother_id"].filter(concerned).combine_chunks())
        codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
        numbers[concerned.to_numpy()] = codes.astype(np.int32) + 1
    return numbers


def measure(register: Path, out: Path | None) -> dict[str, Any]:
    """Seconds from files to the amounts, and those of the calculation alone."""
    import openfisca_core.simulation_builder  # noqa: F401 - imported before the watch starts

    with Stopwatch() as whole:
        simulation, identifiers = loaded(register)
        with Stopwatch() as calculating:
            amount = simulation.calculate("amount", MONTH)
            eligible = simulation.calculate("eligible", MONTH)
    peak = peak_mb()
    if out:
        write(identifiers, eligible, amount, out)
    return {"seconds": whole.seconds, "calculation_seconds": calculating.seconds, "peak_mb": peak}


def write(identifiers: pa.Array, eligible: np.ndarray, amount: np.ndarray, out: Path) -> None:
    """Write the amounts in centimes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    centimes = (amount.astype("float64") * 100).round().astype("int64")
    pq.write_table(pa.table({"household_id": identifiers, "eligible": eligible, "amount": centimes}), out)


if __name__ == "__main__":
    report(measure)
