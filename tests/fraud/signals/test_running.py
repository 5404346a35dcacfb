"""All the rules over all the families: once each, whoever dies; samples that anybody can draw again; never a silent zero."""

from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from cmg.models import Right
from fraud.models import CareDay, KnownAddress, Lead, RuleState, RuleVersion, SampleDraw
from fraud.signals import running
from fraud.signals.deciding import reject_lead
from fraud.signals.publishing import move_rule
from fraud.signals.purging import purge_leads
from fraud.signals.running import run_signals, windows
from fraud.signals.sampling import drawn_from
from portal.batches.models import RunState
from portal.exchange.models import RejectedRow
from portal.exchange.operations import import_file
from tests.cmg.files import NIR, write
from tests.fraud.signals.test_missing_rights import AUGUST
from tests.fraud.signals.world import (
    DAY,
    NOW,
    account,
    declaration,
    overlapping,
    paper,
    person,
    publish,
    receive,
    right,
)

pytestmark = pytest.mark.django_db


# What nobody sends yet: their rules look at nothing.
UNSENT = ("DM02", "DM04", "DM08", "DM09", "DM10")


@pytest.fixture(autouse=True)
def _published(db: None) -> None:
    publish()
    receive("declarations", "creche-days", "childminder-days", "rights_fund", "accounts")


def neighbours(count: int) -> None:
    """Families that declared as well, of whom nothing is found."""
    for number in range(count):
        account(f"N{number}")
        declaration(f"N{number}", child_ids=f"K{number}")


def test_a_run_finds_each_lead_once_with_its_facts_and_draws_beside_it() -> None:
    overlapping(132, days=5)
    neighbours(4)
    run = run_signals(on=DAY)
    again = run_signals(on=DAY)

    found = Lead.objects.get(rule_code="DM05", is_sample=False)
    assert (run.state, again.totals["rules"]["DM05"]) == (RunState.DONE, {"found": 1, "new": 0, "drawn": 0})
    assert run.totals["rules"]["DM05"] == {"found": 1, "new": 1, "drawn": 1}
    assert found.facts["facts"][0] == {
        "label": "Heures déclarées à la fois chez l’assistant maternel et en crèche", "value": "11 h",
        "source": "Relevés de garde reçus de Pajemploi ; Relevés de présence reçus des crèches", "dated": "2026-09-01",
    }  # fmt: skip
    assert Lead.objects.filter(is_sample=True).count() == 1
    assert "C1" not in found.key


def test_whoever_has_the_seed_draws_the_same_files_again() -> None:
    overlapping(600)
    neighbours(6)
    run_signals(on=DAY)

    draw = SampleDraw.objects.get()
    drawn = list(Lead.objects.filter(is_sample=True).values_list("subject", flat=True))
    assert (draw.population, draw.found, draw.drawn) == (6, 1, 1)
    # The drawn file has a lead now: it is no longer among those to draw from.
    wanted = {"CAF63": draw.drawn}
    (_fund, population, others), *_none = drawn_from("DM05", draw.seed, wanted, windows(DAY))
    assert population == 5
    assert drawn[0] not in others
    (_fund, _population, same), *_none = drawn_from("DM05", draw.seed, wanted, windows(DAY))
    assert same == others


def test_a_rule_without_its_source_says_so_and_a_suspended_one_too() -> None:
    rule = RuleVersion.objects.get(code="DM03")
    move_rule(rule_pk=rule.pk, to=RuleState.SUSPENDED, by="kowalski", on=DAY, at=NOW, reason="x")
    right("E1")
    right("E2", fund="CAF43")
    run = run_signals(on=DAY)

    told = "Aucune donnée ne nous est envoyée : la règle ne regarde rien. Jamais reçu : Décès (RNIPP)."
    assert run.totals["skipped"]["DM09"] == told
    assert set(UNSENT) <= set(run.totals["skipped"])
    assert run.totals["skipped"]["DM03"].startswith("Suspendue")
    assert {"DM09", "DM03"} & set(run.totals["rules"]) == set()
    assert not Lead.objects.filter(rule_code="DM03").exists()


def test_the_papers_that_the_portal_holds_are_looked_at_as_soon_as_there_is_one() -> None:
    assert "Pièces remises aux dossiers" in run_signals(on=DAY).totals["skipped"]["DM10"]
    account()
    paper("cmg:employer:E1")

    assert run_signals(on=DAY).totals["rules"]["DM10"] == {"found": 0, "new": 0, "drawn": 0}


def test_a_rule_that_waits_for_its_opinion_does_not_run() -> None:
    one = RuleVersion.objects.get(code="DM05")
    asked = {"version": RuleVersion(code="DM05", content=one.content), "on": DAY, "received": running.received_flows()}

    assert "En attente de l’avis" in running.why_not(**asked)
    asked["version"].state = RuleState.RUNNING
    assert running.why_not(**asked) == ""
    asked["version"].content = {name: value for name, value in one.content.items() if name != "assessment"}
    assert "sans analyse d’impact" in running.why_not(**asked)


def test_a_rule_suspended_while_its_slices_run_finds_nothing_more() -> None:
    right("E1")
    right("E2", fund="CAF43")
    run = running.start_signals(on=DAY)
    rule = RuleVersion.objects.get(code="DM03")
    move_rule(rule_pk=rule.pk, to=RuleState.SUSPENDED, by="kowalski", on=DAY, at=NOW, reason="x")
    run = run_signals(on=DAY)

    assert run.state == RunState.DONE
    assert not Lead.objects.filter(rule_code="DM03").exists()


def test_a_rule_that_became_too_imprecise_between_two_runs_does_not_run(db: None) -> None:
    by = person("philippe")
    Lead.objects.bulk_create(
        Lead(
            rule_code="DM03", rule_version=1, fund="CAF43", subject="", key=f"h{number}", title="effacé", found_on=DAY,
            state="ACCEPTED", decided_by=by, decided_at=NOW, reason="effacé", purged_on=DAY, proved=number < 59,
        )
        for number in range(200)
    )  # fmt: skip

    assert "Suspendue" in run_signals(on=DAY).totals["skipped"]["DM03"]


def test_the_same_facts_make_no_other_lead_after_the_first_was_erased() -> None:
    overlapping(132, days=5)
    run_signals(on=DAY)
    one, by = Lead.objects.get(is_sample=False), person("philippe")
    reject_lead(
        lead_pk=one.pk, reason_code="ADAPTATION", line="Premier mois.", by_pk=by.pk, on=DAY, at=NOW, form_key=uuid4()
    )
    later = DAY + timedelta(days=120)
    purge_leads(on=later)
    run_signals(on=date(2026, 11, 30))

    assert Lead.objects.filter(rule_code="DM05", is_sample=False).count() == 1


def test_a_missing_right_is_in_favour_and_nothing_is_drawn_beside_it() -> None:
    account()
    right()
    declaration(month=AUGUST)
    neighbours(3)
    run = run_signals(on=DAY)

    assert Lead.objects.get().in_favour
    assert run.totals["rules"]["DR01"] == {"found": 1, "new": 1, "drawn": 0}


def test_parts_of_the_keys_cover_every_key_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        right(f"A{number}", child_id=f"C{number}")
        right(f"B{number}", child_id=f"C{number}", fund="CAF43")
    monkeypatch.setattr(running, "_parts", lambda _table: 8)
    run = run_signals(on=DAY)

    assert run.totals["rules"]["DM03"]["found"] == 24
    assert Right.objects.count() == 24


# Files received to be compared.


def test_files_enter_and_wrong_rows_say_what_to_correct(tmp_path: Path) -> None:
    base = {"cnaf_id": "CR1", "child_id": "C1", "day": "2026-09-01", "hours": "08:00-17:30", "billed_hours": "10"}
    rows = [base, base | {"child_id": "C2", "hours": ""}, base | {"child_id": "C3", "hours": "08:00-12:00|13:00-18:00"},
            base | {"child_id": "C4", "hours": "18:00-08:00"}]  # fmt: skip
    report = import_file(write(tmp_path, "creche-days", rows))

    assert (report.kind, report.applied, report.rejected) == ("creche-days", 2, 2)
    assert [(one.arrived, one.departed, one.billed_minutes) for one in CareDay.objects.order_by("child_id")] == [
        (480, 1050, 600), (None, None, 600),
    ]  # fmt: skip
    assert RejectedRow.objects.count() == 2


def test_an_address_is_kept_as_a_key_that_nobody_reads_and_the_same_for_all(tmp_path: Path) -> None:
    base = {"source": "TAX", "nir": NIR, "address": "3, rue des Forges", "postcode": "63000", "starts_on": "2026-01-01",
            "ends_on": ""}  # fmt: skip
    rows = [
        base,
        base | {"source": "RNCPS", "address": "3 RUE DES FORGES"},
        base | {"source": "EMPLOYMENT", "address": "4 rue X"},
    ]
    assert import_file(write(tmp_path, "declared-addresses", rows)).applied == 3

    keys = dict(KnownAddress.objects.values_list("source", "address_key"))
    assert keys["TAX"] == keys["RNCPS"] != keys["EMPLOYMENT"]
    assert "FORGES" not in keys["TAX"].upper()


@pytest.mark.parametrize(
    ("kind", "row", "wrong"),
    [
        ("employer-pay", {"nir": NIR, "employer_siret": "12345678900011", "month": "2026-09", "net_pay": "1500.00"},
         {"net_pay": "beaucoup"}),
        ("declared-resources", {"nir": NIR, "fund": "CAF63", "quarter": "2026-07", "net_resources": "0"}, {"quarter": "2026-08"}),
        ("rnipp-deaths", {"nir": NIR, "died_on": "2026-09-01"}, {"died_on": "2026-13-01"}),
        ("school-allowances", {"reference_no": "A1", "fund": "CAF63", "beneficiary_no": "B1", "child_id": "C1",
                               "school_year": "2026", "paid_on": "2026-08-18"}, {"school_year": "1999"}),
        ("school-attendance", {"reference_no": "A1", "fund": "CAF63", "beneficiary_no": "B1", "child_id": "C1",
                               "school_year": "2026", "is_enrolled": "1", "said_on": "2026-09-18"}, {"is_enrolled": "oui"}),
        ("proven-stays", {"reference_no": "P1", "fund": "CAF63", "nir": NIR, "paper": "Passeport", "starts_on": "2026-01-01",
                          "ends_on": "2026-02-01"}, {"ends_on": "2026-01-01"}),
        ("childminder-days", {"employee_no": "S1", "employer_no": "E1", "child_id": "C1", "day": "2026-09-01",
                              "hours": "08:00-17:30", "billed_hours": "9.5"}, {"child_id": ""}),
    ],
)  # fmt: skip
def test_each_kind_of_file_is_known_by_its_columns(
    tmp_path: Path, kind: str, row: dict[str, str], wrong: dict[str, str]
) -> None:
    changed = {name: value for name, value in (("reference_no", "A2"), ("child_id", "C9")) if name in row}
    report = import_file(write(tmp_path, kind, [row, row | changed | wrong]))

    assert (report.kind, report.applied, report.rejected) == (kind, 1, 1)


def test_a_second_file_of_the_same_facts_changes_nothing(tmp_path: Path) -> None:
    row = {"nir": NIR, "died_on": "2026-09-01"}
    import_file(write(tmp_path, "rnipp-deaths", [row]))
    report = import_file(write(tmp_path, "rnipp-deaths-2", [row, row | {"nir": "1" + NIR[1:]}]))

    assert report.unchanged == 1
