"""Two accounts of one family: two keys or nothing, the effect in euros first, nothing issued moved, and the way back."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cmg.models import Account, Declaration, FamilyMerge, Repair, Right, Settlement
from cmg.operations import close_month
from cmg.remedies.limits import RemedyRefused
from cmg.repairs import merging
from portal.accounts.models import Door, FamilyLink, LinkedBy, User
from portal.banking.models import PaymentOrder
from portal.casework.models import Dossier
from tests.cmg.files import iban_with_key, nir_with_key, row
from tests.cmg.remedies.families import DAY, MONTH, PAYOUT, Files, closed, issued, received
from tests.cmg.repairs.test_pages import client_of, page, said
from tests.cmg.repairs.test_repairs import AT

pytestmark = pytest.mark.django_db
TO = "/agent/fusion/E1/"


def twins(files: Files, **changes: str) -> None:
    """A second account of the same person, with the right and the declaration; the first has nothing."""
    files["accounts"].append(
        row("accounts", employer_no="E2", beneficiary_no="B1", updated_at="2026-09-01T10:00:00+02:00", **changes)
    )
    for kind in ("rights_fund", "rights_pajemploi", "employees", "declarations"):
        files[kind][0]["employer_no"] = "E2"


@pytest.fixture
def double(settings: Any, tmp_path: Path) -> None:
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    received(tmp_path / "files", twins)
    closed()


def form(**more: str) -> dict[str, str]:
    context = client_of("thomas").get(TO + "?avec=E2").context
    return {"step": "confirm", "other": "E2", "key": str(context["key"]), "version": context["pair"].version} | more


def merged(**more: str) -> FamilyMerge:
    answer = client_of("thomas").post(TO, form(reason="même personne") | more)
    assert answer.status_code == 302, said(answer, answer.status_code)
    return FamilyMerge.objects.latest("pk")


def last(number: str) -> Declaration:
    return Declaration.objects.filter(declaration_no=number).latest("version")


def test_two_accounts_become_one_and_the_month_is_settled_once(double: None) -> None:
    held = Settlement.objects.get()
    assert (held.status, held.anomaly_codes) == ("HELD", "CMG-015")
    thomas = client_of("thomas")
    assert "compte semblable" in page(thomas, TO)
    effect = page(thomas, TO + "?avec=E2")
    assert "numéro de sécurité sociale, compte bancaire, nom et naissance" in effect
    assert "Octobre 2026 : rien à prélever, 428,70 € à verser." in effect
    assert not Repair.objects.exists()

    found = merged()

    assert (found.kept, found.absorbed, found.reversible_until) == ("E1", "E2", DAY + timedelta(days=90))
    assert (last("D1").kind, last("D1").version, last("D1-R").employer_no) == ("CANCELLATION", 2, "E1")
    assert last("D1-R").received_at == Declaration.objects.get(declaration_no="D1", version=1).received_at
    assert Dossier.objects.get().state == "RESOLVED"
    run = close_month(month=MONTH, on=DAY)
    rows = {one.declaration_no: one for one in Settlement.objects.filter(run=run).order_by("version")}
    assert (rows["D1-R"].status, rows["D1-R"].payout_cents, rows["D1"].status) == ("SETTLED", PAYOUT, "CANCELLED")
    assert thomas.get("/agent/familles/E2/")["Location"] == "/agent/familles/E1/"
    assert "D1-R" in page(thomas, "/agent/familles/E1/")


def test_sent_twice_it_is_merged_once(double: None) -> None:
    sent = form(reason="même personne")
    thomas = client_of("thomas")

    assert thomas.post(TO, sent)["Location"] == thomas.post(TO, sent)["Location"]
    assert FamilyMerge.objects.count() == Repair.objects.count() == 1
    assert "déjà réunis" in said(thomas.post(TO, sent | {"key": "6f0f7a5e-0000-4000-8000-000000000000"}), 409)


def test_undone_both_accounts_are_as_they_were_and_may_be_merged_again(double: None) -> None:
    found = merged()
    thomas = client_of("thomas")

    thomas.post(f"/agent/fusions/{found.pk}/defaire/", {"reason": "deux personnes"})
    assert "rien n’a été fait deux fois" in said(
        thomas.post(f"/agent/fusions/{found.pk}/defaire/", {}, follow=True), 200
    )

    assert set(Account.objects.filter(known_until__isnull=True).values_list("employer_no", flat=True)) == {"E1", "E2"}
    assert set(Right.objects.filter(known_until__isnull=True).values_list("employer_no", flat=True)) == {"E2"}
    assert (last("D1").kind, last("D1").version, last("D1-R").kind) == ("CORRECTION", 3, "CANCELLATION")
    run = close_month(month=MONTH, on=DAY)
    held = Settlement.objects.get(run=run, declaration_no="D1", version=3)
    assert (held.status, held.anomaly_codes, held.employer_no) == ("HELD", "CMG-015", "E2")
    merged()
    assert (last("D1").version, last("D1-R").version, last("D1-R").kind) == (4, 3, "CORRECTION")
    run = close_month(month=MONTH, on=DAY)
    assert Settlement.objects.get(run=run, declaration_no="D1-R", version=3).payout_cents == PAYOUT


def test_its_last_day_is_kept_and_the_next_one_is_too_late(double: None) -> None:
    found, thomas = merged(), User.objects.get(username="thomas")
    limit = found.reversible_until
    with pytest.raises(RemedyRefused, match="jusqu’au"):
        merging.undo_merge(merge_pk=found.pk, reason="tard", by=thomas, at=AT, on=limit + timedelta(days=1))
    merging.undo_merge(merge_pk=found.pk, reason="à temps", by=thomas, at=AT, on=limit)


def test_issued_meanwhile_what_was_paid_stays_with_the_kept_account(double: None, tmp_path: Path) -> None:
    found = merged()
    issued(tmp_path / "out")
    assert PaymentOrder.objects.get().amount_cents == PAYOUT
    merging.undo_merge(merge_pk=found.pk, reason="erreur", by=User.objects.get(username="thomas"), at=AT, on=DAY)

    close_month(month=MONTH, on=DAY)
    issued(tmp_path / "again")

    assert (last("D1").kind, last("D1-R").kind) == ("CANCELLATION", "ORIGINAL")
    assert PaymentOrder.objects.get().amount_cents == PAYOUT, "nothing is taken back, nothing is paid twice"


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({"nir": "", "birth_date": "1990-01-01"}, ["IBAN"]),
        ({"nir": nir_with_key("2840163001002"), "iban": iban_with_key("2")}, ["NAME"]),
        ({"nir": ""}, ["IBAN", "NAME"]),
    ],
)
def test_one_key_never_merges_and_two_do(
    settings: Any, tmp_path: Path, changes: dict[str, str], keys: list[str]
) -> None:
    settings.PORTAL_DAY = DAY
    received(tmp_path, lambda files: twins(files, **changes))
    closed()
    kept, other = (Account.objects.get(employer_no=number) for number in ("E1", "E2"))
    assert merging.criteria_of(kept, other) == keys
    answer = client_of("thomas").post(TO, form(reason="ressemble"))
    assert answer.status_code == (302 if len(keys) == 2 else 422)
    assert FamilyMerge.objects.count() == (len(keys) == 2)


def test_an_account_with_issued_months_is_not_absorbed(settings: Any, tmp_path: Path) -> None:
    settings.PORTAL_DAY = DAY

    def other(files: Files) -> None:
        files["accounts"].append(row("accounts", employer_no="E2", updated_at="2026-09-01T10:00:00+02:00"))

    received(tmp_path / "files", other)
    issued(tmp_path / "out")
    pair = merging.Pair(Account.objects.get(employer_no="E2"), Account.objects.get(employer_no="E1"))
    with pytest.raises(RemedyRefused, match="déjà émis"):
        merging.plan_merge(pair, AT)
    assert merging.plan_merge(merging.Pair(pair.absorbed, pair.kept), AT)


def test_what_differs_is_chosen_and_another_desk_only_looks(settings: Any, tmp_path: Path) -> None:
    settings.PORTAL_DAY = DAY
    received(tmp_path, lambda files: twins(files, iban=iban_with_key("2")))
    closed()
    nathalie = client_of("nathalie")
    assert "revient à Pajemploi" in page(nathalie, TO + "?avec=E2")
    assert nathalie.post(TO, form(reason="je peux")).status_code == 422
    wanted = Account.objects.get(employer_no="E2").iban_key

    merged(**{"take-bank": "absorbed"})

    kept = Account.objects.get(employer_no="E1", known_until__isnull=True)
    assert (kept.iban_key, kept.beneficiary_no) == (wanted, "B1")


def test_the_parent_follows_and_comes_back(double: None) -> None:
    parent = User.objects.create(username="parent", door=Door.FAMILY)
    link = FamilyLink.objects.create(
        user=parent, subject="cmg:employer:E2", since=date(2026, 1, 1), how=LinkedBy.EMPLOYER_NO
    )
    found = merged()
    link.refresh_from_db()
    assert (link.subject, found.links) == ("cmg:employer:E1", [link.pk])

    merging.undo_merge(merge_pk=found.pk, reason="deux", by=User.objects.get(username="thomas"), at=AT, on=DAY)
    link.refresh_from_db()
    assert link.subject == "cmg:employer:E2"
