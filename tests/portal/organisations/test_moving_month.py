"""A joint fund begins in the middle of a month of CMG and of a day of pensions: nothing lost, paid twice, or seen by others."""

import hashlib
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from aripa.exports import export_aripa
from aripa.models import Case
from aripa.operations import run_days
from cmg.demo.people import create_colleagues, create_people
from cmg.models import Account
from cmg.operations import close_month, do_slices, finish_month, issue_run, start_month
from cmg.piloting.dashboard import families_by_fund
from cmg.piloting.scope import scope_of
from cmg.population import generate
from portal.accounts.models import Door, FamilyLink, Posting, Role, User
from portal.accounts.permissions import moment_on
from portal.banking.models import PaymentOrder
from portal.batches.models import Run, Signature, SliceState
from portal.batches.operations import sign
from portal.casework.models import Dossier
from portal.exchange.operations import import_files
from portal.ledger.proof import check_ledger
from portal.organisations.joint.living import go_live
from portal.organisations.joint.running import move_open_files, run_of
from portal.organisations.models import CreationFile, FileMove
from portal.organisations.serving import name_on
from tests.aripa.rows import forced_case
from tests.portal.organisations.world import NAME, ordered

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
pytestmark = pytest.mark.django_db


class Undone(Exception):
    """What was done to be compared is rolled back."""


@pytest.fixture
def received(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    create_people()
    create_colleagues()
    import_files(generate(400, 3, tmp_path / "flow", care_month=MONTH, region=["CAF15", "CAF43", "MSA15"]).files)


def begin(file: CreationFile) -> CreationFile:
    go_live(creation_pk=file.pk, by="helene", on=DAY, at=moment_on(DAY))
    return move_open_files(creation_pk=file.pk)


def issued(run: Run, out: Path) -> tuple[object, ...]:
    """What leaves: the print of the decisions, each order, the bank's files."""
    issue_run(run_pk=run.pk, out=out, on=DAY, by="test")
    assert check_ledger() == []
    run.refresh_from_db()
    orders = PaymentOrder.objects.values_list("kind", "purpose", "subject", "amount_cents", "due_on")
    files = sorted((path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in out.glob("*.xml"))
    return run.digest, sorted(orders), [name for name, _print in files]


def undisturbed(tmp_path: Path) -> tuple[object, ...]:
    found: list[tuple[object, ...]] = []
    with suppress(Undone), transaction.atomic():
        run = close_month(month=MONTH, on=DAY)
        for username in ("helene", "bruno"):
            sign(run_pk=run.pk, username=username, on=DAY)
        found.append(issued(run, tmp_path / "calm"))
        raise Undone
    return found[0]


def test_a_month_half_done_goes_on_and_signatures_stand(received: None, tmp_path: Path) -> None:
    calm = undisturbed(tmp_path)
    file = ordered(starts_on=DAY)
    run = start_month(month=MONTH, on=DAY)
    part = run.slices.order_by("number").first()
    assert part is not None
    # A worker died in the first slice, on the eve.
    run.slices.filter(pk=part.pk).update(
        state=SliceState.LEASED, leased_by="gone:1:1", lease_until=moment_on(DAY), attempts=1
    )
    begin(file)
    run.slices.filter(pk=part.pk).update(lease_until=moment_on(date(2020, 1, 1)))
    do_slices(run.pk)
    finish_month(run_pk=run.pk)
    for username in ("helene", "bruno"):
        sign(run_pk=run.pk, username=username, on=DAY)
    assert issued(run, tmp_path / "out") == calm


def test_a_month_to_sign_keeps_its_first_signature_and_its_totals(received: None, tmp_path: Path) -> None:
    calm = undisturbed(tmp_path)
    file = ordered(starts_on=DAY)
    run = close_month(month=MONTH, on=DAY)
    sign(run_pk=run.pk, username="helene", on=DAY)
    helene = User.objects.get(username="helene")
    figures = families_by_fund(scope_of(helene, DAY, {}))
    deadlines = dict(Dossier.objects.values_list("pk", "deadline"))
    begin(file)
    assert families_by_fund(scope_of(helene, DAY, {})) == figures
    assert dict(Dossier.objects.values_list("pk", "deadline")) == deadlines
    assert Signature.objects.get(run=run).voided_at is None
    sign(run_pk=run.pk, username="bruno", on=DAY)
    assert issued(run, tmp_path / "out") == calm


def test_the_proof_counts_families_dossiers_orders_and_their_money(received: None, tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    file = ordered(starts_on=DAY)
    run = close_month(month=MONTH, on=DAY)
    for username in ("helene", "bruno"):
        sign(run_pk=run.pk, username=username, on=DAY)
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")
    families = Account.objects.filter(fund="CAF15", known_until=None).count()
    subjects = [
        f"cmg:employer:{no}"
        for no in Account.objects.filter(fund="CAF15", known_until=None).values_list("employer_no", flat=True)
    ]
    orders = PaymentOrder.objects.filter(subject__in=subjects)
    assert families
    assert orders.exists()
    begin(file)
    noted = {kind: FileMove.objects.filter(kind=kind).count() for kind in ("cmg.family", "cmg.order", "cmg.dossier")}
    assert noted == {
        "cmg.family": families, "cmg.order": orders.count(),
        "cmg.dossier": Dossier.objects.filter(fund="CAF15", body="FUND", state="OPEN").count(),
    }  # fmt: skip
    moving = run_of(file)
    assert moving is not None
    money = moving.totals["money"]["kinds"]["cmg.family"]
    assert money["orders"] == orders.count()
    assert money["orders_cents"] == sum(orders.values_list("amount_cents", flat=True))
    assert sum(money["accounts"].values()) == 0
    assert any(money["accounts"].values())
    call_command("check_joint_fund", "CCSS15")
    assert "Preuve complète" in capsys.readouterr().out
    # One cent more on the first day than is read now.
    money["orders_cents"] += 1
    moving.save(update_fields=["totals"])
    with pytest.raises(Exception, match="n’est pas prouvée"):
        call_command("check_joint_fund", "CCSS15")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def posted(name: str, branch: str) -> User:
    user = User.objects.create(username=name, first_name=name, last_name="Test", door=Door.AGENT)
    for role in (Role.FUND_CASEWORKER, Role.SUPERVISOR):
        Posting.objects.create(user=user, role=role, fund="CCSS15", branch=branch, starts_on=date(2026, 1, 1))
    return user


def test_pages_lists_search_and_exports_are_open_to_the_branch_and_to_nobody_else(received: None) -> None:
    close_month(month=MONTH, on=DAY)
    family, health = posted("famille", "FAMILY"), posted("sante", "SICKNESS")
    begin(ordered(starts_on=DAY))
    mine = Account.objects.filter(fund="CAF15", known_until=None).order_by("employer_no").first()
    other = Account.objects.filter(fund="CAF43", known_until=None).order_by("employer_no").first()
    assert mine
    assert other
    pages = [
        reverse("cmg:family", kwargs={"employer_no": mine.employer_no}), reverse("cmg:queue"),
        f"{reverse('cmg:search')}?q={mine.employer_no}", f"{reverse('cmg:export_queue')}?box=team&reason=Preuve",
        reverse("cmg:held", kwargs={"month": "2026-10"}), reverse("cmg:export_held", kwargs={"month": "2026-10"}),
    ]  # fmt: skip
    inside, outside = client_of(family), client_of(health)
    for page in pages:
        assert outside.get(page).status_code in (404, 405), page
        assert outside.post(page, {"reason": "Preuve"}).status_code in (404, 405), page
    page = inside.get(pages[0])
    assert page.status_code == 200
    assert NAME in page.content.decode()
    assert "Dossier ouvert par : Caf du Cantal" in page.content.decode()
    assert mine.last_name in inside.get(pages[2]).content.decode()
    assert inside.get(reverse("cmg:family", kwargs={"employer_no": other.employer_no})).status_code == 404
    rows = inside.get(pages[4]).content.decode()
    assert "CAF43" not in rows


def test_a_family_reads_the_new_name_from_the_day_and_the_former_one_beside_it(received: None, settings) -> None:  # type: ignore[no-untyped-def]
    account = Account.objects.filter(fund="CAF15", known_until=None).order_by("employer_no").first()
    assert account
    parent = User.objects.create(username="parent", first_name="Aïcha", last_name="Test", door=Door.FAMILY)
    FamilyLink.objects.create(
        user=parent, subject=f"cmg:employer:{account.employer_no}", since=date(2026, 1, 1), how="EMPLOYER_NO"
    )
    client, home = client_of(parent), reverse("cmg:own_home")
    assert NAME not in client.get(home).content.decode()
    begin(ordered(starts_on=DAY))
    page = client.get(home).content.decode()
    assert NAME in page
    assert "dossier ouvert par : Caf du Cantal" in page
    settings.PORTAL_DAY = date(2026, 10, 25)
    assert NAME not in client.get(home).content.decode(), "the eve, read again"


def test_who_dealt_with_the_cantal_goes_on_in_the_queue_and_is_dealt_new_dossiers(received: None) -> None:
    begin(ordered(starts_on=DAY))
    close_month(month=MONTH, on=DAY)
    owners = set(Dossier.objects.filter(fund="CAF15", body="FUND").values_list("owner__username", flat=True))
    assert owners
    assert owners <= {"nathalie", "odile", "marc"}
    odile = User.objects.get(username="odile")
    page = client_of(odile).get(f"{reverse('cmg:queue')}?box=team")
    assert page.status_code == 200
    found = Dossier.objects.filter(fund="CAF15", body="FUND").order_by("deadline", "pk").first()
    assert found is not None
    assert found.subject.rpartition(":")[2] in page.content.decode()


def test_a_day_of_pensions_goes_on_the_same(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DAY = DAY
    forced_case("C15", fund="CAF15")
    forced_case("C63", fund="CAF63")
    run_days(until=date(2026, 2, 10))
    file, calm = ordered(starts_on=DAY), []
    with suppress(Undone), transaction.atomic():
        run_days(until=date(2026, 2, 20))
        calm.append({path.name: path.read_bytes() for path in export_aripa(tmp_path / "calm")})
        raise Undone
    worker = User.objects.create(username="pension", door=Door.AGENT)
    Posting.objects.create(user=worker, role=Role.ARIPA_CASEWORKER, fund="CAF15", starts_on=date(2020, 1, 1))
    begin(file)
    run_days(until=date(2026, 2, 20))
    assert {path.name: path.read_bytes() for path in export_aripa(tmp_path / "after")} == calm[0]
    noted = FileMove.objects.get(kind="aripa.case")
    assert (noted.key, noted.former, noted.trouble) == ("C15", "CAF15", "")
    assert noted.moved_at is not None
    inside = client_of(worker)
    page = inside.get(reverse("aripa:case", kwargs={"case_no": "C15"}))
    assert "Dossier ouvert par : Caf du Cantal" in page.content.decode()
    assert inside.get(reverse("aripa:case", kwargs={"case_no": "C63"})).status_code == 404
    assert Case.objects.get(pk="C15").fund == "CAF15"
    assert name_on("CAF15", DAY) == NAME
