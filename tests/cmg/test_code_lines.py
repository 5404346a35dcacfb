"""The disagreements of some funds, counted by the database, are those that the run itself added up."""

from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from cmg.demo.people import create_people
from cmg.models import Settlement
from cmg.operations import close_month
from cmg.population import generate
from cmg.selectors import code_lines
from portal.exchange.operations import import_files

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
FUNDS = ("CAF43", "CAF63")


@pytest.mark.django_db
def test_counts_among_all_the_funds_are_the_run_s_own_and_parts_add_up(tmp_path: Path) -> None:
    create_people()
    import_files(generate(1500, 3, tmp_path, care_month=MONTH, region=list(FUNDS), demo=True).files)
    run = close_month(month=MONTH, on=DAY)

    whole = code_lines(run)
    funds = sorted(set(Settlement.objects.filter(run=run).values_list("fund", flat=True)))

    assert len(whole) > 15
    assert code_lines(run, funds) == whole
    parts = [{line.code: line for line in code_lines(run, [fund])} for fund in funds]
    for line in whole:
        found = [part[line.code] for part in parts if line.code in part]
        assert sum(one.held_cents or 0 for one in found) == line.held_cents
        assert sum(one.families for one in found) >= line.families
    assert code_lines(run, ["CAF99"]) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("index", "query"),
    [
        ("right_employer", "SELECT 1 FROM cmg_right WHERE known_until IS NULL AND employer_no = '1'"),
        ("right_nir", "SELECT 1 FROM cmg_right WHERE known_until IS NULL AND nir_key = '00000000-0000-4000-8000-000000000000'"),
        ("settlement_flagged", "SELECT 1 FROM cmg_settlement WHERE run_id = 1 AND fund = 'A' AND NOT (anomaly_codes = '')"),
        ("settlement_held_fund", "SELECT 1 FROM cmg_settlement WHERE run_id = 1 AND fund = 'A' AND status = 'HELD'"),
    ],
)  # fmt: skip
def test_what_pages_search_by_has_its_index(index: str, query: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {query}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan
