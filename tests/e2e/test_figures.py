"""The public figures with something in them: accessible, and within a phone; a département reached from its line."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.widths import faults_of
from tests.monenfant.figures.offer import DAY
from tests.monenfant.figures.test_pages import fill

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reader_goes_from_the_map_to_a_departement_and_to_the_data(
    page: Page, live_server: Any, settings: Any, tmp_path: Path, assert_accessible: Callable[[Page], None]
) -> None:
    settings.PORTAL_DAY = DAY
    fill(tmp_path)
    page.goto(f"{live_server.url}/garde/chiffres/")
    faults = list(faults_of(page, assert_accessible))
    page.get_by_role("link", name="Puy-de-Dôme (63)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Puy-de-Dôme : 3 places"))
    faults += faults_of(page, assert_accessible)
    page.get_by_role("link", name="Données ouvertes, colonnes expliquées").click()
    faults += faults_of(page, assert_accessible)

    with page.expect_download() as download:
        page.get_by_role("link", name="departements.geojson").click()
    assert download.value.suggested_filename == "departements.geojson"
    assert faults == []
