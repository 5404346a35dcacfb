"""OpenFisca-France on the families of bench.rules: FAMILIES.csv MONTH AMOUNTS.csv; says seconds and MiB, as JSON.

It is given what our rules are given: resources, AAH, no PreParE, dates of birth. It is timed twice: finding by itself
whether each person is financially independent (it goes back over six months of pay to do so), and being told that
nobody is. Only `calculate` is timed, after one family has warmed up the parameters of the month.
"""

import csv
import json
import sys
import time
from pathlib import Path

import numpy as np
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.simulations import Simulation
from openfisca_france import CountryTaxBenefitSystem

ROLES = {
    "famille": ("demandeur", "conjoint", "enfant"),
    "foyer_fiscal": ("declarant", "declarant", "personne_a_charge"),
    "menage": ("personne_de_reference", "conjoint", "enfant"),
}
FIRST, SECOND, CHILD = range(3)


def people(rows: list[dict[str, str]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Family, role and date of birth of every person; `rows` are the children, family after family."""
    family, role, born, last = [], [], [], ""
    for row in rows:
        if row["family"] != last:
            last = row["family"]
            for parent in (FIRST,) if row["isolated_parent"] == "true" else (FIRST, SECOND):
                family.append(int(last))
                role.append(parent)
                born.append("1985-03-12")
        family.append(int(last))
        role.append(CHILD)
        born.append(row["birth"])
    return np.array(family), np.array(role), np.array(born, dtype="datetime64[D]")


def simulation(system: CountryTaxBenefitSystem, rows: list[dict[str, str]], month: str, told: bool) -> Simulation:
    family, role, born = people(rows)
    firsts = {row["family"]: row for row in rows}.values()
    aah = np.array([row["aah"] == "true" for row in firsts])
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("individu", np.arange(len(family)))
    for entity, roles in ROLES.items():
        group = builder.declare_entity(entity, np.arange(len(aah)))
        builder.join_with_persons(group, family - family.min(), np.array(roles)[role])
    made = builder.build(system)
    made.set_input("date_naissance", "ETERNITY", born)
    made.set_input(
        "prestations_familiales_base_ressources", month, np.array([float(r["annual_resources"]) for r in firsts])
    )
    made.set_input("empl_dir", month, np.ones(len(aah), bool))
    # A household without activity keeps its right through the AAH.
    made.set_input("inactif", month, aah)
    made.set_input("partiel1", month, np.zeros(len(aah), bool))
    made.set_input("paje_prepare", month, np.zeros(len(aah)))
    made.set_input("aah", month, np.where((role == FIRST) & aah[family - family.min()], 900.0, 0.0))
    if told:
        made.set_input("autonomie_financiere", month, np.zeros(len(family), bool))
        made.set_input("etudiant", month, np.zeros(len(family), bool))
        made.set_input("af_nbenf", month, np.array([int(row["dependent_children"]) for row in firsts]))
    return made


def peak_mib() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def main(families: Path, month: str, amounts: Path) -> None:
    with families.open() as source:
        rows = list(csv.DictReader(source))
    one = [row for row in rows if row["family"] == rows[0]["family"]]
    system, said, found = CountryTaxBenefitSystem(), {}, {}
    for name, told in (("told", True), ("alone", False)):
        simulation(system, one, month, told).calculate("paje_cmg", month)
        ready = simulation(system, rows, month, told)
        start = time.perf_counter()
        found[name] = ready.calculate("paje_cmg", month)
        said[name] = time.perf_counter() - start
        del ready
    assert (found["told"] == found["alone"]).all()
    np.savetxt(amounts, found["alone"], fmt="%.9g")
    sys.stdout.write(json.dumps(said | {"peak": peak_mib()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
