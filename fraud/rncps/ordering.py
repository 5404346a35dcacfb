"""What is not answered at once: one person's answer later, and collective lists, which data protection reads first."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction

from fraud.models import ORDER_MOVES, RncpsConsultation, RncpsOrder, RncpsOrderMove, RncpsOrderState
from fraud.rncps.asking import Wish, asking_of, check_list, check_people, keep_answer, keep_error, note_look
from fraud.rncps.connector import Asking, Directory, DirectoryError, Gone, Line, NotReady, Person
from fraud.rncps.figures import number_on
from fraud.rules.rncps import Mode
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.people.vault import decrypt, encrypt

PURPOSE_LEAST = 20


class OrderRefused(Exception):
    """Why a list is not taken, or a move not made. `str()` is the sentence shown."""


def order_one(*, wish: Wish, person: Person, directory: Directory) -> RncpsOrder:
    """Ask about one person, the answer to be taken later. Raises LookRefused; the same form again gives the first order."""
    known = RncpsOrder.objects.filter(form_key=wish.key, officer=wish.user).first()
    if known is None:
        make = partial(_create, wish, [person], RncpsOrderState.ORDERED)
        try:
            note_look(wish=wish, people=[person], of_order=make)
        except IntegrityError as taken:
            if "form_key" not in str(taken):
                raise
        known = RncpsOrder.objects.get(form_key=wish.key, officer=wish.user)
    send_order(order_pk=known.pk, at=wish.at, directory=directory)
    known.refresh_from_db()
    return known


def ask_list(*, wish: Wish, people: Sequence[Person], purpose: str) -> RncpsOrder:
    """Ask for a list, for an axis of the programme: it waits for the visa. Raises OrderRefused or LookRefused."""
    known = RncpsOrder.objects.filter(form_key=wish.key, officer=wish.user).first()
    if known is not None:
        return known
    words, most = purpose.strip()[:500], number_on("rncps.collective_limit", wish.on)
    if len(words) < PURPOSE_LEAST:
        raise OrderRefused("Dites en une phrase ce que cette liste doit permettre de vérifier.")
    if not 0 < len(people) <= most:
        raise OrderRefused(f"Une liste compte de 1 à {most} personnes : {len(people)} numéros lus.")
    reason = check_list(wish)
    check_people(wish, reason, people)
    with transaction.atomic():
        return _create(wish, people, RncpsOrderState.TO_VISA, reason.fund, purpose=words)


def _create(wish: Wish, people: Sequence[Person], state: RncpsOrderState, fund: str, purpose: str = "") -> RncpsOrder:
    order = RncpsOrder.objects.create(
        officer=wish.user, fund=fund, mode=wish.mode, motive=wish.motive, reference=wish.reference[:40], purpose=purpose,
        categories=list(wish.categories), count=len(people), people=_sealed(people), state=state, asked_at=wish.at,
        asked_on=wish.on, form_key=wish.key,
    )  # fmt: skip
    _log(order, "", wish.at, wish.user.get_username(), purpose)
    return order


def decide_visa(*, order_pk: int, is_given: bool, reason: str, by_pk: int, at: datetime) -> RncpsOrder:
    """Data protection says yes or no, with its reason; a refused list is erased at once. Raises OrderRefused."""
    words, by = reason.strip()[:500], User.objects.get(pk=by_pk)
    if not words:
        raise OrderRefused("Dites pourquoi : cette phrase est montrée à qui a demandé la liste.")
    with transaction.atomic():
        order = _locked(order_pk)
        if order.officer_id == by_pk:
            raise OrderRefused("Vous avez demandé cette liste : une autre personne donne le visa.")
        order.visa_by, order.visa_at, order.visa_reason = by, at, words
        if not is_given:
            order.people = b""
        move(
            order,
            RncpsOrderState.VISA_GIVEN if is_given else RncpsOrderState.VISA_REFUSED,
            at,
            by.get_username(),
            words,
        )
    return order


def send_list(*, order_pk: int, by_pk: int, at: datetime, on: date, directory: Directory) -> RncpsOrder:
    """Ask the directory for a list whose visa is given: one row a person, then the request. Raises OrderRefused, LookRefused."""
    order = RncpsOrder.objects.select_related("officer").get(pk=order_pk)
    if order.officer_id != by_pk:
        raise OrderRefused("Cette liste est celle d’une autre personne.")
    if order.state == RncpsOrderState.VISA_GIVEN:
        wish = Wish(
            user=order.officer, motive=order.motive, reference=order.reference, mode=Mode.COLLECTIVE, key=order.form_key,
            at=at, on=on, categories=order.categories, order=order,
        )  # fmt: skip
        note_look(
            wish=wish, people=_people_of(order), of_order=partial(_ordered, order.pk, at, wish.user.get_username())
        )
    send_order(order_pk=order_pk, at=at, directory=directory)
    order.refresh_from_db()
    return order


def _ordered(order_pk: int, at: datetime, by: str, _fund: str) -> RncpsOrder:
    order = _locked(order_pk)
    move(order, RncpsOrderState.ORDERED, at, by, "Demandée au répertoire")
    return order


def send_order(*, order_pk: int, at: datetime, directory: Directory) -> bool:
    """Ask for what has no ticket yet; the same reference again is the same request there. Whether it has one now."""
    order = RncpsOrder.objects.get(pk=order_pk)
    if order.state != RncpsOrderState.ORDERED or order.ticket:
        return bool(order.ticket)
    try:
        ticket = directory.order(_asking(order))
    except DirectoryError:
        return False
    RncpsOrder.objects.filter(pk=order_pk, ticket="").update(ticket=ticket.number, kept_until=ticket.kept_until)
    return True


def make_ready(*, order_pk: int, at: datetime, directory: Directory) -> RncpsOrderState:
    """Ask whether the answer is there; what the directory no longer has is lost, and said so."""
    order = RncpsOrder.objects.get(pk=order_pk)
    if order.state != RncpsOrderState.ORDERED or not send_order(order_pk=order_pk, at=at, directory=directory):
        return RncpsOrderState(order.state)
    order.refresh_from_db()
    try:
        if directory.is_ready(order.ticket):
            return _settled(order_pk, RncpsOrderState.READY, at, "La réponse est prête")
    except Gone as gone:
        return lose(order_pk=order_pk, at=at, reason=str(gone))
    except DirectoryError:
        """Tomorrow, or when the officer asks again."""
    return RncpsOrderState(order.state)


def take(*, order_pk: int, by_pk: int, at: datetime, directory: Directory) -> list[tuple[RncpsConsultation, Line]]:
    """The answer, once: figures kept, people erased, lines given to be shown. Raises OrderRefused or DirectoryError (NotReady).

    The row is held while the directory is asked: of two clicks, the second finds the answer shown.
    """
    make_ready(order_pk=order_pk, at=at, directory=directory)
    try:
        return _taken(order_pk, by_pk, at, directory)
    except Gone as gone:
        lose(order_pk=order_pk, at=at, reason=str(gone))
        raise


def _taken(order_pk: int, by_pk: int, at: datetime, directory: Directory) -> list[tuple[RncpsConsultation, Line]]:
    with transaction.atomic():
        order = _locked(order_pk)
        if order.officer_id != by_pk:
            raise OrderRefused("Cette demande est celle d’une autre personne.")
        if order.state == RncpsOrderState.ORDERED:
            raise NotReady("Le répertoire prépare encore la réponse. Revenez plus tard : elle vous attend.")
        if order.state != RncpsOrderState.READY:
            raise OrderRefused(f"Cette demande est « {order.get_state_display().lower()} » : rien n’est à prendre.")
        rows = list(order.consultations.select_related("officer", "authorisation").order_by("pk"))
        lines = directory.collect(order.ticket, _asking(order))
        shown = [(row, _kept(row, line, at)) for row, line in zip(rows, lines, strict=True)]
        order.people = b""
        move(order, RncpsOrderState.SHOWN, at, order.officer.get_username(), "Réponse montrée une fois")
    return shown


def _kept(row: RncpsConsultation, line: Line, at: datetime) -> Line:
    """Its figures kept, and what may be shown of it."""
    if line.answer is None:
        assert line.error is not None
        keep_error(row, line.error, at)
        return line
    told = keep_answer(row, line.answer, at)
    return Line(error=DirectoryError(told)) if told else line


def lose(*, order_pk: int, at: datetime, reason: str) -> RncpsOrderState:
    """The answer will never come: its people are erased, each look-up says so."""
    with transaction.atomic():
        order = _locked(order_pk)
        if order.state not in (RncpsOrderState.ORDERED, RncpsOrderState.READY):
            return RncpsOrderState(order.state)
        for row in order.consultations.all():
            keep_error(row, Gone(reason), at)
        order.people = b""
        move(order, RncpsOrderState.EXPIRED, at, "portail", reason)
    return RncpsOrderState.EXPIRED


def follow_orders(*, on: date, at: datetime, directory: Directory) -> int:
    """What waits for the directory: asked again without a ticket, made ready, lost when it waited too long. How many moved."""
    days, moved = number_on("rncps.answer_kept_days", on), 0
    for order in RncpsOrder.objects.filter(state__in=[RncpsOrderState.ORDERED, RncpsOrderState.READY]).order_by("pk"):
        last = order.kept_until or order.asked_on + timedelta(days=2 * days)
        after = (
            lose(order_pk=order.pk, at=at, reason="La réponse n’a pas été prise à temps.") if on > last
            else make_ready(order_pk=order.pk, at=at, directory=directory)
        )  # fmt: skip
        moved += after != order.state
    return moved


def _settled(order_pk: int, state: RncpsOrderState, at: datetime, reason: str) -> RncpsOrderState:
    with transaction.atomic():
        order = _locked(order_pk)
        if order.state == RncpsOrderState.ORDERED:
            move(order, state, at, "portail", reason)
    return RncpsOrderState(order.state)


def move(order: RncpsOrder, after: RncpsOrderState, at: datetime, by: str, reason: str) -> None:
    """One move of the table, with its log and journal; saves the row. Raises OrderRefused."""
    before = RncpsOrderState(order.state)
    if after not in ORDER_MOVES[before]:
        raise OrderRefused(f"Cette demande est « {before.label.lower()} » : ce pas n’est plus possible.")
    order.state = after
    order.save(update_fields=["state", "people", "visa_by", "visa_at", "visa_reason"])
    _log(order, before, at, by, reason)


def _log(order: RncpsOrder, before: str, at: datetime, by: str, reason: str) -> None:
    RncpsOrderMove.objects.create(order=order, before=before, after=order.state, at=at, by=by, reason=reason)
    journal(
        actor=by, action="control.rncps_order", subject=f"rncps:order:{order.pk}", at=at,
        detail={"to": str(order.state), "mode": order.mode, "axis": order.reference, "people": order.count},
    )  # fmt: skip


def _asking(order: RncpsOrder) -> Asking:
    row = order.consultations.select_related("officer", "authorisation").order_by("pk").first()
    assert row is not None
    return asking_of(row, _people_of(order))


def _locked(order_pk: int) -> RncpsOrder:
    return RncpsOrder.objects.select_for_update(of=("self",)).select_related("officer").get(pk=order_pk)


def _sealed(people: Sequence[Person]) -> bytes:
    return encrypt(json.dumps([one.as_json() for one in people], ensure_ascii=False).encode())


def _people_of(order: RncpsOrder) -> list[Person]:
    """Raises Undecipherable."""
    found = [dict(one) for one in json.loads(decrypt(order.people))]
    return [
        Person(**one | ({"birth_date": date.fromisoformat(one["birth_date"])} if "birth_date" in one else {}))
        for one in found
    ]
