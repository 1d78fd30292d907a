"""Reforms by OpenFisca-Core: a `Reform` of the country package for each, on arrays already loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.measuring import Stopwatch, peak_mb, report
from benchmarks.reforms import REFORMS
from benchmarks.registers import MONTH

if TYPE_CHECKING:
    from pathlib import Path

    from openfisca_core.parameters import ParameterNode
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem

    from benchmarks.reforms import Reform


def reformed(system: TaxBenefitSystem, reform: Reform) -> TaxBenefitSystem:
    """The country package under a reform."""
    from openfisca_core.reforms import Reform as OpenFiscaReform

    def other_values(parameters: ParameterNode) -> ParameterNode:
        for path, value in reform.openfisca.items():
            found: Any = parameters
            for step in path.split("."):
                found = getattr(found, step)
            found.update(start=f"{MONTH}-01", value=value)
        return parameters

    class Measured(OpenFiscaReform):
        def apply(self) -> None:
            self.modify_parameters(modifier_function=other_values)

    return Measured(system)


def measure(register: Path, out: Path | None) -> dict[str, Any]:
    """Seconds to load the arrays, then those of each reform, from a simulation of it to families and cost."""
    import openfisca_core.reforms
    import openfisca_core.simulation_builder  # noqa: F401 - imported before the watch starts

    from benchmarks.openfisca_asd import CountryTaxBenefitSystem
    from benchmarks.variants.openfisca import arrays_of, simulation_of

    found: dict[str, Any] = {}
    outputs = {}
    with Stopwatch() as opening:
        system = CountryTaxBenefitSystem()
        arrays = arrays_of(register)
    for one in REFORMS:
        with Stopwatch() as watch:
            simulation = simulation_of(reformed(system, one), arrays)
            amount = simulation.calculate("amount", MONTH)
            eligible = simulation.calculate("eligible", MONTH)
            told = {"families": int(eligible.sum()), "cost_centimes": round(float(amount.sum(dtype="float64")) * 100)}
        del simulation
        outputs[one.name] = (eligible, amount)
        found |= {f"{one.name}_seconds": watch.seconds, one.name: told}
    peak = peak_mb()
    if out:
        write(arrays.identifiers, outputs, out)
    whole = opening.seconds + found[f"{REFORMS[0].name}_seconds"]
    return {"seconds": whole, "opening_seconds": opening.seconds, "peak_mb": peak, **found}


def write(identifiers: Any, outputs: dict[str, Any], out: Path) -> None:  # noqa: ANN401 - an Arrow array
    """The amounts in centimes of every household under every reform."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    tables = []
    for name, (eligible, amount) in outputs.items():
        centimes = (amount.astype("float64") * 100).round().astype("int64")
        words = (pa.scalar(word, identifiers.type) for word in (name, " "))
        keys = pc.binary_join_element_wise(identifiers, *words)
        tables.append(pa.table({"household_id": keys, "eligible": eligible, "amount": centimes}))
    pq.write_table(pa.concat_tables(tables), out)


if __name__ == "__main__":
    report(measure)
