"""Clémence's and Sylvie's exchanges: what waits, what was sent and received, a refusal, an answer in part, one too late.

Each is made by the operations themselves on its own day: drafted, sent, taken in at its hour, answered.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from fraud.cases.opening import open_case
from fraud.demo.hours import at_hour
from fraud.envelopes.receiving import RECEIVERS, receive
from fraud.envelopes.sending import deliver
from fraud.exchanges import answering, attaching, drafting, ending, opening, sending
from fraud.exchanges.answering import Decision
from fraud.exchanges.attaching import Paper
from fraud.exchanges.drafting import Person, Written
from fraud.exchanges.receiving import KINDS
from fraud.exchanges.sending import get_with_officers
from fraud.models import AuthorisedOfficer, CaseSource, ControlCase, InfoExchange, OutgoingEnvelope, OutgoingState
from fraud.rules import exchange as rules
from portal.accounts.models import User

FUND, SUBJECT, CASE = "CAF63", "cmg:employer:demo-echange", "C-2026-118"
STAY, ACTIVITY, CARER = "ESTABLISHMENT_STAY", "CARER_ACTIVITY", "CARER_REGISTRATION"
GIVEN, REFUSED, NOT_HELD = rules.GIVEN, rules.REFUSED, rules.NOT_HELD
TOLD = {
    STAY: "Accueil du 4 au 29 mai 2026, puis du 8 au 26 juin.",
    ACTIVITY: "Mai : 18 jours. Juin : 21 jours. Juillet : 9 jours.",
    CARER: "Inscription en cours depuis le 12 mars 2019, lieu d’exercice à Riom.",
}
ASKED_ON, LATE_ON = date(2026, 10, 5), date(2026, 10, 3)


@dataclass(frozen=True)
class Story:
    """One exchange of the past: who writes to whom, when, about whom, what; and what was answered, how many days later."""

    sender: str
    recipient: str
    on: date
    person: tuple[str, str, str]
    items: tuple[str, ...]
    reason: str
    outcomes: tuple[str, ...] = ()
    after: int = 0
    told: str = ""


P, S, C = "philippe", "sylvie", "clemence"
HOURS, DATES = "heures de garde déclarées pendant un accueil en établissement", "dates d’accueil à rapprocher"
STORIES = (
    Story(P, C, date(2026, 8, 3), ("Bonnet", "Aline", "1984-02-11"), (STAY,), HOURS, (GIVEN,), 9),
    Story(S, C, date(2026, 8, 6), ("Guérin", "Paul", "1979-07-30"), (CARER,), "professionnel cité par une facture", (GIVEN,), 4),
    Story(S, C, date(2026, 8, 17), ("Roux", "Inès", "1991-12-02"), (STAY, ACTIVITY), HOURS, (GIVEN, REFUSED), 15),
    Story(P, C, date(2026, 8, 24), ("Lefèvre", "Marc", "1988-03-19"), (ACTIVITY,), "activité déclarée deux fois", (REFUSED,), 3),
    Story(P, C, date(2026, 9, 1), ("Garnier", "Lucie", "1993-10-08"), (STAY,), HOURS, (NOT_HELD,), 6),
    Story(S, C, date(2026, 9, 7), ("Boyer", "Hugo", "1990-05-25"), (CARER,), "professionnel cité par une facture", (GIVEN,), 2),
    Story(P, C, date(2026, 9, 10), ("Faure", "Nadia", "1986-01-14"), (ACTIVITY,), "deux lieux un jour", told="Deux lieux le 3 juin."),
    Story(S, C, date(2026, 9, 15), ("Simon", "Elsa", "1995-08-09"), (STAY,), HOURS, (GIVEN,), 8),
    Story(P, C, date(2026, 9, 21), ("Morel", "Yves", "1982-06-17"), (CARER,), "adresse professionnelle contestée", (GIVEN,), 5),
    Story(S, C, date(2026, 9, 28), ("Blanc", "Sonia", "1989-11-21"), (ACTIVITY,), "jours déclarés sans séance", told="Rien en août."),
    Story(P, C, date(2026, 10, 12), ("Girard", "Théo", "1992-04-04"), (STAY,), HOURS, (GIVEN,), 7),
    Story(C, P, date(2026, 9, 2), ("Rousseau", "Carole", "1977-09-13"), (ACTIVITY,), "facturation signalée par l’établissement"),
    Story(C, S, date(2026, 9, 8), ("Vincent", "Alain", "1974-12-28"), (CARER,), "inscription à confirmer", (GIVEN,), 6),
    Story(C, S, date(2026, 9, 17), ("André", "Julie", "1987-02-07"), (STAY, ACTIVITY), DATES, (GIVEN, NOT_HELD), 11),
    Story(C, S, date(2026, 10, 20), ("Dupont", "Léa", "1994-03-30"), (STAY,), DATES),
)  # fmt: skip


def load(folder: Path, on: date) -> None:
    """What the demonstration shows on that day; called once."""
    people = {
        one.user.username: one for one in AuthorisedOfficer.objects.exclude(user=None).select_related("user", "body")
    }  # fmt: skip
    if not {P, S, C} <= set(people) or on <= ASKED_ON:
        return
    for number, story in enumerate(STORIES):
        if story.on < on:
            _live(story, number, people)
    _ask_of_clemence(people)
    # Philippe let the one of 2 September pass: its last day was 2 October.
    ending.expire_due(on=LATE_ON, at=at_hour(LATE_ON, 4, 20))


def _live(story: Story, number: int, people: dict[str, AuthorisedOfficer]) -> None:
    mine, theirs = people[story.sender], people[story.recipient]
    made = _drafted(story, number, mine, theirs)
    _leave(made, mine, story.on, at_hour(story.on, 9, 30 + number))
    if not story.outcomes:
        return
    side = InfoExchange.objects.get(reference=made.reference, direction="IN")
    day = story.on + timedelta(days=story.after)
    at = at_hour(day, 14, number)
    opening.open_exchange(
        exchange=get_with_officers(side.pk), user=_account(theirs), on=day, at=at_hour(day, 11, number)
    )
    for code, outcome in zip(story.items, story.outcomes, strict=True):
        _decide(side, theirs, code, outcome, day, at)
    answering.send_answer(exchange_pk=side.pk, by_pk=_user(theirs), on=day, at=at)
    _deliver(at)


def _user(officer: AuthorisedOfficer) -> int:
    return _account(officer).pk


def _account(officer: AuthorisedOfficer) -> User:
    assert officer.user is not None
    return officer.user


def _drafted(story: Story, number: int, mine: AuthorisedOfficer, theirs: AuthorisedOfficer) -> InfoExchange:
    last, first, born = story.person
    written = Written(
        form_key=uuid5(NAMESPACE_URL, f"demo-exchange-{number}"), recipient_pk=theirs.pk,
        form=rules.SPONTANEOUS if story.told else rules.REQUEST, legal_basis=rules.L114_16_1, purpose=rules.FINDING,
        scope="CHILDCARE", departement="63", person=Person(last_name=last, first_name=first, born_on=born), items=story.items,
        period_start=date(2026, 5, 1), period_end=date(2026, 8, 1), reason=story.reason,
        said=dict.fromkeys(story.items, story.told),
    )  # fmt: skip
    return drafting.draft(
        written=written, by_pk=_user(mine), body_code=mine.body_id, on=story.on, at=at_hour(story.on, 9)
    )


def _leave(made: InfoExchange, mine: AuthorisedOfficer, on: date, at: datetime) -> None:
    sending.send(exchange_pk=made.pk, by_pk=_user(mine), on=on, at=at)
    _deliver(at)


def _decide(side: InfoExchange, officer: AuthorisedOfficer, code: str, outcome: str, day: date, at: datetime) -> None:
    said = {
        GIVEN: Decision(GIVEN, words=TOLD[code], system="Registre régional", extraction_at=at),
        NOT_HELD: Decision(NOT_HELD),
        REFUSED: Decision(REFUSED, refusal=rules.NOT_NECESSARY, words="Le mois de juin suffit à cette vérification."),
    }  # fmt: skip
    answering.decide_item(
        exchange_pk=side.pk, code=code, decision=said[outcome], by_pk=_user(officer), on=day, at=at
    )  # fmt: skip


def _ask_of_clemence(people: dict[str, AuthorisedOfficer]) -> None:
    """On the case of the fund: two pieces of information, two papers, received on 5 October at 10:12."""
    mine, theirs = people[P], people[C]
    case, at = _case(mine), at_hour(ASKED_ON, 10, 12)
    written = Written(
        form_key=uuid5(NAMESPACE_URL, "demo-exchange-clemence"), recipient_pk=theirs.pk, form=rules.REQUEST,
        legal_basis=rules.L114_16_1, purpose=rules.FINDING, scope="CHILDCARE", departement="63",
        person=Person(last_name="Marchand", first_name="Élodie", born_on="1990-05-12"), items=[STAY, ACTIVITY],
        period_start=date(2026, 6, 1), period_end=date(2026, 10, 1), case_pk=case.pk,
    )  # fmt: skip
    made = drafting.draft(written=written, by_pk=_user(mine), body_code=FUND, on=ASKED_ON, at=at_hour(ASKED_ON, 9, 50))
    for name, text in (
        ("heures-declarees.csv", "mois;heures\n2026-06;96\n2026-07;88\n2026-08;0\n2026-09;104\n"),
        ("contrat-de-garde.txt", "Contrat du 1er juin 2026 : du lundi au jeudi, de 8 h à 17 h, au domicile de l’assistante maternelle.\n"),
    ):  # fmt: skip
        attaching.attach(
            exchange_pk=made.pk, paper=Paper(name, text.encode()), system="Pajemploi", extraction_at=at_hour(ASKED_ON, 8),
            by_pk=_user(mine), at=at_hour(ASKED_ON, 9, 55),
        )  # fmt: skip
    _leave(made, mine, ASKED_ON, at)


def _case(mine: AuthorisedOfficer) -> ControlCase:
    """The case of that number, else the last one that is open at the fund, else one of its own."""
    found = ControlCase.objects.filter(fund=FUND).exclude(state="CLOSED")
    known = found.filter(number=CASE).first() or found.order_by("-pk").first()
    if known is not None:
        return known
    return open_case(
        fund=FUND, subject=SUBJECT, title="Heures de garde pendant un accueil en établissement", source=CaseSource.PARTNER,
        legal_basis="CSS L. 114-9", purpose="Vérifier les heures de garde de juin à septembre", benefit="CMG",
        officer_pk=_user(mine), on=ASKED_ON, at=at_hour(ASKED_ON, 9), by=_account(mine).username,
    )  # fmt: skip


@contextmanager
def _received_at(at: datetime) -> Iterator[None]:
    """Messages are taken in at that hour, not at that of the loading."""
    RECEIVERS.update({kind: partial(take, at=at) for kind, take in KINDS.items()})  # type: ignore[call-arg]
    try:
        yield
    finally:
        RECEIVERS.update(KINDS)


def _deliver(at: datetime) -> None:
    """Every envelope that waits reaches its body at that hour; its receipt comes back with it."""
    waiting = OutgoingEnvelope.objects.filter(state=OutgoingState.WAITING).order_by("pk")
    with _received_at(at):
        for envelope in waiting:
            receive(bytes(envelope.sealed or b""), client="", at=at)
    for pk in waiting.values_list("pk", flat=True):
        deliver(envelope_pk=pk)
