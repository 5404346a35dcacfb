"""What the fund does with a joint request: checks, papers asked for, acceptance, refusal, and what silence does.

Two people: who looked at the papers does not sign the title (the director's delegate does).
"""

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from aripa.agreements.conditions import is_in_danger, title_between
from aripa.agreements.letters import ask_refusal, ask_titles
from aripa.agreements.reference import counts, reference_of
from aripa.agreements.seats import CREDITOR, DEBTOR, OPEN, seat_of, seats_of
from aripa.agreements.telling import tell_both, tell_one
from aripa.agreements.text import children_of
from aripa.agreements.titles import enter_title
from aripa.models import Agreement, AgreementAsk, AgreementState
from aripa.own.admitting import hold
from aripa.own.entering import NotPossible
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.casework.moves import move

logger = logging.getLogger(__name__)
S = AgreementState
ITEMS = {
    "identity": ("Identité des deux parents", "CSS R. 582-2"),
    "children": ("Identité et filiation des enfants", "CSS R. 582-2"),
    "visiting": ("Accueil de chaque enfant", "CSS R. 582-2"),
    "resources": ("Ressources et enfants à charge du parent qui paie", "CSS R. 582-1, D. 582-1"),
    "home": ("Domicile : la caisse est compétente", "CSS L. 582-2"),
}
VERDICTS = ("oui", "non")
BY_SILENCE = "portail"
# Which condition fails is not said when saying it would tell of one parent to the other.
NEUTRAL = "Les conditions d’un accord devant la caisse ne sont pas toutes remplies."
GROWN = (
    "Un enfant est devenu majeur pendant l’examen, et le texte ne dit pas de situation qui compte encore (article D. 582-1). "
    "Vous pouvez refaire la demande en disant sa situation."
)
ALREADY_FIXED = "Une pension est déjà fixée entre vous par un autre titre."
TEXT_LEAST, TEXT_MOST = 10, 500


def _held(agreement_pk: int) -> Agreement:
    """The request and its two parents, for this transaction: of two requests of the same people, or of one of them, the
    second decided sees the title and the numbers that the first one made. Raises Agreement.DoesNotExist."""
    found = Agreement.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=agreement_pk)
    hold(found.first_id, found.second_id)
    return found


def _locked(agreement_pk: int) -> Agreement:
    """A request at the fund. Raises Agreement.DoesNotExist, NotPossible."""
    found = _held(agreement_pk)
    _refuse_answered(found)
    return found


def _refuse_answered(found: Agreement) -> None:
    if found.state != S.FILED:
        raise NotPossible(f"Cette demande est « {found.get_state_display()} » : elle a déjà sa réponse.")


def _journal(agreement: Agreement, by: User, action: str, at: datetime, **detail: object) -> None:
    journal(
        actor=by.get_username(), action=f"{Agreement.SUBJECT}.{action}", subject=f"{Agreement.SUBJECT}:{agreement.pk}",
        detail=detail, at=at,
    )  # fmt: skip


def check(*, agreement_pk: int, verdicts: Mapping[str, str], by: User, at: datetime) -> Agreement:
    """Note what the papers show, item by item; an item not judged stays to do. Raises NotPossible."""
    with transaction.atomic():
        found = _locked(agreement_pk)
        found.checks = {name: said for name in ITEMS if (said := verdicts.get(name, "")) in VERDICTS}
        found.checked_by = by
        found.save(update_fields=["checks", "checked_by"])
        _journal(found, by, "checked", at, checks=found.checks)
    return found


def ask_papers(
    *, agreement_pk: int, key: UUID, party: str, text: str, wanted_by: date, by: User, at: datetime, on: date
) -> AgreementAsk:
    """Ask one parent for papers, with a day; the same form again gives the first ask. The four months go on.

    Raises NotPossible.
    """
    with transaction.atomic():
        found = _held(agreement_pk)
        if known := AgreementAsk.objects.filter(key=key).first():
            return _first_ask(known, found)
        _refuse_answered(found)
        words = text.strip()[:TEXT_MOST]
        if len(words) < TEXT_LEAST or party not in (CREDITOR, DEBTOR):
            raise NotPossible("Dites à quel parent, et quelle pièce : par exemple « l’avis d’impôt 2025, en entier ».")
        if not on < wanted_by <= (found.answer_by or on):
            raise NotPossible("La date est après aujourd’hui, et avant la fin des quatre mois.")
        seat = seat_of(found, party)
        asked = AgreementAsk.objects.create(
            key=key, agreement=found, of=seat.user, text=words, wanted_by=wanted_by, asked_by=by, asked_at=at
        )
        _journal(found, by, "papers_asked", at, ask=asked.pk)
        tell_one(seat, f"ask:{asked.pk}", on)
    return asked


def _first_ask(known: AgreementAsk, agreement: Agreement) -> AgreementAsk:
    if known.agreement_id != agreement.pk:
        raise NotPossible("Cette page est trop ancienne : rechargez-la, puis recommencez.")
    return known


def is_held_back(agreement: Agreement, day: date) -> bool:
    """Whether a parent is protected or fears the other: no title is made then, and no reason is told."""
    return any(one.is_stopped or is_in_danger(one.numbers(day)) for one in seats_of(agreement))


def known_title(agreement: Agreement, day: date) -> str:
    """The number of a title that already fixes a support between these parents; empty when none is known."""
    found = title_between(*(one.numbers(day) for one in seats_of(agreement)))
    return found.title_no if found else ""


def hindrances(agreement: Agreement, day: date) -> list[str]:
    """Everything that keeps the title from being signed on the day."""
    found = [label for name, (label, _article) in ITEMS.items() if agreement.checks.get(name) != "oui"]
    sentences = [f"À vérifier, ou refusé : {label[:1].lower() + label[1:]}." for label in found]
    sentences += _grown(agreement, day)
    reference = reference_of(agreement.shared, day)
    if reference is None or not reference.is_enough:
        sentences.append("Un montant est plus bas que le seuil du jour (CSS R. 582-1).")
    if number := known_title(agreement, day):
        sentences.append(f"Le titre {number} fixe déjà une pension entre ces parents (CSS L. 582-2, 1°).")
    if is_held_back(agreement, day):
        sentences.append("Un parent est protégé : la caisse refuse, sans dire pourquoi.")
    return sentences


def _grown(agreement: Agreement, day: date) -> list[str]:
    """Children of age on the day whose situation the signed text does not tell, or whose time is over (D. 582-1)."""
    return [
        f"{one.name} est majeur, et le texte signé ne dit pas de situation qui compte encore (CSS D. 582-1)."
        for one in children_of(agreement.shared)
        if not counts(one, day)
    ]


def _other_person(agreement: Agreement, by: User) -> None:
    if agreement.checked_by_id == by.pk:
        raise NotPossible("Vous avez vérifié les pièces de cette demande : une autre personne la signe.")


def accept(*, agreement_pk: int, by: User, on: date, at: datetime) -> Agreement:
    """Sign the title: enforceable the same day, entered like a received one, an original each. Raises NotPossible."""
    with transaction.atomic():
        found = _locked(agreement_pk)
        _other_person(found, by)
        if wrong := hindrances(found, on):
            raise NotPossible(" ".join(wrong))
        _accept(found, signed_by=f"{by.full_name}, par délégation de la direction", by=by, on=on, at=at)
    return found


def _accept(found: Agreement, *, signed_by: str, by: User | None, on: date, at: datetime) -> None:
    actor = by.get_username() if by else BY_SILENCE
    case_no = enter_title(found, by=actor, at=at, on=on)
    move(found, S.ACCEPTED, by=actor, reason=signed_by, at=at, decided_on=on, decided_by=by, case_no=case_no)
    ask_titles(found, signed_by=signed_by, by=actor, on=on)
    tell_both(found, "accepted", on)


def refuse(*, agreement_pk: int, reason: str, by: User, on: date, at: datetime) -> Agreement:
    """Refuse, with the reason that both parents read; of a protected parent, the same words whatever was written.

    Raises NotPossible.
    """
    with transaction.atomic():
        found = _locked(agreement_pk)
        _other_person(found, by)
        words = NEUTRAL if is_held_back(found, on) else reason.strip()[:TEXT_MOST]
        if len(words) < TEXT_LEAST:
            raise NotPossible("Dites la raison du refus : les deux parents la lisent.")
        _refuse(found, words, by=by, on=on, at=at)
    return found


def _refuse(found: Agreement, words: str, *, by: User | None, on: date, at: datetime) -> None:
    actor = by.get_username() if by else BY_SILENCE
    move(found, S.REFUSED, by=actor, reason=words, at=at, decided_on=on, decided_by=by)
    found.reason = words
    found.save(update_fields=["reason"])
    ask_refusal(found, by=actor, on=on)
    tell_both(found, "refused", on)


# ---- what time does -----------------------------------------------------------------------------------------------


def end_delays(*, on: date, at: datetime) -> tuple[int, int]:
    """Requests whose four months are over, and drafts whose time is; returns how many were decided, and how many lapsed.

    Each in its own transaction, read again under its lock: killed or called twice, each is done once.
    """
    late = Agreement.objects.filter(state=S.FILED, answer_by__lt=on).order_by("answer_by", "pk")
    old = Agreement.objects.filter(state__in=OPEN, lapses_after__lt=on).order_by("pk")
    return _each(late, _by_silence, on, at), _each(old, _lapse, on, at)


def _each(
    rows: QuerySet[Agreement], act: Callable[[int, date, datetime], int], on: date, at: datetime
) -> int:  # fmt: skip
    """How many were done. One that cannot be holds up nobody: it stays late, at the top of the agents' list."""
    done = 0
    for pk in list(rows.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                done += act(pk, on, at)
        except Exception:
            logger.exception("agreement %s", pk)
    return done


def _by_silence(pk: int, on: date, at: datetime) -> int:
    """The fund said nothing for four months: accepted (R. 582-3), unless the title would be void or somebody in danger."""
    found = _held(pk)
    if found.state != S.FILED:
        return 0
    if is_held_back(found, on):
        _refuse(found, NEUTRAL, by=None, on=on, at=at)
    elif known_title(found, on):
        _refuse(found, ALREADY_FIXED, by=None, on=on, at=at)
    elif _grown(found, on):
        _refuse(found, GROWN, by=None, on=on, at=at)
    else:
        words = "La direction de la caisse, par son silence de quatre mois (article R. 582-3)"
        _accept(found, signed_by=words, by=None, on=on, at=at)
    return 1


def _lapse(pk: int, on: date, at: datetime) -> int:
    found = Agreement.objects.select_for_update(of=("self",)).get(pk=pk)
    if found.state not in OPEN:
        return 0
    move(found, S.LAPSED, by=BY_SILENCE, reason="délai passé sans deux signatures", at=at, code_hash="")
    return 1
