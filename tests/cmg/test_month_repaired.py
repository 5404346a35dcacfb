"""The page of a month after a repair: one family alone, beside no region."""

from pathlib import Path

import pytest

from portal.batches.operations import sign
from tests.cmg.remedies.families import closed, moved_away, received
from tests.cmg.repairs.test_repairs import do
from tests.cmg.test_month_pages import DAY, PAGE, entered, read

pytestmark = pytest.mark.django_db


def test_a_repair_since_the_calculation_is_shown_until_somebody_has_signed(tmp_path: Path) -> None:
    received(tmp_path, moved_away)
    run = closed()
    client = entered("helene")
    assert "à recalculer" not in read(client, PAGE)

    do("RELINK_NUMBER")

    assert "à recalculer" in read(client, PAGE)
    closed()
    assert "à recalculer" not in read(client, PAGE)
    sign(run_pk=run.pk, username="helene", on=DAY)
    do("CHANGE_RIGHT", by="nathalie", annual_resources_cents=2_000_000)
    assert "à recalculer" not in read(client, PAGE)
