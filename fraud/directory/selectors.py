"""Who is designated, and whether somebody may exchange on a day."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from fraud.models import AuthorisedOfficer, DesignationReview, ExchangeBody
from fraud.rules.designation import SENTENCES, DesignationFacts, designation_refusal, exchange_refusal
from fraud.rules.figures import control_parameters
from portal.accounts.models import Posting, User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right, holders

REVIEWS_SHOWN = 50
EXCHANGERS = holders(Right.EXCHANGE, Right.PARTNER_EXCHANGE)


def facts_of(officer: AuthorisedOfficer) -> DesignationFacts:
    """The designation as the rules read it."""
    return DesignationFacts(
        category=officer.category, nature=officer.body.nature, body=officer.body_id, holder=officer.full_name,
        signatory=officer.signatory, signatory_quality=officer.signatory_quality, act_dated=officer.act_dated,
        valid_from=officer.valid_from, valid_to=officer.valid_to, revoked_on=officer.revoked_on,
        scopes=frozenset(officer.scopes), territory=frozenset(officer.territory),
        designated_by_themselves=officer.user_id is not None and officer.user_id == officer.designated_by_id,
    )  # fmt: skip


def code_of(officer: AuthorisedOfficer, on: date) -> str:
    """Why the designation is worth nothing on that day: a code, or nothing. Who left the post is designated no more."""
    return designation_refusal(facts_of(officer), on) or ("" if holds_post(officer, on) else "LEFT_THE_POST")


def holds_post(officer: AuthorisedOfficer, on: date) -> bool:
    """Whether they still hold a post of the body from which one exchanges; another body's officers are its own matter."""
    if officer.user_id is None:
        return True
    postings = Posting.objects.in_force_on(on).filter(user__is_active=True, user_id=officer.user_id)
    return postings.filter(serves=officer.body_id, role__in=EXCHANGERS).exists()


def codes_of(officers: Sequence[AuthorisedOfficer], on: date) -> dict[int, str]:
    """`code_of` of each, by its key, in one query."""
    users = [one.user_id for one in officers if one.user_id is not None]
    postings = Posting.objects.in_force_on(on).filter(user__in=users, user__is_active=True, role__in=EXCHANGERS)
    held = set(postings.values_list("user_id", "serves"))
    found = {}
    for one in officers:
        stays = one.user_id is None or (one.user_id, one.body_id) in held
        found[one.pk] = designation_refusal(facts_of(one), on) or ("" if stays else "LEFT_THE_POST")
    return found


def exchange_code(
    *,
    officer_pk: int,
    on: date,
    sender: str = "",
    asks: Iterable[str] = (),
    receives: Iterable[str] = (),
    scope: str = "",
    departement: str | None = None,
) -> str:
    """Why they may not exchange that on that day: a code, or nothing. Raises AuthorisedOfficer.DoesNotExist."""
    officer = AuthorisedOfficer.objects.select_related("body").get(pk=officer_pk)
    return code_of(officer, on) or exchange_refusal(
        facts_of(officer), on, sender=sender, asks=asks, receives=receives, scope=scope, departement=departement
    )


def may_exchange(
    *,
    officer_pk: int,
    on: date,
    sender: str = "",
    asks: Iterable[str] = (),
    receives: Iterable[str] = (),
    scope: str = "",
    departement: str | None = None,
) -> str:
    """The sentence that says why they may not; empty when they may. `asks` and `receives`: codes of the items of
    `fraud.rules.designation.ITEMS`; `scope`: one of its SCOPES."""
    code = exchange_code(
        officer_pk=officer_pk, on=on, sender=sender, asks=asks, receives=receives, scope=scope, departement=departement
    )
    return SENTENCES[code] if code else ""


def designation_of(
    *, user_pk: int, body_code: str, on: date, scope: str = "", departement: str | None = None
) -> AuthorisedOfficer | None:
    """The designation by which somebody exchanges for a body on that day: the one that lasts longest of those that cover the
    benefit and the département, else of all of them; None without any."""
    found = in_force(AuthorisedOfficer.objects.filter(user_id=user_pk, body_id=body_code), on)
    held = [one for one in found.order_by("-valid_to", "pk") if not code_of(one, on)]
    fit = (one for one in held if not exchange_refusal(facts_of(one), on, scope=scope, departement=departement))
    return next(fit, held[0] if held else None)


def in_force(officers: QuerySet[AuthorisedOfficer], on: date) -> QuerySet[AuthorisedOfficer]:
    """Those whose dates cover the day and whose holder still has the post, if they have an account here."""
    post = Posting.objects.in_force_on(on).filter(
        user_id=OuterRef("user_id"), serves=OuterRef("body_id"), role__in=EXCHANGERS, user__is_active=True
    )
    found = officers.select_related("body").filter(valid_from__lte=on, valid_to__gt=on)
    return found.filter(Q(revoked_on=None) | Q(revoked_on__gt=on)).filter(Q(user=None) | Exists(post))


def ending_soon(officers: QuerySet[AuthorisedOfficer], on: date) -> QuerySet[AuthorisedOfficer]:
    """Those in force that end within the month to come."""
    return in_force(officers, on).filter(valid_to__lte=on + timedelta(days=soon_days(on)))


def soon_days(on: date) -> int:
    """How long before its end one is told of it."""
    return int(control_parameters().value("designation.ending_soon_days", on))


def bodies_on(on: date) -> QuerySet[ExchangeBody]:
    """The bodies that exist on that day: one that was merged into another exchanges no more."""
    return ExchangeBody.objects.filter(Q(until=None) | Q(until__gt=on), since__lte=on)


def bodies_designated_by(user: User, on: date) -> QuerySet[ExchangeBody]:
    """The bodies whose officers they designate: family funds played here, of their postings."""
    funds = funds_on(user, on, Right.DIRECT_CONTROL)
    found = bodies_on(on).filter(is_here=True, nature="SCHEME").order_by("code")
    return found if funds is None else found.filter(code__in=funds)


def quarter_of(day: date) -> str:
    """``2026-T4``: the period of a review."""
    months = int(control_parameters().value("designation.review_months", day))
    return f"{day.year}-T{(day.month - 1) // months + 1}"


def to_review(user: User, on: date) -> QuerySet[AuthorisedOfficer]:
    """The designations in force of their bodies that nobody looked at this quarter; those that began in it wait for the next."""
    months = int(control_parameters().value("designation.review_months", on))
    first = date(on.year, (on.month - 1) // months * months + 1, 1)
    officers = AuthorisedOfficer.objects.filter(body__in=bodies_designated_by(user, on), valid_from__lt=first)
    seen = DesignationReview.objects.filter(officer=OuterRef("pk"), quarter=quarter_of(on))
    return in_force(officers, on).exclude(Exists(seen)).order_by("body_id", "last_name", "first_name", F("pk").asc())


def reviewed(user: User, on: date) -> QuerySet[DesignationReview]:
    """What was looked at this quarter, the last first: by whom, when."""
    found = DesignationReview.objects.filter(quarter=quarter_of(on), officer__body__in=bodies_designated_by(user, on))
    return found.select_related("officer", "by").order_by("-at", "-pk")[:REVIEWS_SHOWN]


def may_be_designated(user: User, on: date) -> QuerySet[Posting]:
    """Who holds, in the bodies that they direct, a post from which one exchanges; never themselves."""
    bodies = bodies_designated_by(user, on).values("code")
    found = Posting.objects.in_force_on(on).filter(serves__in=bodies, role__in=EXCHANGERS, user__is_active=True)
    return found.exclude(user=user).select_related("user").order_by("serves", "user__last_name", "user_id", "pk")
