"""Designating, withdrawing, looking again each quarter: by somebody else than the one designated, each in the journal."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction

from fraud.directory.selectors import EXCHANGERS, facts_of, quarter_of
from fraud.models import AuthorisedOfficer, DesignationReview, ExchangeBody
from fraud.rules.designation import SENTENCES, act_refusal
from portal.accounts.models import Posting, User
from portal.audit.operations import journal

ONCE = "Cette personne est déjà désignée par un acte de ce numéro."


class DesignationRefused(Exception):
    """The act must not be. `code` names why; `str()` says it in French."""

    def __init__(self, code: str, sentence: str = "") -> None:
        self.code = code
        super().__init__(sentence or SENTENCES[code])


@dataclass(frozen=True)
class Act:
    """The act that designates: number, date, who signed it and as what, for what, where, from when to when."""

    category: str
    act_no: str
    act_dated: date
    signatory: str
    signatory_quality: str
    valid_from: date
    valid_to: date
    scopes: tuple[str, ...]
    territory: tuple[str, ...] = field(default=())


def designate(*, user_pk: int, body_code: str, act: Act, by_pk: int, on: date) -> AuthorisedOfficer:
    """Designate somebody posted at the body; the same act sent again returns the first.

    Raises DesignationRefused; User.DoesNotExist, ExchangeBody.DoesNotExist.
    """
    user, by = User.objects.get(pk=user_pk), User.objects.get(pk=by_pk)
    body = ExchangeBody.objects.get(code=body_code)
    officer = _written(user, body, act, by)
    if not Posting.objects.in_force_on(on).filter(user=user, serves=body.code, role__in=EXCHANGERS).exists():
        raise DesignationRefused("LEFT_THE_POST", "Cette personne n’a pas, dans cet organisme, un poste qui échange.")
    code = act_refusal(facts_of(officer))
    if code:
        raise DesignationRefused(code)
    try:
        with transaction.atomic():
            officer.save(force_insert=True)
            _tell(officer, "control.designated", by.username, {"from": str(act.valid_from), "to": str(act.valid_to)})
    except IntegrityError as twice:
        if "designation_once" not in str(twice):
            raise
        return _same(officer, twice)
    return officer


def _same(officer: AuthorisedOfficer, twice: IntegrityError) -> AuthorisedOfficer:
    """The first designation by this act, when it says the same."""
    first = AuthorisedOfficer.objects.select_related("body").get(
        body=officer.body, act_no=officer.act_no, last_name=officer.last_name, first_name=officer.first_name
    )
    if first.user_id != officer.user_id or replace(facts_of(first), revoked_on=None) != facts_of(officer):
        raise DesignationRefused("TWICE", ONCE) from twice
    return first


def _written(user: User, body: ExchangeBody, act: Act, by: User) -> AuthorisedOfficer:
    return AuthorisedOfficer(
        body=body, user=user, first_name=user.first_name, last_name=user.last_name, designated_by=by, category=act.category,
        act_no=act.act_no, act_dated=act.act_dated, signatory=act.signatory, signatory_quality=act.signatory_quality,
        valid_from=act.valid_from, valid_to=act.valid_to, scopes=list(act.scopes), territory=list(act.territory),
    )  # fmt: skip


def revoke(*, officer_pk: int, on: date, reason: str, by: str) -> AuthorisedOfficer:
    """The designation holds no more from `on` on; a second call changes nothing. Raises AuthorisedOfficer.DoesNotExist."""
    with transaction.atomic():
        officer = AuthorisedOfficer.objects.select_for_update(of=("self",)).get(pk=officer_pk)
        if officer.revoked_on is None or on < officer.revoked_on:
            officer.revoked_on = on
            officer.save(update_fields=["revoked_on"])
            _tell(officer, "control.designation_revoked", by, {"on": str(on), "reason": reason})
    return officer


def revoke_departed(*, on: date) -> int:
    """Write down that who left their post is designated no more; it already holds, from the day on which they left."""
    held = AuthorisedOfficer.objects.filter(revoked_on=None, valid_from__lte=on, valid_to__gt=on).exclude(user=None)
    held = held.select_related("user")
    gone = [one for one in held.order_by("pk") if _left_on(one, on) is not None]
    for one in gone:
        left = _left_on(one, on)
        assert left is not None
        revoke(officer_pk=one.pk, on=max(left, one.valid_from), reason="a quitté son poste", by="exchange")
    return len(gone)


def _left_on(officer: AuthorisedOfficer, on: date) -> date | None:
    """When the last posting ended; None while one holds, or before one begins."""
    postings = Posting.objects.of_files([officer.body_id]).filter(user=officer.user, role__in=EXCHANGERS)
    if postings.in_force_on(on).exists():
        return None
    ends = postings.filter(ends_on__lte=on).order_by("-ends_on").values_list("ends_on", flat=True)
    return ends.first()


def review(*, officer_pk: int, is_kept: bool, by_pk: int, at: datetime, on: date) -> DesignationReview:
    """What somebody else said of a designation this quarter; withdrawn, it is revoked at once. A second call returns the
    first. Raises DesignationRefused when one looks at one's own."""
    by = User.objects.get(pk=by_pk)
    with transaction.atomic():
        officer = AuthorisedOfficer.objects.select_for_update(of=("self",)).get(pk=officer_pk)
        if officer.user_id == by_pk:
            raise DesignationRefused("SELF_DESIGNATION", "Personne ne relit sa propre désignation.")
        found, is_new = DesignationReview.objects.get_or_create(
            officer=officer, quarter=quarter_of(on), defaults={"is_kept": is_kept, "by": by, "at": at}
        )
        if is_new:
            _tell(officer, "control.designation_reviewed", by.username, {"quarter": found.quarter, "kept": is_kept})
        if is_new and not is_kept:
            revoke(officer_pk=officer_pk, on=on, reason=f"revue {found.quarter}", by=by.username)
    return found


def _tell(officer: AuthorisedOfficer, action: str, by: str, detail: dict[str, object]) -> None:
    about = {"body": officer.body_id, "act": officer.act_no, "category": officer.category}
    journal(actor=by, action=action, subject=f"designation:{officer.pk}", detail=about | detail)
