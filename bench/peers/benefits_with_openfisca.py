"""OpenFisca-France on ARS and AEEH: ars|aeeh FACTS.csv AMOUNTS.csv. Rows of one year, or of one month, at a time.

Facts of ARS: family, year, birth, annual_resources, dependent_children, a row a child. Of AEEH: month, birth,
level, isolated_parent, a row a family. It is told that nobody is financially independent, and how many children count.
"""

import csv
import sys
from itertools import groupby
from pathlib import Path

import numpy as np
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.simulations import Simulation
from openfisca_france import CountryTaxBenefitSystem
from with_openfisca import CHILD, ROLES, people

SYSTEM = CountryTaxBenefitSystem()


def built(rows: list[dict[str, str]]) -> tuple[Simulation, np.ndarray, int]:
    """The families of `rows`, the role of each person, how many families."""
    family, role, born = people(rows)
    count = len({row["family"] for row in rows})
    builder = SimulationBuilder()
    builder.create_entities(SYSTEM)
    builder.declare_person_entity("individu", np.arange(len(family)))
    for entity, roles in ROLES.items():
        group = builder.declare_entity(entity, np.arange(count))
        builder.join_with_persons(group, family - family.min(), np.array(roles)[role])
    made = builder.build(SYSTEM)
    made.set_input("date_naissance", "ETERNITY", born)
    return made, role, count


def ars(rows: list[dict[str, str]]) -> list[tuple[float, ...]]:
    year = rows[0]["year"]
    made, role, _count = built([row | {"isolated_parent": "false"} for row in rows])
    firsts = list({row["family"]: row for row in rows}.values())
    resources = np.array([float(row["annual_resources"]) for row in firsts])
    made.set_input("prestations_familiales_base_ressources", f"{year}-01", resources)
    made.set_input("af_nbenf", f"{year}-10", np.array([int(row["dependent_children"]) for row in firsts]))
    made.set_input("autonomie_financiere", f"{year}-12", np.zeros(len(role), bool))
    return list(zip(made.calculate("ars", year), made.calculate("ars_nette_crds", year), strict=True))


def aeeh(rows: list[dict[str, str]]) -> list[tuple[float, ...]]:
    month = rows[0]["month"]
    made, role, _count = built(rows)
    is_child = role == CHILD
    level = np.zeros(len(role), int)
    level[is_child] = [int(row["level"]) for row in rows]
    made.set_input("handicap", month, is_child)
    made.set_input("aeeh_niveau_handicap", month, level)
    made.set_input("en_couple", month, np.array([row["isolated_parent"] == "false" for row in rows]))
    return [(amount,) for amount in made.calculate("aeeh", month)]


def main(benefit: str, facts: Path, amounts: Path) -> None:
    period, compute = {"ars": ("year", ars), "aeeh": ("month", aeeh)}[benefit]
    with facts.open() as source:
        rows = list(csv.DictReader(source))
    found = [one for _period, some in groupby(rows, lambda row: row[period]) for one in compute(list(some))]
    np.savetxt(amounts, np.array(found), fmt="%.9g", delimiter=",")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
