"""The situations that the demonstration's people find on Monday 26 October 2026, made by the portal's own operations.

`before_the_month`: what happened in 2019 and in the autumn, before October is closed. `on_the_day`: what Monday morning
brought, once it is. Each is one transaction with its line in the journal: done once, whole, or not at all.
"""

from collections.abc import Callable
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from cmg.demo import chabrol
from cmg.demo.acting import Acting, moment
from cmg.demo.families import (
    BERNARD,
    FAMILIES,
    FONTAINE,
    GARNIER,
    GIRARD,
    LAMBERT,
    MARTIN,
    MOREL,
    PETIT,
    ROUSSEL,
    declared,
    merged,
    rows_of,
)
from cmg.demo.people import create_colleagues, create_parents, stand_in
from cmg.models import Overpayment
from cmg.models.remedies import Channel, Origin, Symptom
from cmg.remedies import advances, board
from cmg.remedies.limits import answer_day
from cmg.remedies.overpayments import notify_overpayment
from cmg.remedies.reports import open_report
from cmg.rules.priority import Hardship
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from portal.audit.operations import journal
from portal.banking.models import PaymentOrder
from portal.casework.handing import accept_hand_over, propose_hand_over
from portal.casework.models import Dossier
from portal.casework.operations import OPEN_STATES, add_note, escalate_overdue
from portal.casework.papers import send_message
from portal.letters.operations import write_letters

MONDAY = date(2026, 10, 26)
AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)
DECLARING_OCTOBER = (LAMBERT, FONTAINE, PETIT, GARNIER, MOREL)
DONE = "demo.story"


def before_the_month(acting: Acting) -> bool:
    """2019 and the autumn of 2026. False, and nothing done, when it was done before."""
    return once("before", lambda: _before(acting))


def on_the_day() -> bool:
    """Monday morning, once October is computed. False, and nothing done, when it was done before."""
    told = once("monday", _monday)
    # Outside the story's transaction: it wrote in the journal, whose chain everybody else would wait for meanwhile.
    write_letters()
    return told


def once(name: str, tell: Callable[[], object]) -> bool:
    """Tell a story in one transaction with its line in the journal. False, and nothing done, the second time."""
    subject = f"demo:{name}"
    with transaction.atomic():
        if JournalEntry.objects.filter(action=DONE, subject=subject).exists():
            return False
        tell()
        journal(actor="démonstration", action=DONE, subject=subject)
    return True


def _before(acting: Acting) -> None:
    create_colleagues()
    chabrol.debited_then_repaired(acting)
    acting.receive("familles", merged(*map(rows_of, FAMILIES)))
    _august(acting)
    _september(acting)
    _late_september(acting)
    _receive(
        acting,
        "octobre",
        [row for family in DECLARING_OCTOBER for row in declared(family, OCTOBER, date(2026, 10, 25))],
    )
    create_parents(MONDAY)


def _receive(acting: Acting, name: str, rows: list[dict[str, str]]) -> None:
    acting.receive(name, {"declarations": rows})


def _august(acting: Acting) -> None:
    """A calm month: Sophie Lambert and Julie Petit are paid."""
    on = date(2026, 8, 26)
    _receive(
        acting, "aout", [row for family in (LAMBERT, PETIT) for row in declared(family, AUGUST, date(2026, 8, 25))]
    )
    acting.month(AUGUST, on, bank_days=5)


def _september(acting: Acting) -> None:
    """Paid, but for Nadia Fontaine (another person's number); Aurélie Garnier's transfer comes back three weeks later."""
    on = date(2026, 9, 28)
    families = (LAMBERT, PETIT, GARNIER, FONTAINE)
    _receive(acting, "septembre", [row for one in families for row in declared(one, SEPTEMBER, date(2026, 9, 25))])
    acting.month(SEPTEMBER, on)
    payout = PaymentOrder.objects.get(subject=GARNIER.subject, kind="CREDIT")
    acting.bank(on, days=24, returned=(payout.end_to_end_id, 13), read_on=date(2026, 10, 20))


def _late_september(acting: Acting) -> None:
    """Late declarations: held on 12 and 14 October, ten business days before the 26th and the 28th; and a correction."""
    late = [row for one in (MARTIN, BERNARD, MOREL) for row in declared(one, SEPTEMBER, date(2026, 10, 9))]
    corrected = declared(PETIT, SEPTEMBER, date(2026, 10, 10), version=2, net_salary="430.00")
    _receive(acting, "septembre-tardif", late + corrected)
    acting.month(SEPTEMBER, date(2026, 10, 12), bank_days=3)
    _overpaid(date(2026, 10, 13))
    escalate_overdue(on=date(2026, 10, 13))
    _receive(
        acting,
        "septembre-dernier",
        [row for one in (ROUSSEL, GIRARD) for row in declared(one, SEPTEMBER, date(2026, 10, 13))],
    )
    acting.month(SEPTEMBER, date(2026, 10, 14))
    _board(date(2026, 10, 21))


def _overpaid(on: date) -> None:
    """Julie Petit was paid too much for September: told on the 13th, she has twenty days to answer."""
    found = Overpayment.objects.get(employer_no=PETIT.employer_no)
    notify_overpayment(overpayment_pk=found.pk, by="nathalie", on=on)


def _board(on: date) -> None:
    """Nadia Fontaine waits since September and her childminder may leave: the emergency board of Thursday 29."""
    case = board.refer_family(
        employer_no=FONTAINE.employer_no, fund=FONTAINE.fund,
        words="Deux mois sans aide, découvert refusé : l’assistante maternelle cherche une autre famille.",
        hardship=Hardship(2, 85_740, 56_000, True, True), by="nathalie", on=on,
    )  # fmt: skip
    board.complete_case(case_pk=case.pk, by="nathalie")
    board.schedule_case(case_pk=case.pk, held_on=date(2026, 10, 29), by="nathalie", on=on)


def _monday() -> None:
    stand_in()
    _emilie()
    _reported()
    _large_advance()
    _handed_over()


def _emilie() -> None:
    """Her dossier came back to Nathalie, who will find the new number; she wrote on Sunday."""
    subject = f"cmg:employer:{chabrol.EMPLOYER_NO}"
    dossier = open_dossier(subject)
    _give_to_nathalie(dossier)
    chabrol.july_and_august_proposed(dossier)
    _say(
        subject,
        dossier,
        "Bonjour, j’ai déménagé en septembre. Mon numéro Caf a changé : est-ce la raison ?",
        date(2026, 10, 25),
    )


def _give_to_nathalie(dossier: Dossier) -> None:
    """Whoever got it at Pajemploi hands it over: the fund knows the move. Her date stays where it is."""
    if dossier.body == "FUND" and dossier.owner is not None and dossier.owner.username == "nathalie":
        return
    assert dossier.owner is not None
    proposed = propose_hand_over(
        dossier_pk=dossier.pk, message="Elle a déménagé : quel est son numéro à la Caf du Puy-de-Dôme ?",
        by=dossier.owner, at=moment(MONDAY, 8, 20), answer_by=answer_day("policy.handover_business_days", MONDAY),
    )  # fmt: skip
    accept_hand_over(hand_over_pk=proposed.pk, by=_user("nathalie"), at=moment(MONDAY, 8, 35))
    dossier.refresh_from_db()


def _reported() -> None:
    """Claire Martin reports at 8:42 that nothing came for Jade: first answer by Wednesday 28."""
    told = open_report(
        form_key=_key("report:martin"), employer_no=MARTIN.employer_no, channel=Channel.WEB, symptom=Symptom.NOT_PAID,
        months=[SEPTEMBER], words="L’aide de septembre n’est pas venue pour Jade. Léo, lui, a son droit.",
        by="famille", at=moment(MONDAY, 8, 42),
    )  # fmt: skip
    _say(MARTIN.subject, told.report.dossier, "Dois-je envoyer l’acte de naissance de Jade ?", MONDAY)
    add_note(
        dossier_pk=open_dossier(BERNARD.subject).pk, text="Demande à l’étude : il manque l’avis d’impôt.", by="nathalie",
        at=moment(MONDAY, 8, 45),
    )  # fmt: skip


def _large_advance() -> None:
    """Sandrine Morel waits for two months at once: above the threshold, somebody else than Thomas decides."""
    months = [SEPTEMBER, OCTOBER]
    advances.propose_advance(
        employer_no=MOREL.employer_no, months=months, amount_cents=advances.estimate(MOREL.employer_no, months),
        origin=Origin.ASKED, reason="Deux mois retenus ; la famille avance tout le salaire.", by="thomas", on=MONDAY,
    )  # fmt: skip


def _handed_over() -> None:
    """Karim Benali proposes a dossier to Pajemploi: Thomas finds it at the top, to answer by Tuesday."""
    dossier = open_dossier(ROUSSEL.subject)
    assert dossier.owner is not None
    propose_hand_over(
        dossier_pk=dossier.pk, by=dossier.owner, at=moment(MONDAY, 8, 50),
        message="Le jour et le mois de naissance de Tom sont inversés sur la déclaration : à corriger chez Pajemploi.",
        answer_by=answer_day("policy.handover_business_days", MONDAY),
    )  # fmt: skip


def open_dossier(subject: str) -> Dossier:
    """The open dossier of a story's family. Raises Dossier.DoesNotExist."""
    return Dossier.objects.select_related("owner").get(subject=subject, state__in=OPEN_STATES)


def _say(subject: str, dossier: Dossier | None, text: str, on: date) -> None:
    send_message(
        subject=subject, from_family=True, author="famille", text=text, form_key=_key(f"message:{subject}"),
        at=moment(on, 8, 5), dossier=dossier,
    )  # fmt: skip


def _user(username: str) -> User:
    return User.objects.get(username=username)


def _key(name: str) -> UUID:
    """The form's key: the same form is never sent twice."""
    return uuid5(NAMESPACE_URL, f"demo:{name}")
