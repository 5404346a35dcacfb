"""A fund's people, and cases brought step by step to where a test begins, by the operations alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from fraud.cases import appeals, deciding, hearing, informing, penalties, qualifying
from fraud.cases.acting import Act
from fraud.cases.opening import note_obtained, open_case
from fraud.cases.receiving import note_receipt
from fraud.models import ControlCase, ObtainedVia, PaperDelivery, PaperKind, Penalty, Qualification
from portal.accounts.models import Door, Posting, Role, User

SUBJECT = "cmg:employer:00123"
D1 = date(2026, 6, 1)  # opening; findings on D2, decisions from D3
D2, D3 = date(2026, 6, 15), date(2026, 7, 1)
POSTS = {
    "philippe": Role.CONTROLLER, "sylvie": Role.CONTROL_CASEWORKER, "hakim": Role.FRAUD_PANEL, "claire": Role.FRAUD_PANEL,
    "helene": Role.AUTHORISING_OFFICER, "gerard": Role.BOARD_MEMBER,
}  # fmt: skip


def people(fund: str = "CAF63") -> dict[str, User]:
    found = {}
    for name, role in POSTS.items():
        user, _new = User.objects.get_or_create(
            username=name, defaults={"first_name": name.title(), "door": Door.AGENT}
        )
        posted = "" if role == Role.AUTHORISING_OFFICER else fund
        Posting.objects.get_or_create(user=user, role=role, fund=posted, defaults={"starts_on": date(2019, 1, 1)})
        found[name] = user
    return found


def by(name: str | None, on: date) -> Act:
    user = User.objects.get(username=name) if name else None
    return Act(user.pk if user else None, on, at(on), uuid4())


def at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(10)))


def opened(subject: str = SUBJECT, *, on: date = D1, fund: str = "CAF63", **changed: object) -> ControlCase:
    asked = {
        "title": "Heures de garde", "source": "PARTNER", "legal_basis": "CSS L. 114-9", "benefit": "RSA",
        "purpose": "Comparer les ressources déclarées", "officer_pk": User.objects.get(username="sylvie").pk, "by": "sylvie",
    } | changed  # fmt: skip
    return open_case(fund=fund, subject=subject, on=on, at=at(on), **asked)  # type: ignore[arg-type]


def investigated(subject: str = SUBJECT, **changed: object) -> ControlCase:
    case = opened(subject, **changed)
    informing.send_information(case_pk=case.pk, documents="Relevés de compte", act=by("sylvie", D1))
    informing.start_investigation(case_pk=case.pk, act=by("sylvie", D1))
    return again(case)


def found(owed_by: int = 400_000, owed_to: int = 0, since: date = date(2025, 3, 1)) -> informing.Found:
    return informing.Found(
        "Salaires non déclarés", since, date(2025, 9, 1), "Déclarations de l’employeur", owed_by, owed_to
    )


def heard(subject: str = SUBJECT, *, finding: informing.Found | None = None, **changed: object) -> ControlCase:
    """The findings are sent, and the person may reply."""
    case = investigated(subject, **changed)
    informing.add_finding(case_pk=case.pk, found=finding or found(), act=by("sylvie", D1))
    informing.send_findings(case_pk=case.pk, act=by("sylvie", D2))
    hearing.begin_adversarial(case_pk=case.pk, act=by("sylvie", D2))
    return again(case)


def bank_said(case: ControlCase, on: date = D1) -> None:
    note_obtained(
        case_pk=case.pk, via=ObtainedVia.THIRD_PARTY, reference="TP-2026-4", origin="Banque du Centre",
        content="Virements de salaire de mars à août 2025", on=on,
    )  # fmt: skip


def to_decide(subject: str = SUBJECT, **changed: object) -> ControlCase:
    case = heard(subject, **changed)  # type: ignore[arg-type]
    hearing.ready_to_decide(case_pk=case.pk, act=by("sylvie", D3))
    return again(case)


def qualified(outcome: str = "FRAUD", subject: str = SUBJECT, **changed: object) -> ControlCase:
    asked = asked_of_panel(subject, **changed)
    for member in ("hakim", "claire"):
        qualifying.give_view(qualification_pk=asked.pk, outcome=outcome, reason="Au vu des pièces", act=by(member, D3))
    return again(asked.case)


def proposal(amount: int | None = 200_000, **changed: object) -> penalties.Proposed:
    asked = {
        "ground": "WRONG_DECLARATION", "since": date(2025, 3, 1), "until": date(2025, 9, 1), "amount_cents": amount,
        "reason": "Trois déclarations trimestrielles sans les salaires perçus",
    } | changed  # fmt: skip
    return penalties.Proposed(**asked)  # type: ignore[arg-type]


def asked_of_panel(subject: str = SUBJECT, **changed: object) -> Qualification:
    case = to_decide(subject, **changed)
    return qualifying.ask_panel(
        case_pk=case.pk, question="Les omissions étaient-elles voulues ?",
        intent=(qualifying.Intent("Trois déclarations à zéro, salaires perçus les mêmes mois"),), act=by("sylvie", D3),
    )  # fmt: skip


def proposed(
    outcome: str = "FRAUD", amount: int | None = 200_000, subject: str = SUBJECT, **changed: object
) -> Penalty:
    case = qualified(outcome, subject, **changed)
    deciding.decide_overpayment(case_pk=case.pk, avoided_cents=0, reason="Salaires", act=by("sylvie", D3))
    deciding.begin_penalty(case_pk=case.pk, reason="Omissions voulues", act=by("sylvie", D3))
    return penalties.propose_penalty(case_pk=case.pk, proposed=proposal(amount), act=by("sylvie", D3))


DECIDED_ON, APPEALED_ON = date(2026, 8, 3), date(2026, 9, 1)


def decided(**asked: object) -> Penalty:
    penalty = proposed(**asked)  # type: ignore[arg-type]
    penalties.sign_notification(penalty_pk=penalty.pk, act=by("helene", D3))
    received(penalty, D3)
    return penalties.decide_penalty(
        penalty_pk=penalty.pk, amount_cents=150_000, reason="Faits établis", act=by("helene", DECIDED_ON)
    )


def received(penalty: Penalty, on: date, kind: PaperKind = PaperKind.PENALTY_NOTIFIED) -> PaperDelivery:
    """The last letter of that kind is in the person's hands."""
    paper = penalty.case.papers.filter(kind=kind).latest("pk")
    return note_receipt(paper_pk=paper.pk, way="REGISTERED", received_on=on, proof="1A 204", act=by("sylvie", on))


def appealed(**asked: object) -> Penalty:
    penalty = decided(**asked)
    return appeals.note_appeal(penalty_pk=penalty.pk, appealed_on=APPEALED_ON, act=by("sylvie", APPEALED_ON))


@contextmanager
def moved_by_hand() -> Iterator[None]:
    """For tests of other guards: cases take any state, without the trigger that lets operations alone move them."""
    with connection.cursor() as cursor:
        # A table with checks still to come cannot be altered: they are made now.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE fraud_controlcase DISABLE TRIGGER moves")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE fraud_controlcase ENABLE TRIGGER moves")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def again(case: ControlCase) -> ControlCase:
    return ControlCase.objects.get(pk=case.pk)
