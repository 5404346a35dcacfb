"""A request for intermediation: its questions, one a page, its draft kept at each answer, and its sending."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import transaction

from aripa.models import ActKind, EventKind, ParentAct, RequestDraft
from aripa.own.acts import answer_day
from aripa.own.entering import NotPossible, Said, Who, act, known_act
from portal.accounts.models import User
from portal.casework.models import Attachment

CHILDREN_MOST = 6
# What a title and a parent hold of a name or a reference, and what a draft keeps of anything.
TEXT_MOST, KEPT_MOST = 100, 200
# No day of these parents is older: such a year is a slip of the finger.
OLDEST = date(1900, 1, 1)
AMOUNT = re.compile(r"\d{1,6}([,.]\d{1,2})?")


@dataclass(frozen=True)
class Field:
    """One answer. `kind`: choice, text, address, date or amount."""

    name: str
    label: str
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    required: bool = True


@dataclass(frozen=True)
class Question:
    """One page: a question and its fields."""

    slug: str
    title: str
    fields: tuple[Field, ...]
    why: str = ""


TITLES = (
    ("COURT_DECISION", "Un jugement ou une décision du juge"),
    ("HOMOLOGATED_AGREEMENT", "Un accord homologué par le juge"),
    ("MUTUAL_CONSENT_AGREEMENT", "Un divorce par consentement mutuel, sans juge"),
    ("NOTARIAL_DEED", "Un acte de notaire"),
    ("CAF_ENFORCEABLE_AGREEMENT", "Un accord rendu exécutoire par une Caf ou une MSA"),
    ("COUNTERSIGNED_DEED", "Un acte d’avocats avec la formule exécutoire"),
)
YES_NO = (("oui", "Oui"), ("non", "Non"))


def _child(number: int) -> tuple[Field, ...]:
    of = f"enfant {number}"
    return (
        Field(f"name_{number}", f"Prénom, {of}", required=number == 1),
        Field(f"born_{number}", f"Date de naissance, {of}", "date", required=number == 1),
        Field(f"amount_{number}", f"Pension par mois en euros, {of}", "amount", required=number == 1),
    )


QUESTIONS = (
    Question("vous", "Recevez-vous ou payez-vous la pension ?", (
        Field("party", "Votre place", "choice", (("CREDITOR", "Je reçois la pension"), ("DEBTOR", "Je paie la pension"))),
    )),
    Question("decision", "Quel document fixe la pension ?", (Field("kind", "Le document", "choice", TITLES),),
             "Sans l’un de ces documents, l’intermédiation n’est pas possible."),
    Question("references", "Qui l’a fait, et quand ?", (
        Field("issuer", "Tribunal, notaire ou avocats", hint="Exemple : tribunal judiciaire de Lyon"),
        Field("title_date", "Date du document", "date"),
        Field("minute_no", "Numéro (RG ou minute), s’il y en a un", required=False),
    )),
    Question("enfants", "Pour quels enfants, et combien ?",
             tuple(one for number in range(1, CHILDREN_MOST + 1) for one in _child(number)),
             "Écrivez le montant du document, sans la revalorisation : nous la calculons."),
    Question("autre-parent", "Qui est l’autre parent ?", (
        Field("other_name", "Nom de naissance"), Field("other_first", "Prénoms"),
        Field("other_born", "Date de naissance, si vous la connaissez", "date", required=False),
        Field("other_address", "Adresse, si vous la connaissez", "address", required=False),
    ), "Nous lui écrivons. Il ne voit jamais votre adresse, votre téléphone ni votre compte."),
    Question("paiements", "La pension est-elle payée aujourd’hui ?", (
        Field("unpaid", "Paiements", "choice", (("non", "Oui, elle est payée"), ("oui", "Non, ou pas entièrement"))),
    )),
    Question("securite", "Faut-il vous protéger de l’autre parent ?", (
        Field("protect", "Votre sécurité", "choice", YES_NO),
    ), "Répondez oui s’il y a eu plainte, condamnation ou menaces. Nous ne demandons aucun détail et nous ne le disons pas "
       "à l’autre parent."),
)  # fmt: skip
BY_SLUG = {one.slug: one for one in QUESTIONS}


@dataclass(frozen=True)
class State:
    """One line of the task list: what is done, what is wrong."""

    question: Question
    label: str
    errors: dict[str, str] = field(default_factory=dict)


def errors_of(question: Question, answers: Mapping[str, str], today: date) -> dict[str, str]:
    """What is wrong on one page, by field."""
    found = {one.name: told for one in question.fields if (told := error_of(one, answers.get(one.name, ""), today))}
    if question.slug == "enfants":
        found |= _half_a_child(answers)
    return found


def error_of(one: Field, text: str, today: date) -> str:
    """What is wrong in one answer; empty when nothing is."""
    if not text:
        return f"Il manque : {one.label[:1].lower() + one.label[1:]}." if one.required else ""
    if one.kind == "choice":
        return "" if text in dict(one.choices) else "Choisissez une réponse."
    if one.kind == "date":
        day = day_of(text)
        return "" if day and OLDEST <= day <= today else "Écrivez une date passée, par exemple 14/11/2025."
    if one.kind == "amount":
        return "" if cents_of(text) else "Écrivez un montant, par exemple 250,00."
    most = KEPT_MOST if one.kind == "address" else TEXT_MOST
    return "" if len(text) <= most else f"Écrivez {most} signes au plus."


def _half_a_child(answers: Mapping[str, str]) -> dict[str, str]:
    """A child begun is a child whole."""
    found = {}
    for number in range(2, CHILDREN_MOST + 1):
        names = [f"{name}_{number}" for name in ("name", "born", "amount")]
        given = [name for name in names if answers.get(name)]
        if given and len(given) < len(names):
            lacking = next(name for name in names if name not in given)
            found[lacking] = f"Complétez l’enfant {number}, ou effacez sa ligne."
    return found


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def cents_of(text: str) -> int:
    plain = re.sub(r"[\s\u00a0\u202f€]", "", text)
    return int(Decimal(plain.replace(",", ".")) * 100) if AMOUNT.fullmatch(plain) else 0


def children_of(answers: Mapping[str, str]) -> list[tuple[str, date, int]]:
    """First name, birth date and cents of each child."""
    found = []
    for number in range(1, CHILDREN_MOST + 1):
        born = day_of(answers.get(f"born_{number}", ""))
        if answers.get(f"name_{number}") and born:
            found.append((answers[f"name_{number}"], born, cents_of(answers.get(f"amount_{number}", ""))))
    return found


def states_of(draft: RequestDraft | None, today: date) -> list[State]:
    """The task list: to do, begun, done."""
    answers = draft.answers if draft else {}
    return [_state(one, answers, today) for one in QUESTIONS]


def _state(question: Question, answers: Mapping[str, str], today: date) -> State:
    errors = errors_of(question, answers, today)
    begun = any(answers.get(one.name) for one in question.fields)
    return State(question, ("commencé" if errors else "fait") if begun else "à faire", errors)


def draft_of(user: User) -> RequestDraft | None:
    """The request being written."""
    return RequestDraft.objects.filter(user=user, sent_at__isnull=True).first()


def save(*, user: User, question: Question, answers: Mapping[str, str], at: datetime) -> RequestDraft:
    """Keep the answers of one page, right or wrong."""
    known = {one.name: answers.get(one.name, "").strip()[:KEPT_MOST] for one in question.fields}
    with transaction.atomic():
        draft, _new = RequestDraft.objects.select_for_update(of=("self",)).get_or_create(
            user=user, sent_at__isnull=True, defaults={"key": uuid4(), "updated_at": at}
        )
        draft.answers, draft.updated_at = draft.answers | known, at
        draft.save(update_fields=["answers", "updated_at"])
    return draft


def subject_of(draft: RequestDraft) -> str:
    """Whose the papers of a draft are."""
    return f"aripa:request:{draft.pk}"


def papers_of(draft: RequestDraft | None) -> list[str]:
    if draft is None:
        return []
    return list(Attachment.objects.filter(subject=subject_of(draft)).order_by("pk").values_list("name", flat=True))


def send(*, key: UUID, who: Who) -> tuple[ParentAct, bool]:
    """Send the draft: the event that asks, waiting for a person to admit its title. Raises NotPossible."""
    with transaction.atomic():
        draft = RequestDraft.objects.select_for_update(of=("self",)).filter(key=key, user=who.user).first()
        if known := known_act(key, who):
            return known, True
        if draft is None or draft.sent_at is not None:
            raise NotPossible("Cette demande est déjà partie, ou n’existe plus.")
        if any(one.errors for one in states_of(draft, who.day)):
            raise NotPossible("Il manque des réponses : la liste dit lesquelles.")
        if not papers_of(draft):
            raise NotPossible("Ajoutez une photo ou un PDF du document qui fixe la pension.")
        return _send(draft, who), False


def _send(draft: RequestDraft, who: Who) -> ParentAct:
    # Drawn, not counted: a number that told the order or the place of requests would tell something of the parent.
    case_no, answers = f"D{secrets.token_hex(6).upper()}", draft.answers
    cells = {"party": answers["party"], "reason": "UNPAID" if answers["unpaid"] == "oui" else None}
    said = Said([(case_no, EventKind.REQUEST, cells)], answer_by=answer_day(who.day))
    made, _again = act(key=draft.key, who=who, kind=ActKind.REQUEST, said=said, case_no=case_no, party=answers["party"])
    draft.sent_at, draft.case_no = who.at, case_no
    draft.save(update_fields=["sent_at", "case_no"])
    return made
