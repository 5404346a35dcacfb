"""Looking somebody up: the reason first, then who, then the answer, shown once.

The row is written before the directory is asked; a refused attempt is a row too. What comes back is read against the officer's
links before anybody sees it, and only its figures are kept.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from cmg.models import Request
from fraud.access import cases_of
from fraud.cases.opening import note_obtained
from fraud.guarding import LinkedToThem, link_of, refuse_linked
from fraud.models import AlertKind, ControlCase, ObtainedVia, Outcome, RncpsConsultation, RncpsOrder, RncpsResult
from fraud.programme.selectors import axes_in_force
from fraud.rncps.alerts import raise_alert
from fraud.rncps.authorising import authorisation_on, has_own_number, permit_of
from fraud.rncps.connector import Answer, Asking, Directory, DirectoryError, Person
from fraud.rncps.figures import number_on
from fraud.rules.rncps import CATEGORY_NAMES, SENTENCES, Attempt, Mode, Motive, ReferenceKind, Refusal, refusal_of
from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right
from portal.audit.operations import journal
from portal.people.identity import name_key
from portal.people.models import IdentifierKind
from portal.people.vault import lookup_key

ORIGIN = "Répertoire national commun de la protection sociale (RNCPS), tenu par la Cnav"


class LookRefused(Exception):
    """The look-up is refused and the attempt kept. `code` names why; `str()` is the sentence shown."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(SENTENCES[code])
        self.code = code


@dataclass(frozen=True)
class Wish:
    """Who wants to look, why, and what for; `at` and its day in Paris."""

    user: User
    motive: str
    reference: str
    mode: str
    key: UUID
    at: datetime
    on: date
    categories: Sequence[str] = ()
    order: RncpsOrder | None = None


@dataclass(frozen=True)
class Reason:
    """What the number typed is: a case or claim of one of the officer's funds, an axis of its programme, or nothing."""

    kind: ReferenceKind | None
    fund: str
    case: ControlCase | None = None
    has_visa: bool = False


@dataclass(frozen=True)
class Looked:
    """One look-up: its row, what came back (`answer`, or why nothing did), or that it was already done (`again`)."""

    row: RncpsConsultation
    answer: Answer | None = None
    told: str = ""
    again: bool = False


def person_key_of(person: Person) -> UUID:
    """The vault's key of the number; for an identity, a keyed hash that tells two look-ups of the same person apart."""
    if person.nir:
        return lookup_key(person.nir, IdentifierKind.NIR)
    return lookup_key(f"{name_key(person.last_name)}|{name_key(person.first_names)}|{person.birth_date}", "RNCPS")


def reason_of(wish: Wish) -> Reason:
    """What the reference is, for this officer on that day."""
    funds, own = funds_on(wish.user, wish.on, Right.ASK_RNCPS) or [], fund_of_lists(wish.user, wish.on)
    if wish.mode == Mode.COLLECTIVE:
        fund = wish.order.fund if wish.order else own
        visa = wish.order is not None and wish.order.visa_by_id is not None
        is_axis = axes_in_force(fund, wish.on).filter(code=wish.reference).exists()
        return Reason(ReferenceKind.AXIS if is_axis else None, fund, has_visa=visa)
    case = cases_of(wish.user, wish.on).filter(number__iexact=wish.reference, fund__in=funds).first()
    if case is not None:
        return Reason(ReferenceKind.CASE, case.fund, case)
    claim = Request.objects.filter(request_no=wish.reference, known_until=None, fund__in=funds).first()
    return Reason(ReferenceKind.CLAIM, claim.fund) if claim is not None else Reason(None, own)


def fund_of_lists(user: User, day: date) -> str:
    """The fund for which somebody looks people up when no case or claim says another; empty for nobody's."""
    return next(iter(funds_on(user, day, Right.ASK_RNCPS) or []), "")


def check_reason(wish: Wish) -> Reason:
    """The reason, before anybody is named. Raises LookRefused, the attempt kept."""
    reason = reason_of(wish)
    refused = _refusal(wish, reason)
    if refused is not None:
        raise _refuse(wish, reason, refused)
    _refuse_links(wish, reason, ())
    return reason


def look(*, wish: Wish, person: Person, directory: Directory) -> Looked:
    """Ask the directory about one person, at once. Raises LookRefused; a second sending asks nothing and shows nothing again."""
    known = RncpsConsultation.objects.filter(form_key=wish.key, refusal="", officer=wish.user).first()
    if known is not None:
        return Looked(known, again=True)
    try:
        row = note_look(wish=wish, people=(person,))[0]
    except IntegrityError as taken:
        if "rncps_asked_once" not in str(taken):
            raise
        # The same form, sent twice at once: the first one asks.
        return Looked(RncpsConsultation.objects.get(form_key=wish.key, refusal="", officer=wish.user), again=True)
    try:
        answer = directory.ask(asking_of(row, [person]))
    except DirectoryError as error:
        keep_error(row, error, wish.at)
        return Looked(row, told=str(error))
    told = keep_answer(row, answer, wish.at)
    return Looked(row, told=told) if told else Looked(row, answer)


def note_look(
    *, wish: Wish, people: Sequence[Person], of_order: Callable[[str], RncpsOrder] | None = None
) -> list[RncpsConsultation]:  # fmt: skip
    """Write one row a person, if it may be asked. Raises LookRefused, the attempt kept.

    `of_order` makes, or moves, the order that they belong to, for a fund, in the same transaction.
    """
    reason = check_reason(wish)
    keys = check_people(wish, reason, people)
    with transaction.atomic():
        # One at a time for an officer: two forms sent together do not both pass under the limit.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fraud_rncps'), %s)", (wish.user.pk,))
        refused = _refusal(wish, reason)
        rows = [] if refused else _rows(wish, reason, zip(keys, people, strict=True), of_order)
    if refused is not None:
        raise _refuse(wish, reason, refused)
    _watch_volume(wish, reason.fund)
    return rows


def check_people(wish: Wish, reason: Reason, people: Sequence[Person]) -> list[UUID]:
    """Their keys, if none of them is oneself, a relative, a colleague. Raises LookRefused, the attempt kept."""
    keys = [person_key_of(person) for person in people]
    _refuse_links(wish, reason, keys)
    if any(bears_own_name(wish.user, person) for person in people):
        raise _refuse(wish, reason, Refusal.OWN_NAME)
    return keys


def _rows(
    wish: Wish, reason: Reason, people: Iterable[tuple[UUID, Person]], of_order: Callable[[str], RncpsOrder] | None
) -> list[RncpsConsultation]:  # fmt: skip
    if of_order is not None:
        wish = replace(wish, order=of_order(reason.fund))
    rows = [_row(wish, reason, key, person) for key, person in people]
    for row in rows:
        journal(
            actor=wish.user.get_username(), action="control.rncps_asked", subject=f"person:{row.person_key}",
            detail=_detail(row), at=wish.at,
        )  # fmt: skip
    return rows


def check_list(wish: Wish) -> Reason:
    """Whether a list may be asked for, its visa apart. Raises LookRefused, the attempt kept."""
    reason = reason_of(wish)
    refused = _refusal(wish, reason)
    if refused not in (None, Refusal.NO_VISA):
        raise _refuse(wish, reason, refused)
    return reason


def _refusal(wish: Wish, reason: Reason) -> Refusal | None:
    attempt = Attempt(
        motive=wish.motive, mode=wish.mode, reference=wish.reference, reference_kind=reason.kind,
        is_closed=reason.case is not None and reason.case.state == "CLOSED",
        permit=permit_of(authorisation_on(wish.user, reason.fund, wish.on)),
        has_own_number=has_own_number(wish.user, wish.on), asked_today=asked_on(wish.user, wish.on),
        daily_limit=number_on("rncps.daily_limit", wish.on), has_visa=reason.has_visa,
    )  # fmt: skip
    return refusal_of(attempt, wish.on)


def asked_on(user: User, day: date) -> int:
    """How many people they asked about on that day, lists apart: those were read by data protection."""
    found = RncpsConsultation.objects.filter(officer_id=user.pk, dated=day, refusal="")
    return found.exclude(mode=Mode.COLLECTIVE).count()


def bears_own_name(user: User, person: Person) -> bool:
    """Whether the person has the officer's own name and one of their first names."""
    firsts = set(name_key(person.first_names).split())
    return (
        bool(user.last_name)
        and name_key(user.last_name) == name_key(person.last_name)
        and bool(firsts & set(name_key(user.first_name).split()))
    )


def _refuse_links(wish: Wish, reason: Reason, keys: Sequence[UUID]) -> None:
    try:
        refuse_linked(
            user=wish.user, day=wish.on, action="control.rncps_asked", people=keys,
            subject=reason.case.subject if reason.case else "",
        )  # fmt: skip
    except LinkedToThem as linked:
        raise _refuse(wish, reason, Refusal.LINKED, keys) from linked


def _refuse(wish: Wish, reason: Reason, code: Refusal, keys: Sequence[UUID] = ()) -> LookRefused:
    """Keep the attempt, once a form, with its line in the journal and its alert; the error to raise."""
    refused = LookRefused(code)
    if RncpsConsultation.objects.filter(form_key=wish.key, refusal=code, officer=wish.user).exists():
        return refused
    link = link_of(user=wish.user, day=wish.on, people=keys) if keys else None
    with transaction.atomic():
        row = _row(wish, reason, link.person_key if link else None, refusal=code)
        journal(
            actor=wish.user.get_username(), action="control.rncps_refused", subject=f"rncps:{row.pk}",
            detail=_detail(row) | {"refusal": code}, at=wish.at,
        )  # fmt: skip
        _alert_refused(row, code)
    return refused


def _alert_refused(row: RncpsConsultation, code: Refusal) -> None:
    told = {
        Refusal.LINKED: (AlertKind.LINKED, "a tenté de consulter une personne à qui un lien déclaré le lie"),
        Refusal.OWN_NAME: (AlertKind.LINKED, "a tenté de consulter une personne qui porte son nom et son prénom"),
        Refusal.DAILY_LIMIT: (AlertKind.DAILY_LIMIT, f"a atteint la limite du {row.dated:%d/%m/%Y}"),
    }.get(code)
    if told is not None:
        kind, words = told
        key = f"{kind}:{row.officer_id}:{row.dated}" if code == Refusal.DAILY_LIMIT else f"{kind}:row:{row.pk}"
        raise_alert(
            key=key, kind=kind, told=f"{row.officer.full_name} {words}.", on=row.dated, fund=row.fund,
            officer_pk=row.officer_id,
        )  # fmt: skip


def _row(
    wish: Wish, reason: Reason, key: UUID | None, person: Person | None = None, refusal: str = ""
) -> RncpsConsultation:  # fmt: skip
    number = reason.case.number if reason.case else wish.reference[:40]
    return RncpsConsultation.objects.create(
        form_key=wish.key, officer=wish.user, authorisation=authorisation_on(wish.user, reason.fund, wish.on),
        fund=reason.fund, motive=wish.motive if wish.motive in set(Motive) else "", reference=number,
        reference_kind=reason.kind or "", case=reason.case, order=wish.order, person_key=key, mode=wish.mode,
        by_identity=person is not None and not person.nir, categories=list(wish.categories), at=wish.at, dated=wish.on,
        refusal=refusal,
    )  # fmt: skip


def _detail(row: RncpsConsultation) -> dict[str, object]:
    """What the journal keeps: a number that is nobody's case or claim may be anything typed, a name too; it stays in the row."""
    about = {"reference": row.reference} if row.reference_kind else {"reference_signs": len(row.reference)}
    return {
        "look": row.pk, "motive": row.motive, **about, "mode": row.mode, "fields": row.categories,
        "authorisation": row.authorisation.act_no if row.authorisation else "",
    }  # fmt: skip


def _watch_volume(wish: Wish, fund: str) -> None:
    today, name = asked_on(wish.user, wish.on), wish.user.full_name
    month = wish.on.replace(day=1)
    of_month = RncpsConsultation.objects.filter(
        officer=wish.user, dated__gte=month, dated__lte=wish.on, refusal=""
    ).count()
    known: dict[str, Any] = {"on": wish.on, "fund": fund, "officer_pk": wish.user.pk}
    if today >= number_on("rncps.daily_alert", wish.on):
        raise_alert(
            key=f"DAILY_VOLUME:{wish.user.pk}:{wish.on}", kind=AlertKind.DAILY_VOLUME,
            told=f"{name} : {today} consultations le {wish.on:%d/%m/%Y}.", **known,
        )  # fmt: skip
    if of_month >= number_on("rncps.monthly_alert", wish.on):
        raise_alert(
            key=f"MONTHLY_VOLUME:{wish.user.pk}:{month:%Y-%m}", kind=AlertKind.MONTHLY_VOLUME,
            told=f"{name} : {of_month} consultations depuis le {month:%d/%m/%Y}.", **known,
        )  # fmt: skip


def asking_of(row: RncpsConsultation, people: Sequence[Person]) -> Asking:
    """What the directory is told: our reference, why, what is needed, and who asks for whom."""
    act = row.authorisation.act_no if row.authorisation else ""
    return Asking(
        reference=f"P-{row.order_id}" if row.order_id else f"C-{row.pk}", motive=row.motive, about=row.reference,
        categories=row.categories, people=people,
        provenance={
            "body": row.fund, "system": "portail", "officer": row.officer.get_username(), "authorisation": act,
            "asked_at": row.at.isoformat(timespec="seconds"),
        },
    )  # fmt: skip


def keep_error(row: RncpsConsultation, error: DirectoryError, at: datetime) -> RncpsResult:
    """The look-up gave nothing: why, by name. An answer about somebody else is an alert."""
    with transaction.atomic():
        if error.code == Outcome.WITHHELD:
            raise_alert(
                key=f"MISMATCH:{row.pk}", kind=AlertKind.MISMATCH, on=row.dated, fund=row.fund,
                told=f"Consultation n° {row.pk} : la réponse n’était pas celle de la demande, elle n’a pas été montrée.",
            )  # fmt: skip
        return RncpsResult.objects.create(consultation=row, outcome=error.code, at=at)


def keep_answer(row: RncpsConsultation, answer: Answer, at: datetime) -> str:
    """Keep the figures of an answer; the sentence to show instead of it when it may not be seen, else nothing."""
    user, key = row.officer, lookup_key(answer.person.nir, IdentifierKind.NIR)
    withheld = _withheld(user, row, answer.person, key)
    with transaction.atomic():
        RncpsResult.objects.create(
            consultation=row, outcome=Outcome.WITHHELD if withheld else Outcome.ANSWERED, withheld=withheld or "", at=at,
            lines=answer.lines, sha256=answer.sha256, directory_no=answer.directory_no, person_key=key,
            provenance=dict(answer.provenance),
        )  # fmt: skip
        journal(
            actor=user.get_username(), action="control.rncps_withheld" if withheld else "control.rncps_consulted",
            subject=f"person:{key}", detail={"look": row.pk, "lines": answer.lines}, at=at,
        )  # fmt: skip
        if withheld:
            _alert_refused(row, withheld)
            return SENTENCES[withheld]
        _alert_same_name(row, answer.person)
        if row.case_id is not None:
            note_obtained(
                case_pk=row.case_id, via=ObtainedVia.RNCPS, reference=f"RNCPS-{row.pk}", origin=ORIGIN,
                content=content_of(answer, row.dated), on=row.dated,
            )  # fmt: skip
    return ""


def _withheld(user: User, row: RncpsConsultation, person: Person, key: UUID) -> Refusal | None:
    """An identity may turn out to be oneself or a relative: known only once the number has come."""
    try:
        refuse_linked(user=user, day=row.dated, action="control.rncps_shown", people=[key])
    except LinkedToThem:
        return Refusal.LINKED
    return Refusal.OWN_NAME if bears_own_name(user, person) else None


def _alert_same_name(row: RncpsConsultation, person: Person) -> None:
    if row.officer.last_name and name_key(row.officer.last_name) == name_key(person.last_name):
        raise_alert(
            key=f"SAME_NAME:{row.pk}", kind=AlertKind.SAME_NAME, on=row.dated, fund=row.fund, officer_pk=row.officer_id,
            told=f"{row.officer.full_name} a consulté une personne du même nom de famille (consultation n° {row.pk}).",
        )  # fmt: skip


def content_of(answer: Answer, on: date) -> str:
    """The words of the notice to the person (L. 114-21): which data came, from where; a lead is said to be one."""
    told = ", ".join(f"{CATEGORY_NAMES[category]} ({count})" for category, count in answer.lines.items())
    return f"Le {on:%d/%m/%Y}, le répertoire a donné : {told}. C’est une piste, à confirmer par l’organisme qui sert la prestation."
