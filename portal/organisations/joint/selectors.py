"""Joint funds for screens: what exists, what is prepared, what a file still needs, what changes on its first day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.timezone import localdate

from portal.accounts.following import Becoming, becoming_of
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from portal.batches.selectors import progress
from portal.frame.templatetags.portal import count
from portal.legislation.words import day_in_words
from portal.organisations.directory import Event, Mission, bodies, history
from portal.organisations.joint.acting import mission_of, missions_now
from portal.organisations.joint.files import OPEN, opinions_of, votes_of
from portal.organisations.joint.moving import Counted, Move, count_open
from portal.organisations.joint.proving import Difference, Line, counted
from portal.organisations.joint.running import run_of
from portal.organisations.models import (
    BodyMission,
    Branch,
    CreationFile,
    CreationState,
    FundOrder,
    FundOrderState,
    FundReturn,
    OrderKind,
    Organisation,
)
from portal.organisations.rules import creation
from portal.organisations.rules.competence import NoCompetentBody, Scheme
from portal.organisations.rules.creation import NATIONAL_NAMES, Asked, CreationRefusal, Routed, Seats
from portal.organisations.rules.ending import PERMANENCE, Experiment, experiments_of, is_experimental

MOST, LINES_MOST = 110, 60
SCHEMES = {"GENERAL": "régime général", "AGRICULTURAL": "régime agricole"}


@dataclass(frozen=True)
class Living:
    """A joint fund that works: its branches, since when, whom it replaced, what happened to it, its council; whether it is
    permanent, in a sentence, and the experiments that still need an order."""

    body: Organisation
    branches: list[str]
    since: date
    until: date | None
    former: list[str]
    events: list[Event]
    council: list[Seats]
    standing: str
    experiments: list[Experiment]


def living_on(day: date, body: str = "") -> list[Living]:
    """The joint funds that work on `day`, by département, or one of them; four queries."""
    held = BodyMission.objects.filter(starts_on__lte=day).exclude(ends_on__lte=day)
    if body:
        held = held.filter(body=body)
    by_body: dict[str, list[BodyMission]] = {}
    for one in held.select_related("body", "former").order_by("departement", "branch")[: MOST * 3]:
        by_body.setdefault(one.body_id, []).append(one)
    told = _stories(list(by_body), day)
    return [_living(rows, [*_known(rows[0].departement, day), *told[code]], day) for code, rows in by_body.items()]


def story_of(body: Organisation, day: date) -> list[Event]:
    """What happened to a fund, that works or has ended, in order."""
    told = [*_known(body.seat_departement, day), *_stories([body.code], day)[body.code]]
    return sorted(told, key=lambda event: event.day)


def _known(departement: str, day: date) -> list[Event]:
    return [event for event in history() if event.departement == departement and event.day <= day]


def _stories(codes: list[str], day: date) -> dict[str, list[Event]]:
    """What this portal saw of each fund: created, ordered, given back. Three queries."""
    told: dict[str, list[Event]] = {code: [] for code in codes}
    for file in CreationFile.objects.filter(code__in=codes, live_since__isnull=False).order_by("starts_on", "pk"):
        told[file.code] += _events(file)
    orders = list(FundOrder.objects.filter(body__in=codes, state=FundOrderState.CONFIRMED).order_by("signed_on", "pk"))
    for order in orders:
        told[order.body_id].append(_ordered(order, order.body_id, replaced_by(order, orders)))
    for back in FundReturn.objects.filter(body__in=codes, ends_on__lte=day).order_by("ends_on"):
        words = "Ses dossiers reviennent aux organismes qui répondent à nouveau."
        told[back.body_id].append(Event(back.body_id, back.ends_on, words, creation.CREATION))
    return told


def _living(rows: list[BodyMission], told: list[Event], day: date) -> Living:
    first, branches = rows[0], [Branch(one.branch).value for one in rows]
    ends = [one.ends_on for one in rows if one.ends_on is not None]
    return Living(
        first.body, branch_labels(branches), min(one.starts_on for one in rows), min(ends, default=None),
        list(dict.fromkeys(one.former.name for one in rows)), sorted(told, key=lambda event: event.day),
        creation.council_on(day, branches), _standing(rows, told), experiments_of(map(mission_of, rows), day),
    )  # fmt: skip


def _standing(rows: list[BodyMission], told: list[Event]) -> str:
    """« Expérimentale depuis le 1er janvier 2009, permanente depuis le 4 janvier 2014. »; by branch while some are either."""
    began = day_in_words(min(one.starts_on for one in rows))
    tried = [one.branch for one in rows if is_experimental(mission_of(one))]
    if len(tried) == len(rows):
        return f"Expérimentale depuis le {began}."
    if tried:
        kept = [one.branch for one in rows if one.branch not in tried]
        return f"Permanente pour : {_listed(kept)}. Expérimentale pour : {_listed(tried)}, depuis le {began}."
    if all(one.experimental_until is None for one in rows):
        return f"Permanente dès son premier jour, le {began}."
    made = max((event.day for event in told if event.makes_permanent), default=None)
    since = f" depuis le {day_in_words(made)}" if made else ""
    return f"Expérimentale depuis le {began}, permanente{since}."


def _listed(branches: Iterable[str]) -> str:
    return ", ".join(branch_labels(branches)).lower()


def replaced_by(order: FundOrder, orders: Iterable[FundOrder]) -> FundOrder | None:
    """Of the orders on a fund, the first that was confirmed after an end and before its day, and that gave another or none."""
    if order.state != FundOrderState.CONFIRMED:
        return None
    later = [
        one
        for one in orders
        if one.body_id == order.body_id and one.pk > order.pk and _confirmed_by(one, order.ends_on)
    ]
    return min(later, key=lambda one: one.pk, default=None)


def _confirmed_by(order: FundOrder, eve: date | None) -> bool:
    """Whether it changed an end before that day."""
    is_of_an_end = order.kind in (OrderKind.END, OrderKind.REPEAL)
    return is_of_an_end and order.confirmed_at is not None and eve is not None and localdate(order.confirmed_at) < eve


def _ordered(order: FundOrder, where: str, replaced: FundOrder | None) -> Event:
    if replaced is not None:
        words = f"Un arrêté fixe un jour de fin, qu’un autre a changé : {order.reference}."
        return Event(where, order.signed_on, words, creation.CREATION)
    if order.kind == OrderKind.REPEAL:
        return Event(where, order.signed_on, f"Un arrêté abroge sa fin : {order.reference}.", creation.CREATION)
    if order.kind == OrderKind.END:
        assert order.ends_on is not None, "an order that ends a fund gives the day, the database says"
        return Event(where, order.ends_on, f"Un arrêté la finit : {order.reference}.", creation.CREATION)
    words = f"Un arrêté la rend permanente pour : {_listed(order.branches)} ({order.reference})."
    return Event(where, order.signed_on, words, PERMANENCE, makes_permanent=True)


def _events(file: CreationFile) -> list[Event]:
    """What this portal knows of a fund that it saw created."""
    assert file.order_signed_on is not None, "its state says so, and so does the database"
    assert file.starts_on is not None
    where, article = file.departement, creation.CREATION
    return [
        Event(where, file.proposed_on, "Les conseils proposent une caisse commune.", article),
        Event(where, file.order_signed_on, f"Un arrêté la crée : {file.order_reference}.", article),
        Event(where, file.starts_on, f"La caisse commune commence : {_listed(file.branches)}.", article),
    ]  # fmt: skip


def branch_labels(branches: Iterable[str]) -> list[str]:
    """In the order of the law: sickness, family, collection."""
    held = set(branches)
    return [str(one.label) for one in Branch if one.value in held]


def open_files() -> list[CreationFile]:
    """What is prepared, the nearest first day first."""
    found = CreationFile.objects.filter(state__in=OPEN).prefetch_related("votes", "opinions")
    return list(found.order_by("starts_on", "proposed_on", "pk")[:MOST])


def lacking(file: CreationFile) -> list[CreationRefusal]:
    """What the present step still waits for."""
    if file.state == CreationState.PROPOSED:
        return creation.vote_refusals(file.concerned, votes_of(file))
    if file.state == CreationState.NATIONAL_OPINIONS:
        return creation.opinion_refusals(file.consulted, opinions_of(file))
    return []


@dataclass(frozen=True)
class FileStep:
    """One line of what was done and what comes."""

    text: str
    state: str
    by: date | None = None
    article: str = ""


ORDER = [CreationState.PROPOSED, CreationState.NATIONAL_OPINIONS, CreationState.ORDER_SIGNED, CreationState.LIVE]


def steps_of(file: CreationFile) -> list[FileStep]:
    """Votes, opinions, order, first day; none for a file that was withdrawn."""
    if file.state == CreationState.WITHDRAWN:
        return []
    votes = sum(1 for one in votes_of(file) if one.is_favourable)
    heard = len(opinions_of(file)) == len(file.consulted)
    now = ORDER.index(CreationState(file.state))
    # The order is awaited in the state of the opinions, once they are all there.
    now += 1 if file.state == CreationState.LIVE or (now == 1 and heard) or now == 2 else 0
    texts: list[tuple[str, date | None]] = [
        (f"Votes favorables des conseils : {votes} sur {len(file.concerned)}", None),
        (f"Avis des organismes nationaux : {len(opinions_of(file))} sur {len(file.consulted)}", None),
        ("Arrêté du ministre", file.order_signed_on),
        ("Premier jour de la caisse commune", file.starts_on),
    ]
    return [
        FileStep(text, "done" if at < now else "current" if at == now else "coming", by, creation.CREATION if at < 3 else "")
        for at, (text, by) in enumerate(texts)
    ]  # fmt: skip


@dataclass(frozen=True)
class Ballot:
    """One board or national body, and what it said, if it has."""

    code: str
    name: str
    on: date | None
    is_favourable: bool | None
    reference: str


def ballots_of(file: CreationFile, names: dict[str, str]) -> list[Ballot]:
    given = {one.body_id: one for one in file.votes.all()}
    return [
        Ballot(code, names.get(code, code), *_told(given[code].held_on, given[code]) if code in given else (None, None, ""))
        for code in file.concerned
    ]  # fmt: skip


def opinions_asked(file: CreationFile) -> list[Ballot]:
    given = {one.body: one for one in file.opinions.all()}
    return [
        Ballot(code, NATIONAL_NAMES[code], *_told(given[code].given_on, given[code]) if code in given else (None, None, ""))
        for code in file.consulted
    ]  # fmt: skip


def _told(on: date, row: object) -> tuple[date, bool, str]:
    return on, row.is_favourable, row.reference  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Preview:
    """Who serves whom, before and from the first day; `starts_on` is None while no order gives one."""

    lines: list[Routed]
    starts_on: date | None
    problem: str = ""

    @property
    def former(self) -> list[str]:
        """The bodies whose place the joint fund takes."""
        return list(dict.fromkeys(one.before.name for one in self.lines if one.changes))

    @property
    def agricultural(self) -> list[str]:
        """Who serves the agricultural scheme: nothing changes there."""
        return list(dict.fromkeys(one.after.name for one in self.lines if one.scheme == Scheme.AGRICULTURAL))


def preview_of(file: CreationFile, on: date) -> Preview:
    """The routing of a file; once it works, what it changed. Without an order, as if it began tomorrow."""
    planned = Mission(file.code, file.name, "", file.departement, "", None, None)
    first = file.starts_on or on + timedelta(days=1)
    asked = Asked(file.departement, file.branches, file.proposed_on)
    known = [one for one in missions_now(file.departement) if one.starts_on != file.starts_on or one.body != file.code]
    try:
        return Preview(creation.routing(asked, planned, known, first), file.starts_on)
    except NoCompetentBody as refused:
        return Preview([], file.starts_on, str(refused))


def staff_of(file: CreationFile, preview: Preview, on: date) -> list[Becoming]:
    """What the first day will do of the postings of the former bodies, what is lost first; empty once it has come."""
    if file.state not in OPEN:
        return []
    first = preview.starts_on or on + timedelta(days=1)
    return becoming_of([(one.before.code, one.branch) for one in preview.lines if one.changes], first)


def to_move(preview: Preview) -> list[Counted]:
    """What is open today and would go on with the joint fund: counted, nothing is noted before the day."""
    changing = [one for one in preview.lines if one.changes and one.scheme == Scheme.GENERAL]
    return count_open((one.branch, one.before.code) for one in changing)


@dataclass(frozen=True)
class Moving:
    """Where the open files of a fund that began, or ended, stand: the bar of the run, then its proof, kind by kind."""

    state: str
    done: int
    total: int
    words: str
    lines: list[Line]
    is_proved: bool
    is_money_same: bool
    checked_on: date | None
    differences: list[Difference]

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

    @property
    def is_under_way(self) -> bool:
        return self.checked_on is None


def moving_of(move: Move) -> Moving | None:
    """From the rows and from what the last proof wrote; None before the day. Three queries."""
    run = run_of(move)
    if run is None:
        return None
    now, proof = progress(run), run.totals.get("proof", {})
    lines, told = counted(move), [Difference(*one) for one in proof.get("differences", [])]
    for kind, (still, closed, differing) in proof.get("lines", {}).items():
        lines[kind].open, lines[kind].closed, lines[kind].differences = still, closed, differing
    for kind, money in run.totals.get("money", {}).get("kinds", {}).items():
        if kind in lines:
            lines[kind].cents = money.get("sums", 0)
    words = (
        f"{now.failed} tranches en échec : elles sont reprises."
        if now.failed
        else "Chaque tranche est reprise si elle s’arrête."
    )
    return Moving(
        run.state, now.rows_done, now.rows_total, words, list(lines.values()), proof.get("is_proved", False),
        proof.get("money", True), date.fromisoformat(proof["on"]) if proof else None, told,
    )  # fmt: skip


@dataclass(frozen=True)
class Happened:
    """One line of a file's history."""

    at: object
    words: str
    by: str


def history_of(file: CreationFile) -> list[Happened]:
    """What was done, from the journal, the first first."""
    rows = list(JournalEntry.objects.filter(subject=f"{file.SUBJECT}:{file.pk}").order_by("pk")[:LINES_MOST])
    people = {one.username: one.full_name for one in User.objects.filter(username__in={row.actor for row in rows})}
    return [Happened(row.at, _words(row), people.get(row.actor, "le portail")) for row in rows]


def _words(row: JournalEntry) -> str:
    detail = row.detail
    if row.action == "joint.moved":
        reason = (
            f" : {detail['reason']}" if detail["to"] in (CreationState.ORDER_SIGNED, CreationState.WITHDRAWN) else ""
        )
        ended = detail["from"] == CreationState.LIVE
        return f"{'Fin de la caisse commune' if ended else CreationState(detail['to']).label}{reason}"
    if row.action == "joint.files_moved":
        return f"{count(detail['files'])} dossiers ouverts repris : {'preuve complète' if detail['proved'] else 'des écarts restent'}"
    if row.action == "joint.opened":
        return "Dossier ouvert"
    way = "favorable" if detail["favourable"] else "défavorable"
    again = ", corrigé" if detail["again"] else ""
    if row.action == "joint.vote":
        return f"Vote {way}{again} : {name_of(detail['body'])}"
    return f"Avis {way}{again} : {NATIONAL_NAMES[detail['body']]}"


def name_of(code: str) -> str:
    known = bodies().get(code)
    return known.name if known else code
