"""What two parents do with their agreement: start, write, invite, join, sign, withdraw. Each act whole or not at all."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from aripa.agreements import inviting
from aripa.agreements.conditions import Refusal, is_in_danger, refusals_of, title_between
from aripa.agreements.papers import lacking_of
from aripa.agreements.questions import (
    CHILDREN,
    HOME,
    OTHER_PARENT,
    PLACE,
    Answers,
    answers_of,
    errors_of,
    fund_at,
    is_common,
    is_fixed,
)
from aripa.agreements.reference import reference_of
from aripa.agreements.seats import CREDITOR, Seat, seat_of, seats_of
from aripa.agreements.telling import tell_other
from aripa.agreements.text import digest_of, missing_of
from aripa.linking import same_people
from aripa.models import Agreement, AgreementSignature, AgreementState
from aripa.own.admitting import civil_status
from aripa.own.entering import NotPossible, Who
from aripa.own.request import Question
from aripa.rules.agreement import silence_accepts_after
from aripa.rules.figures import number_on
from portal.accounts.limits import forget, take_try
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.casework.moves import move

S = AgreementState
CLOSED = "Cette demande est close : elle n’engage personne. Vous pouvez en commencer une autre."
NO_IDENTITY = "FranceConnect ne nous a pas donné votre nom et votre date de naissance : revenez par FranceConnect."
OPEN_MOST = 5


class Stopped(Exception):
    """This parent is protected, or fears the other: this way is not for them, and the other learns nothing."""


class Closed(Exception):
    """The law closes this way; `refusals` say why, with the remedies. Nothing was kept."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__("; ".join(one.why for one in refusals))
        self.refusals = refusals


class CodeRefused(Exception):
    """One sentence for every reason: nothing is learned by trying."""


class ChangedMeanwhile(Exception):
    """The other parent saved this page since it was read; `theirs` is what is kept now."""

    def __init__(self, theirs: Answers) -> None:
        super().__init__("L’autre parent a enregistré cette page entre-temps.")
        self.theirs = theirs


def _screen(who: Who, answers: Mapping[str, str]) -> None:
    """Who may go on. Raises Stopped, Closed."""
    if answers.get("fear") == "oui" or is_in_danger({who.parent_no} | same_people(who.user)):
        raise Stopped
    if refusals := refusals_of(answers):
        raise Closed(refusals)


def identity(user: User) -> dict[str, str]:
    """Who signs, as FranceConnect vouched. Raises NotPossible."""
    cells = civil_status(user)
    if not (cells["birth_name"] and cells["first_names"] and cells["birth_date"]):
        raise NotPossible(NO_IDENTITY)
    return {"last": cells["birth_name"], "first": cells["first_names"], "born": cells["birth_date"].isoformat()}


# ---- one parent begins --------------------------------------------------------------------------------------------


def start(*, key: UUID, who: Who, answers: Mapping[str, str]) -> Seat:
    """Begin; the same form again gives the same agreement. Raises Stopped, Closed, NotPossible."""
    if known := _begun(key, who):
        return known
    _screen(who, answers)
    if Agreement.objects.filter(first=who.user, state__in=(S.WRITING, S.INVITED, S.SHARED)).count() >= OPEN_MOST:
        raise NotPossible("Vous avez déjà plusieurs demandes commencées : terminez-en une, ou retirez-la.")
    shared = {"couple": answers.get("couple", ""), "first_identity": identity(who.user)}
    try:
        with transaction.atomic():
            made = Agreement.objects.create(
                key=key, first=who.user, shared=shared, started_on=who.day, lapses_after=_lapses_after(who.day)
            )
            _journal(who, made, "started")
    except IntegrityError as taken:
        if known := _begun(key, who):
            return known
        raise NotPossible("Cette page est trop ancienne : rechargez-la, puis recommencez.") from taken
    return Seat(made, who.user)


def _begun(key: UUID, who: Who) -> Seat | None:
    """What this form began already."""
    found = Agreement.objects.filter(key=key, first=who.user).first()
    return Seat(found, who.user) if found else None


def _lapses_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + number_on("choice.agreement_draft_days", day))


def _journal(who: Who, agreement: Agreement, action: str, **detail: object) -> None:
    journal(
        actor=who.user.get_username(), action=f"{Agreement.SUBJECT}.{action}",
        subject=f"{Agreement.SUBJECT}:{agreement.pk}", detail=detail, at=who.at,
    )  # fmt: skip


def _locked(agreement_pk: int, who: Who) -> Seat:
    """The parent's seat, the row locked. Raises Agreement.DoesNotExist, Stopped."""
    found = Agreement.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=agreement_pk)
    if who.user.pk not in (found.first_id, found.second_id):
        raise Agreement.DoesNotExist
    seat = Seat(found, who.user)
    if seat.is_stopped:
        raise Stopped
    return seat


def mark_of(question: Question, answers: Answers) -> str:
    """What a page of answers was when it was read: another mark, somebody saved it meanwhile."""
    told = json.dumps([answers.get(one.name, "") for one in question.fields], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def save(*, agreement_pk: int, who: Who, question: Question, answers: Mapping[str, str], read: str) -> Seat:
    """Keep the answers of one page, right or wrong; another common text voids the signatures.

    Raises ChangedMeanwhile, NotPossible, Stopped.
    """
    with transaction.atomic():
        seat = _locked(agreement_pk, who)
        if not seat.is_open or is_fixed(seat, question):
            raise NotPossible(
                CLOSED if not seat.is_open else "Cette réponse ne change plus : les deux parents sont là."
            )
        held = answers_of(seat, question)
        if read != mark_of(question, held):
            raise ChangedMeanwhile(held)
        known = {one.name: answers.get(one.name, "").strip()[:200] for one in question.fields}
        _keep(seat, question, {**held, **known}, who)
    return seat


def _keep(seat: Seat, question: Question, answers: Answers, who: Who) -> None:
    name = "shared" if is_common(question) else seat.own_field
    before = digest_of(seat.agreement)
    setattr(seat.agreement, name, answers)
    seat.agreement.save(update_fields=[name])
    if digest_of(seat.agreement) != before:
        _void(seat, who)


def _void(seat: Seat, who: Who) -> None:
    """What was signed is not this text any more: its signatures are void, and both are told so."""
    if seat.agreement.signatures.filter(voided_at__isnull=True).update(voided_at=who.at):
        _journal(who, seat.agreement, "signatures_voided")
        tell_other(seat, f"voided:{digest_of(seat.agreement)[:16]}", who.day)


# ---- the other parent comes in ------------------------------------------------------------------------------------


def may_invite(seat: Seat, day: date) -> bool:
    """Whether the other parent is named, and knows for whom and in which place they are invited."""
    shared = seat.agreement.shared
    whole = not any(errors_of(one, shared, day) for one in (PLACE, OTHER_PARENT, CHILDREN))
    return whole and seat.is_first and seat.agreement.state in (S.WRITING, S.INVITED)


def invite(*, agreement_pk: int, who: Who, key: UUID) -> Seat:
    """A code to pass on; another form makes another code and the former one dies. Raises NotPossible, Stopped."""
    with transaction.atomic():
        seat = _locked(agreement_pk, who)
        one = seat.agreement
        if one.invited == key:
            return seat
        if not may_invite(seat, who.day):
            raise NotPossible("Dites d’abord votre place, qui est l’autre parent, et les enfants.")
        if one.state == S.WRITING:
            move(one, S.INVITED, by=who.user.get_username(), reason="code demandé", at=who.at)
        one.invited, one.code_misses, one.code_until = key, 0, inviting.last_day_of_code(who.day)
        one.code_hash = inviting.hash_of(inviting.code_of(one))
        one.save(update_fields=["invited", "code_misses", "code_until", "code_hash"])
        _journal(who, one, "invited")
    return seat


def join(*, who: Who, code: str, answers: Mapping[str, str]) -> Seat:
    """Come in by a code, once; the same form again finds the same agreement.

    Raises Stopped, Closed, NotPossible, CodeRefused, TooManyTries.
    """
    _screen(who, answers)
    if known := Agreement.objects.filter(second=who.user, code_hash=inviting.hash_of(code)).first():
        return Seat(known, who.user)
    own = identity(who.user)
    door = f"{Agreement.SUBJECT}:{who.user.pk}"
    take_try(door)
    with transaction.atomic():
        seat = _join(who, code, own)
    if seat is None:
        journal(
            actor=who.user.get_username(), action=f"{Agreement.SUBJECT}.code_refused", subject=f"user:{who.user.pk}",
            detail={}, at=who.at,
        )  # fmt: skip
        raise CodeRefused(inviting.NOT_USABLE)
    forget(door)
    return seat


def _join(who: Who, code: str, own: dict[str, str]) -> Seat | None:
    found = Agreement.objects.select_for_update(of=("self",)).filter(
        code_hash=inviting.hash_of(code), state=S.INVITED
    ).first()  # fmt: skip
    if found is None or not inviting.is_usable(found, who.user, who.day):
        return None
    if not inviting.is_named(found, who.user):
        _miss(found, who.day)
        return None
    shared = found.shared | {
        "second_identity": own, "other_name": own["last"], "other_first": own["first"], "other_born": own["born"],
    }  # fmt: skip
    move(
        found, S.SHARED, by=who.user.get_username(), reason="code donné", at=who.at, second=who.user, shared=shared,
        invited=None,
    )  # fmt: skip
    seat = Seat(found, who.user)
    tell_other(seat, "joined", who.day)
    return seat


def _miss(agreement: Agreement, day: date) -> None:
    """Somebody else holds the code: after a few of them it serves nobody."""
    agreement.code_misses += 1
    if agreement.code_misses >= number_on("choice.agreement_code_misses", day):
        agreement.code_hash = ""
    agreement.save(update_fields=["code_misses", "code_hash"])


# ---- signing ------------------------------------------------------------------------------------------------------


def own_lacks(seat: Seat, day: date) -> list[str]:
    """What this parent has still to do on their own side, in words."""
    pages = [HOME.title] if errors_of(HOME, seat.own, day) else []
    return pages + (["Vos pièces"] if lacking_of(seat) else [])


def common_lacks(agreement: Agreement, day: date) -> list[str]:
    """What the common text still lacks, in words."""
    found = [one.title for one in missing_of(agreement.shared, day)]
    reference = reference_of(agreement.shared, day)
    if not found and reference and not reference.is_enough:
        found.append("Un montant est plus bas que le plus bas possible")
    return found


def is_ready(agreement: Agreement, day: date) -> bool:
    """Whether both may sign."""
    seats = seats_of(agreement)
    return len(seats) == 2 and not common_lacks(agreement, day) and not any(own_lacks(one, day) for one in seats)


def sign(*, agreement_pk: int, who: Who, key: UUID, digest: str) -> bool:
    """Sign the text that was read; the second signature files the request. Returns whether it was signed already.

    Raises NotPossible, Stopped.
    """
    with transaction.atomic():
        seat = _locked(agreement_pk, who)
        one = seat.agreement
        if AgreementSignature.objects.filter(key=key, agreement=one, user=who.user).exists() or seat.signature():
            return True
        _refuse_protected(seat, who)
        if one.state != S.SHARED or not is_ready(one, who.day):
            raise NotPossible("Il manque encore quelque chose : la page de la demande dit quoi, et à qui.")
        if digest != digest_of(one):
            raise NotPossible("Le texte a changé depuis votre lecture. Relisez-le, puis signez.")
        AgreementSignature.objects.create(key=key, agreement=one, user=who.user, digest=digest, signed_at=who.at)
        _journal(who, one, "signed", digest=digest)
        _file(seat, digest, who)
        tell_other(seat, f"signed:{digest[:16]}", who.day)
    return False


def _refuse_protected(seat: Seat, who: Who) -> None:
    """A flag that came in since is seen before anything binds, and a title since then closes this way."""
    if is_in_danger(seat.numbers(who.day)):
        raise Stopped
    seats = seats_of(seat.agreement)
    if len(seats) == 2 and title_between(*(one.numbers(who.day) for one in seats)):
        raise NotPossible("Une pension est déjà fixée entre vous par un titre : un second titre serait nul.")


def _file(seat: Seat, digest: str, who: Who) -> None:
    """Both signed the same text: the fund has received it, and the four months run."""
    one = seat.agreement
    if one.signatures.filter(voided_at__isnull=True, digest=digest).count() < 2:
        return
    move(
        one, S.FILED, by=who.user.get_username(), reason="les deux parents ont signé", at=who.at,
        received_on=who.day, answer_by=silence_accepts_after(who.day), fund=competent_fund(one),
    )  # fmt: skip


def competent_fund(agreement: Agreement) -> str:
    """The fund of the one who receives benefits; of the parent who receives the support otherwise (L. 582-2)."""
    recipients = [one for one in seats_of(agreement) if one.own.get("recipient") == "oui"]
    home = (recipients[0] if len(recipients) == 1 else seat_of(agreement, CREDITOR)).own
    return fund_at(home.get("body", ""), home.get("postcode", ""))


# ---- leaving ------------------------------------------------------------------------------------------------------


def withdraw(*, agreement_pk: int, who: Who) -> bool:
    """Either parent, until the fund has decided; returns whether it was withdrawn already. Raises NotPossible, Stopped."""
    with transaction.atomic():
        seat = _locked(agreement_pk, who)
        one = seat.agreement
        if one.state == S.WITHDRAWN:
            return True
        if S.WITHDRAWN not in Agreement.MOVES[S(one.state)]:
            raise NotPossible("La demande a déjà sa réponse : elle ne peut plus être retirée.")
        move(one, S.WITHDRAWN, by=who.user.get_username(), reason="retirée par un parent", at=who.at, code_hash="")
        tell_other(seat, "withdrawn", who.day)
    return False


def stop(*, agreement_pk: int, who: Who) -> None:
    """This parent fears the other: everything ends for them, and nothing the other can read changes. Twice is once."""
    try:
        with transaction.atomic():
            seat = _locked(agreement_pk, who)
            name = "first_stopped_on" if seat.is_first else "second_stopped_on"
            setattr(seat.agreement, name, who.day)
            seat.agreement.code_hash = ""
            seat.agreement.save(update_fields=[name, "code_hash"])
            _journal(who, seat.agreement, "stopped")
    except Stopped:
        return
