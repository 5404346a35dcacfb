"""Control cases at several steps, each brought there by the operations on the days when it happened.

C-2026-112 closed in favour of the family, 113 waits for the board's opinion, 114 for the director's signature, 115 for the
panel, 116 owes a copy, 117 a notice of L. 114-21; of 118 an agency of health is asked something.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

from cmg.demo.families import FAMILIES
from cmg.models import Account
from fraud.cases import appeals, deciding, hearing, informing, notifying, penalties, qualifying
from fraud.cases.acting import Act
from fraud.cases.evidence import keep_evidence
from fraud.cases.opening import note_obtained, open_case
from fraud.cases.receiving import note_receipt
from fraud.demo.hours import at_hour
from fraud.models import ControlCase, ObtainedVia, PaperKind, SwornOfficer
from portal.accounts.models import Door, Role, User
from portal.accounts.postings import post

FUND, FIRST = "CAF63", "C-2026-112"
SINCE = date(2026, 1, 5)
SECOND_MEMBER = ("claire", "Claire", "Fontanel")


@dataclass(frozen=True)
class Story:
    """What a case is about."""

    title: str
    purpose: str
    benefit: str
    documents: str
    found: informing.Found
    officer: str = "sylvie"
    source: str = "PROGRAMME"
    axis: str = ""


def _found(fact: str, since: date, until: date, source: str, owed_by: int = 0, owed_to: int = 0) -> informing.Found:
    return informing.Found(fact, since, until, source, owed_by, owed_to)


PAY, FEES = "Bulletins de salaire de 2025 et 2026", "Factures de la crèche"
STORIES = (
    Story("Enfant de plus de trois ans, aide arrêtée trop tôt", "Vérifier les dates de l’aide à la garde", "AF", FEES,
          _found("L’aide de juin à août 2026 n’a pas été versée", date(2026, 6, 1), date(2026, 9, 1), "Factures de la crèche", 0, 48_360),
          source="SELF_REPORT"),
    Story("Deux emplois non déclarés au RSA", "Comparer les ressources déclarées et celles des employeurs", "RSA", PAY,
          _found("Deux emplois ne sont pas dans quatre déclarations trimestrielles", date(2025, 1, 1), date(2026, 1, 1),
                 "Déclarations sociales des employeurs", 512_400), axis="RESSOURCES"),
    Story("Salaires non déclarés à la prime d’activité", "Comparer les ressources déclarées et celles des employeurs", "PPA", PAY,
          _found("Un salaire n’est pas dans trois déclarations trimestrielles", date(2025, 6, 1), date(2026, 3, 1),
                 "Déclarations sociales de l’employeur", 231_750), axis="RESSOURCES"),
    Story("Colocation ou vie commune", "Vérifier la situation familiale déclarée", "RSA", "Bail et factures de logement",
          _found("Deux adultes au même bail depuis septembre 2025", date(2025, 9, 1), date(2026, 6, 1), "Bail, taxe d’habitation",
                 187_200), officer="philippe", axis="SUR-PLACE"),
    Story("Loyer d’un logement quitté", "Vérifier l’adresse du logement aidé", "APL", "Bail et quittances",
          _found("Le logement est quitté depuis mars 2026", date(2026, 3, 1), date(2026, 7, 1), "Attestation du bailleur", 96_000),
          axis="SUR-PLACE"),
    Story("Virements réguliers non déclarés", "Comparer les ressources déclarées et les comptes", "RSA", "Relevés de compte",
          _found("Des virements mensuels ne sont pas déclarés", date(2025, 10, 1), date(2026, 7, 1), "Relevés de compte", 274_050),
          officer="philippe", source="PARTNER"),
    Story("Heures de garde et agrément", "Vérifier les heures déclarées et l’agrément de la garde", "CMG", "Contrat de garde et bulletins",
          _found("", date(2026, 1, 1), date(2026, 2, 1), ""), officer="philippe", source="PARTNER"),
)  # fmt: skip


def load(folder: Path, on: date) -> None:
    """What the demonstration shows on that day; called once."""
    _people()
    chosen = families(len(STORIES))
    closed, opinion, signature, panel, copy, notice, exchange = (
        _opened(story, chosen[place], on, FIRST if place == 0 else "") for place, story in enumerate(STORIES)
    )
    _closed_in_favour(closed, on)
    _awaiting_opinion(opinion, on)
    _awaiting_signature(signature, on)
    _awaiting_panel(panel, on)
    _owing_a_copy(copy, on)
    _owing_a_notice(notice, on)
    _investigating(exchange, on - timedelta(days=24))


def _people() -> None:
    """A second member of the panel, and the oath of Philippe."""
    username, first_name, last_name = SECOND_MEMBER
    claire, _new = User.objects.get_or_create(
        username=username, defaults={"first_name": first_name, "last_name": last_name, "door": Door.AGENT}
    )
    claire.set_unusable_password()
    claire.save()
    post(username=username, role=Role.FRAUD_PANEL, fund=FUND, starts_on=SINCE, ends_on=None, granted_by="helene")
    SwornOfficer.objects.create(
        user=User.objects.get(username="philippe"), sworn_on=date(2021, 9, 14), court="Tribunal judiciaire de Clermont-Ferrand",
        approval_no="AG-2021-0457", approved_on=date(2021, 10, 1), until=date(2031, 10, 1),
    )  # fmt: skip


def families(count: int) -> list[str]:
    """Families of the fund who have no story of their own."""
    told = [family.employer_no for family in FAMILIES]
    found = Account.objects.filter(fund=FUND, known_until__isnull=True).exclude(employer_no__in=told)
    return list(found.order_by("-employer_no").values_list("employer_no", flat=True)[:count])


def _opened(story: Story, employer_no: str, on: date, number: str) -> ControlCase:
    officer, began = User.objects.get(username=story.officer), on - timedelta(days=172)
    return open_case(
        fund=FUND, subject=f"cmg:employer:{employer_no}", title=story.title, source=story.source, benefit=story.benefit,
        legal_basis="CSS L. 114-9 et L. 114-10", purpose=story.purpose, officer_pk=officer.pk, on=began, at=at_hour(began, 10),
        by=story.officer, number=number, axis_code=story.axis,
    )  # fmt: skip


def _by(name: str, day: date) -> Act:
    return Act(User.objects.get(username=name).pk, day, at_hour(day, 10), uuid4())


def _story(case: ControlCase) -> Story:
    return next(story for story in STORIES if story.title == case.title)


def _investigating(case: ControlCase, day: date) -> None:
    story = _story(case)
    informing.send_information(case_pk=case.pk, documents=story.documents, act=_by(story.officer, day))
    informing.start_investigation(case_pk=case.pk, act=_by(story.officer, day))


def _heard(case: ControlCase, day: date, reply: str = "", helped_by: str = "") -> None:
    """The findings leave two weeks after `day`; a reply comes a week later."""
    story, sent = _story(case), day + timedelta(days=14)
    _investigating(case, day)
    informing.add_finding(case_pk=case.pk, found=story.found, act=_by(story.officer, sent))
    informing.send_findings(case_pk=case.pk, act=_by(story.officer, sent))
    hearing.begin_adversarial(case_pk=case.pk, act=_by(story.officer, sent))
    if reply:
        said = hearing.Said(reply, sent + timedelta(days=7), "WRITTEN", helped_by)
        hearing.note_reply(case_pk=case.pk, said=said, act=_by(story.officer, sent + timedelta(days=7)))


def _decided_from(case: ControlCase, day: date, reply: str) -> date:
    """Heard, then ready to be decided; the day on which it is."""
    _heard(case, day, reply)
    ready = day + timedelta(days=38)
    hearing.ready_to_decide(case_pk=case.pk, act=_by(_story(case).officer, ready))
    return ready


def _closed_in_favour(case: ControlCase, on: date) -> None:
    ready = _decided_from(case, on - timedelta(days=55), "Je n’ai rien reçu cet été, voici mes factures.")
    deciding.decide_adjusted(
        case_pk=case.pk, reason="Le droit courait jusqu’au troisième anniversaire", act=_by("sylvie", ready)
    )
    deciding.close_case(case_pk=case.pk, reason="Droit rendu", act=_by("sylvie", ready + timedelta(days=4)))


def _qualified(case: ControlCase, ready: date, outcome: str) -> None:
    asked = qualifying.ask_panel(
        case_pk=case.pk, question="Les omissions étaient-elles voulues ?", act=_by("sylvie", ready),
        intent=(qualifying.Intent("La personne a déclaré zéro trois fois, aux mois mêmes où elle était payée"),),
    )  # fmt: skip
    for member, reason in (("hakim", "Les mêmes mois, plusieurs fois"), ("claire", "Les questions étaient claires")):
        act = _by(member, ready + timedelta(days=5))
        qualifying.give_view(qualification_pk=asked.pk, outcome=outcome, reason=reason, act=act)


def _penalty_proposed(case: ControlCase, began: date, amount: int, outcome: str) -> tuple[int, date]:
    """An overpayment told, a penalty proposed by Sylvie: its pk and its day."""
    story, ready = _story(case), _decided_from(case, began, "J’avais compris que seul le premier emploi comptait.")
    _qualified(case, ready, outcome)
    day = ready + timedelta(days=7)
    deciding.decide_overpayment(
        case_pk=case.pk, avoided_cents=90_000, reason="Ressources omises", act=_by("sylvie", day)
    )
    notifying.send_overpayment_notice(case_pk=case.pk, act=_by("sylvie", day))
    deciding.begin_penalty(case_pk=case.pk, reason="Omissions répétées", act=_by("sylvie", day))
    proposed = penalties.Proposed(
        "WRONG_DECLARATION", story.found.since, story.found.until, amount, "Ressources absentes de plusieurs déclarations, "
        "alors que la question était posée à chaque fois.",
    )  # fmt: skip
    penalty = penalties.propose_penalty(case_pk=case.pk, proposed=proposed, act=_by("sylvie", day + timedelta(days=3)))
    return penalty.pk, day


def _awaiting_opinion(case: ControlCase, on: date) -> None:
    penalty_pk, day = _penalty_proposed(case, on - timedelta(days=167), 120_000, "FRAUD")
    signed = day + timedelta(days=6)
    penalties.sign_notification(penalty_pk=penalty_pk, act=_by("helene", signed))
    notified = case.papers.get(kind=PaperKind.PENALTY_NOTIFIED)
    handed = signed + timedelta(days=3)
    note_receipt(
        paper_pk=notified.pk, way="REGISTERED", received_on=handed, proof="1A 204 817 3362 4", act=_by("sylvie", handed)
    )
    decided = signed + timedelta(days=40)
    penalties.decide_penalty(
        penalty_pk=penalty_pk, amount_cents=100_000, reason="Les faits sont établis ; le montant tient compte des ressources.",
        act=_by("helene", decided),
    )  # fmt: skip
    deciding.note_recovery(
        case_pk=case.pk, received_on=decided, cents=85_400, reference="VIR-2026-0817", act=_by("sylvie", decided)
    )
    appealed = on - timedelta(days=21)
    appeals.note_appeal(penalty_pk=penalty_pk, appealed_on=appealed, act=_by("sylvie", appealed))


def _awaiting_signature(case: ControlCase, on: date) -> None:
    _penalty_proposed(case, on - timedelta(days=62), 35_000, "FAULT")


def _awaiting_panel(case: ControlCase, on: date) -> None:
    ready = _decided_from(case, on - timedelta(days=48), "C’est une amie : nous partageons le loyer, rien d’autre.")
    _keep_paper(case, "Bail signé en septembre 2025", "Bailleur", ready)
    asked = "Deux adultes au même bail : vie commune non déclarée, ou colocation ?"
    qualifying.ask_panel(case_pk=case.pk, question=asked, intent=(), act=_by("philippe", ready))


def _keep_paper(case: ControlCase, title: str, body: str, day: date) -> None:
    provenance = {"body": body, "system": "courrier", "extraction_at": day.isoformat(), "officer": "Philippe Aubert"}
    text = f"{title}\n\nDocument fictif de la démonstration.".encode()
    keep_evidence(
        case_pk=case.pk, reference=f"PIECE-{case.number}", title=title, content=text, provenance=provenance, by="philippe",
        at=at_hour(day, 10),
    )  # fmt: skip


def _owing_a_copy(case: ControlCase, on: date) -> None:
    began = on - timedelta(days=40)
    _heard(case, began, "J’ai gardé ce logement jusqu’en mai, mon bailleur se trompe.", "une assistante sociale")
    sent = began + timedelta(days=14)
    note_obtained(
        case_pk=case.pk, via=ObtainedVia.THIRD_PARTY, reference="TIERS-2026-31", origin="Le bailleur, SCI du Port",
        content="Le logement a été rendu le 28 février 2026", on=began,
    )  # fmt: skip
    hearing.send_notice(case_pk=case.pk, act=_by("sylvie", sent))
    asked = sent + timedelta(days=8)
    hearing.note_copy_asked(case_pk=case.pk, asked_on=asked, act=_by("sylvie", asked))


def _owing_a_notice(case: ControlCase, on: date) -> None:
    began = on - timedelta(days=42)
    note_obtained(
        case_pk=case.pk, via=ObtainedVia.THIRD_PARTY, reference="TIERS-2026-44", origin="Banque du Massif",
        content="Virements de 450 € chaque mois, d’octobre 2025 à juin 2026, sur le compte de la famille", on=began,
    )  # fmt: skip
    _heard(case, began)
    _keep_paper(case, "Relevé de compte, octobre 2025 à juin 2026", "Banque du Massif", began)
