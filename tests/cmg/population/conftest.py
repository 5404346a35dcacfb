"""Populations shared by these tests: one month of each regime, small enough to be read row by row."""

from datetime import date

import pytest

from cmg.population import AUVERGNE, generate
from tests.cmg.population.readers import read

FAMILIES, SEED, RATE = 4000, 7, "0.15"
MONTHS = {"regime A": date(2021, 3, 1), "regime B": date(2026, 10, 1)}


@pytest.fixture(scope="session", params=MONTHS, ids=MONTHS)
def world(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("population")
    generate(FAMILIES, SEED, folder, anomaly_rate=RATE, care_month=MONTHS[request.param], region=AUVERGNE)
    found = read(folder)
    found.month = f"{MONTHS[request.param]:%Y-%m}"
    return found
