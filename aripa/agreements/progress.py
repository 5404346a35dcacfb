"""Where an agreement stands for one parent: what each has done, who must act now, and by when."""

from dataclasses import dataclass
from datetime import date

from aripa.agreements.questions import Question, answers_of, errors_of, is_fixed, questions_of
from aripa.agreements.reference import reference_of
from aripa.agreements.seats import Seat, seats_of
from aripa.agreements.writing import common_lacks, is_ready, may_invite, own_lacks
from aripa.models import AgreementState
from aripa.rules.figures import number_on
from portal.frame.templatetags.portal import long_day

S = AgreementState
TONES = {S.ACCEPTED: "ok", S.REFUSED: "stop", S.FILED: "wait", S.SHARED: "wait", S.INVITED: "wait", S.WRITING: "wait"}
ENDS = {
    S.WITHDRAWN: "Cette demande est retirée. Elle n’engage personne.",
    S.LAPSED: "Le délai pour réunir les deux signatures est passé. Cette demande n’engage personne.",
}


@dataclass(frozen=True)
class Task:
    """One page of the list. `label`: à faire, commencé, fait, fixé."""

    title: str
    slug: str
    label: str
    tone: str


@dataclass(frozen=True)
class Turn:
    """Who must act. `is_mine`: this parent."""

    sentence: str
    is_mine: bool = False
    by: date | None = None


def tasks_of(seat: Seat, day: date) -> list[Task]:
    """The pages that this parent fills in, each with where it stands."""
    return [_task(seat, one, day) for one in questions_of(seat)]


def _task(seat: Seat, question: Question, day: date) -> Task:
    answers = answers_of(seat, question)
    begun = any(answers.get(one.name) for one in question.fields)
    done = begun and not errors_of(question, answers, day)
    if question.slug == "montants" and done:
        reference = reference_of(seat.agreement.shared, day)
        done = reference is None or reference.is_enough
    label = "fixé" if is_fixed(seat, question) else "fait" if done else "commencé" if begun else "à faire"
    return Task(question.title, question.slug, label, {"fait": "ok", "fixé": "ok", "commencé": "wait"}.get(label, ""))


def turn_of(seat: Seat, day: date) -> Turn:
    """Who must act now, in a sentence."""
    return TURNS[S(seat.agreement.state)](seat, day)


def _writing(seat: Seat, day: date) -> Turn:
    if may_invite(seat, day):
        return Turn("À vous : demandez le code, et donnez-le à l’autre parent.", True)
    return Turn("À vous : dites votre place, qui est l’autre parent, et les enfants.", True)


def _invited(seat: Seat, day: date) -> Turn:
    return Turn("L’autre parent doit entrer avec votre code", by=seat.agreement.code_until)


def _shared(seat: Seat, day: date) -> Turn:
    lacks = own_lacks(seat, day) + _common_of(seat, day)
    if lacks:
        return Turn(f"À vous : {', '.join(one[:1].lower() + one[1:] for one in lacks)}.", True)
    if not is_ready(seat.agreement, day):
        return Turn("L’autre parent doit compléter sa partie", by=seat.agreement.lapses_after)
    if seat.signature() is None:
        return Turn("À vous : relisez le texte, puis signez.", True)
    return Turn("L’autre parent doit relire et signer", by=seat.agreement.lapses_after)


def _common_of(seat: Seat, day: date) -> list[str]:
    """What the common text lacks that this parent may write: resources are the other's to tell, of who pays."""
    lacks = common_lacks(seat.agreement, day)
    return [one for one in lacks if seat.is_debtor or not one.startswith("Vos ressources")]


def _filed(seat: Seat, day: date) -> Turn:
    asked = seat.agreement.asks.filter(of=seat.user, answered_on__isnull=True).order_by("wanted_by").first()
    if asked:
        return Turn(f"À vous : la caisse demande « {asked.text} »", True, asked.wanted_by)
    return Turn("La caisse examine la demande. Sans réponse d’elle, l’accord est accepté après cette date",
                by=seat.agreement.answer_by)  # fmt: skip


def _accepted(seat: Seat, day: date) -> Turn:
    return Turn("L’accord est exécutoire. Personne n’a plus rien à faire ici.")


def _refused(seat: Seat, day: date) -> Turn:
    return Turn("La caisse a refusé. Chaque parent peut demander au juge aux affaires familiales de fixer la pension.")


def _over(seat: Seat, day: date) -> Turn:
    return Turn(ENDS[S(seat.agreement.state)])


TURNS = {
    S.WRITING: _writing, S.INVITED: _invited, S.SHARED: _shared, S.FILED: _filed, S.ACCEPTED: _accepted,
    S.REFUSED: _refused, S.WITHDRAWN: _over, S.LAPSED: _over,
}  # fmt: skip


def steps_of(seat: Seat) -> list[dict[str, object]]:
    """The whole way, with who does what; the last step closes."""
    one = seat.agreement
    reached = {S.WRITING: 0, S.INVITED: 1, S.SHARED: 2, S.FILED: 4}.get(S(one.state), 5)
    signed = one.signatures.filter(voided_at__isnull=True).count()
    reached = 3 if reached == 2 and signed else reached
    steps = [
        ("Un parent écrit la situation", None, ""), ("L’autre parent entre avec un code", one.code_until, ""),
        ("Chacun complète sa partie et ses pièces", None, "CSS R. 582-2"),
        (f"Les deux signent le même texte ({signed} sur 2)", one.lapses_after, "CSS L. 582-2"),
        ("La caisse vérifie et signe, ou refuse", one.answer_by, "CSS R. 582-3"),
        (_last(seat), None, "CPCE L. 111-3, 6°"),
    ]  # fmt: skip
    return [
        {"text": text, "by": by if number >= reached else None, "article": article,
         "state": "done" if number < reached else "current" if number == reached else "coming"}
        for number, (text, by, article) in enumerate(steps)
    ]  # fmt: skip


def _last(seat: Seat) -> str:
    if seat.agreement.state == S.ACCEPTED and seat.agreement.decided_on:
        return f"Le titre est exécutoire depuis le {long_day(seat.agreement.decided_on)}"
    return "Le titre est exécutoire, l’intermédiation commence"


def both_signed(seat: Seat) -> list[tuple[str, object]]:
    """Each parent and the day of their signature, if any: what both may see."""
    return [(one.user.full_name, one.signature()) for one in seats_of(seat.agreement)]


def code_days(day: date) -> int:
    return number_on("choice.agreement_code_days", day)
