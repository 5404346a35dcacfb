"""The stories of the demonstration: what each of its people finds on Monday 26 October 2026, and only once."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from cmg.demo import chabrol, scenario, stories
from cmg.demo.acting import moment
from cmg.demo.families import BERNARD, FONTAINE, GARNIER, GIRARD, LAMBERT, MARTIN, MOREL, PETIT, ROUSSEL
from cmg.models import Advance, BoardCase, Overpayment, Refund, Regularisation, Report, Settlement
from cmg.remedies.following import returned_credits
from cmg.repairs import regularising
from portal.accounts.models import FamilyLink, User
from portal.banking.models import OpenItem, PaymentOrder
from portal.batches.models import Run
from portal.batches.operations import sign
from portal.casework import selectors as casework
from portal.casework.models import Dossier, HandOver, Message
from portal.ledger.models import Entry
from portal.ledger.proof import check_ledger
from portal.letters.models import Letter
from tests.cmg.demo.conftest import tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]
AT = moment(scenario.DAY, 9)
EMILIE = f"cmg:employer:{chabrol.EMPLOYER_NO}"


def orders(subject: str, *, year: int) -> list[tuple[str, int, str]]:
    found = PaymentOrder.objects.filter(subject=subject, due_on__year=year).order_by("due_on", "pk")
    return list(found.values_list("purpose", "amount_cents", "state"))


def boxes(username: str) -> dict[str, int]:
    return casework.counts(User.objects.get(username=username), scenario.DAY)


def first_page(username: str, settings) -> str:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, scenario.DAY
    client = Client()
    client.force_login(User.objects.get(username=username))
    answer = client.get("/agent/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def test_emilie_s_2019_moved_what_the_worked_example_says() -> None:
    assert orders(EMILIE, year=2019) == [
        ("CMG_DEBIT", 41_013, "BOOKED"),
        ("CMG_PAYOUT", 29_562, "BOOKED"),
        ("CMG_REFUND", 41_013, "BOOKED"),
        ("CMG_DEBIT", 41_013, "BOOKED"),
        ("CMG_ADVANCE", 67_000, "BOOKED"),
        ("CMG_DEBIT", 41_013, "BOOKED"),
    ]
    refunds = Refund.objects.filter(employer_no=chabrol.EMPLOYER_NO).order_by("care_month")
    assert [(one.state, one.amount_cents) for one in refunds] == [
        ("PAID", 41_013), ("VERIFIED", 41_013), ("VERIFIED", 41_013),
    ]  # fmt: skip
    waiting = Regularisation.objects.get(employer_no=chabrol.EMPLOYER_NO, state="PROPOSED")
    assert (waiting.proposed_by, waiting.four_eyes, waiting.moved_cents) == ("nathalie", True, 141_150)
    months = waiting.months.order_by("care_month")
    assert [(one.care_month, one.refund_cents, one.arrears_cents) for one in months] == [
        (chabrol.JULY, 41_013, 29_562), (chabrol.AUGUST, 41_013, 29_562),
    ]  # fmt: skip


def test_july_and_august_2019_can_be_walked_to_the_end_on_the_demo_s_day(told: Path) -> None:
    waiting = Regularisation.objects.get(employer_no=chabrol.EMPLOYER_NO, state="PROPOSED")

    regularising.approve_regularisation(regularisation_pk=waiting.pk, by="thomas", on=scenario.DAY)
    regularising.execute_regularisation(regularisation_pk=waiting.pk, out=told / "out", by="thomas", on=scenario.DAY)

    advance = Advance.objects.get(employer_no=chabrol.EMPLOYER_NO)
    assert (advance.netted_cents, advance.outstanding_cents) == (59_124, 7_876)
    assert orders(EMILIE, year=2026) == [("CMG_REFUND", 41_013, "SENT")] * 2
    assert check_ledger() == []


def test_emilie_s_october_is_held_and_nathalie_has_her_dossier() -> None:
    row = Settlement.objects.get(employer_no=chabrol.EMPLOYER_NO, care_month=scenario.MONTH, run__dry_run=False)
    assert (row.status, row.anomaly_codes, row.held_debit_cents, row.payout_cents) == (
        "HELD", "CMG-013", 46_815, 46_153,
    )  # fmt: skip
    dossier = stories.open_dossier(EMILIE)
    assert (dossier.owner.username, dossier.held_cents, dossier.deadline) == ("nathalie", 46_815, date(2026, 11, 9))
    assert Message.objects.get(subject=EMILIE).read_at is None


def test_nathalie_has_two_dossiers_due_today_and_one_of_her_new_fund_is_nobody_s(settings) -> None:  # type: ignore[no-untyped-def]
    due = Dossier.objects.filter(owner__username="nathalie", state="OPEN", deadline=scenario.DAY)
    assert set(due.values_list("subject", flat=True)) == {MARTIN.subject, BERNARD.subject}
    assert (boxes("nathalie")["today"], boxes("nathalie")["unassigned"]) == (2, 1)
    unowned = stories.open_dossier(GIRARD.subject)
    assert (unowned.owner, unowned.fund, unowned.deadline) == (None, "CAF42", date(2026, 10, 28))

    page = first_page("nathalie", settings)

    assert "Martin Claire" in page
    assert page.index("Martin Claire") < page.index("Chabrol Émilie"), "the most urgent comes first"


def test_a_report_waits_for_its_first_answer_until_wednesday() -> None:
    report = Report.objects.get()
    assert (report.employer_no, report.state, report.codes) == (MARTIN.employer_no, "LINKED", "CMG-009")
    assert (report.first_answer_by, report.dossier.owner.username) == (date(2026, 10, 28), "nathalie")


def test_thomas_has_a_hand_over_to_answer_and_one_dossier_went_to_the_lead() -> None:
    waiting = HandOver.objects.get(state="PROPOSED")
    assert (waiting.to_body, waiting.dossier.subject, waiting.proposed_by.username) == (
        "PAJEMPLOI", ROUSSEL.subject, "karim",
    )  # fmt: skip
    assert waiting.dossier.owner.username == "karim", "until he accepts, its owner stays"
    late = Dossier.objects.get(state="ESCALATED")
    assert (late.subject, late.owner.username, late.deadline) == (FONTAINE.subject, "thomas", date(2026, 10, 12))


def test_money_that_waits_for_somebody() -> None:
    advance = Advance.objects.get(state="PROPOSED")
    assert (advance.employer_no, advance.four_eyes, advance.proposed_by) == (MOREL.employer_no, True, "thomas")
    assert advance.amount_cents == advance.estimate_cents >= 100_000
    excess = Overpayment.objects.get()
    assert (excess.employer_no, excess.state, excess.rectification_until) == (
        PETIT.employer_no, "NOTIFIED", date(2026, 11, 2),
    )  # fmt: skip
    assert excess.amount_cents == excess.paid_cents - excess.due_cents > 0
    back = returned_credits(GARNIER.employer_no)
    assert [(order.state, order.reason_code) for order in back] == [("RETURNED", "AC04")]
    assert OpenItem.objects.get(order=back[0]).opened_on == date(2026, 10, 20)
    case = BoardCase.objects.get()
    assert (case.employer_no, case.state, case.session.held_on) == (
        FONTAINE.employer_no,
        "SCHEDULED",
        date(2026, 10, 29),
    )


def test_sophie_s_home_is_calm() -> None:
    assert orders(LAMBERT.subject, year=2026) == [("CMG_PAYOUT", 42_870, "BOOKED")] * 2
    row = Settlement.objects.get(employer_no=LAMBERT.employer_no, care_month=scenario.MONTH)
    assert (row.status, row.debit_cents, row.payout_cents, row.anomaly_codes) == ("SETTLED", 0, 42_870, "")
    assert not Dossier.objects.filter(subject=LAMBERT.subject).exists()


def test_both_parents_are_linked_to_their_family_as_the_provider_knows_them() -> None:
    links = FamilyLink.objects.order_by("subject").values_list("user__first_name", "subject", "how")
    assert list(links) == [
        ("Émilie", EMILIE, "BENEFICIARY_NO"), ("Sophie", LAMBERT.subject, "EMPLOYER_NO"),
    ]  # fmt: skip


def test_letters_are_written_for_what_happened() -> None:
    kinds = set(Letter.objects.values_list("subject", "kind"))
    assert {(EMILIE, "cmg.advance_granted"), (EMILIE, "cmg.refund"), (PETIT.subject, "cmg.overpayment")} <= kinds


def everything() -> tuple[int, ...]:
    models = (Run, Entry, PaymentOrder, Dossier, Settlement, Advance, Report, HandOver, Message, Letter, User, Refund)
    return tuple(model.objects.count() for model in models)


def test_a_second_start_changes_nothing_and_keeps_the_signature(told: Path) -> None:
    run = scenario.last_run()
    assert run is not None
    sign(run_pk=run.pk, username="helene", on=scenario.DAY)
    before = everything()

    tell(told)

    assert everything() == before
    again = scenario.last_run()
    assert (again.pk, again.digest, again.state) == (run.pk, run.digest, "TO_SIGN")
    assert again.signatures.filter(voided_at__isnull=True).count() == 1


def test_the_month_is_computed_with_what_monday_brought() -> None:
    run = scenario.last_run()
    assert run is not None
    from cmg.operations import decisions_digest, inputs_digest

    assert (run.inputs_digest, run.decisions_digest) == (inputs_digest(run.month), decisions_digest(run.month))
    assert check_ledger() == []


def _interrupted() -> None:
    form = "00000000-0000-0000-0000-000000000001"
    Message.objects.create(subject="x", from_family=True, author="x", text=b"", form_key=form, at=AT)
    raise KeyboardInterrupt


def test_a_story_interrupted_leaves_nothing_and_is_told_whole_the_next_time() -> None:
    before = everything()
    with pytest.raises(KeyboardInterrupt):
        stories.once("again", _interrupted)
    assert everything() == before

    told: list[str] = []
    assert stories.once("again", lambda: told.append("once")) is True
    assert stories.once("again", lambda: told.append("twice")) is False
    assert told == ["once"]
