"""Who may do what: roles come from postings in force on the day; what a role may do, from the table of rights."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portal.accounts.models import Door, FamilyLink, Posting, Role, User
from portal.accounts.rights import OF_NO_FUND, TABLE, Right, holders
from portal.frame.kept import page_of_form, typed_texts

P = ParamSpec("P")
# Roles whose work covers every fund when their posting names none; a posting at a fund opens that fund, whatever the role.
NATIONAL = frozenset(role for role, grant in TABLE.items() if grant.national)
EVERYWHERE = NATIONAL | {Role.SUPERVISOR}


def today() -> date:
    """The day of the pages: the demo's day when one is set, else today."""
    return settings.PORTAL_DAY or timezone.localdate()


def moment_on(day: date) -> datetime:
    """Now, or the same hour of `day` when the pages are on another day (the demo's)."""
    return timezone.make_aware(datetime.combine(day, timezone.localtime().time().replace(tzinfo=None)))


def roles_on(user: User, day: date) -> list[Role]:
    """The user's roles on `day`: those of their postings, or parent for an account of FranceConnect."""
    if user.door == Door.FAMILY:
        return [Role.PARENT]
    found = Posting.objects.in_force_on(day).filter(user_id=user.pk).values_list("role", flat=True)
    return [Role(role) for role in sorted(set(found))]


def may(user: User, right: Right, day: date) -> bool:
    """Whether a role of the user on `day` has `right`; what is of no fund, for the whole country."""
    held = any(right in TABLE[role].rights for role in roles_on(user, day))
    return held and (right not in OF_NO_FUND or is_national(user, day, right))


def rights_on(user: User, day: date, roles: Iterable[Role] | None = None) -> frozenset[Right]:
    """Everything that the user may do on `day`; `roles`: theirs, when they are known."""
    known = roles_on(user, day) if roles is None else roles
    held = frozenset(right for role in known for right in TABLE[role].rights)
    return held - {right for right in held & OF_NO_FUND if not is_national(user, day, right)}


def family_of(user: User, day: date, space: str = "cmg") -> str:
    """The subject that is the parent's own in `space` on `day` (``cmg:employer:00123``); empty before it is linked."""
    links = FamilyLink.objects.filter(user_id=user.pk, subject__startswith=f"{space}:", since__lte=day)
    links = links.exclude(until__lte=day)
    return links.values_list("subject", flat=True).first() or ""


def funds_on(user: User, day: date, right: Right = Right.SEE_CMG) -> list[str] | None:
    """The funds of whose files the user holds `right` on `day` (those whose CMG families they see); None means all of them.

    A posting names one fund: who works for several, as ARIPA's caseworkers do, has a posting for each. At a joint fund it
    names a branch too, and opens the files taken over in it. An officer or an auditor at a fund sees that fund alone.
    """
    postings = list(Posting.objects.in_force_on(day).filter(user_id=user.pk, role__in=holders(right)))
    if any(_is_everywhere(posting) for posting in postings):
        return None
    return sorted({posting.serves for posting in postings if posting.serves})


def _is_everywhere(posting: Posting) -> bool:
    return not posting.fund and Role(posting.role) in EVERYWHERE


def is_national(user: User, day: date, right: Right) -> bool:
    """Whether the user holds `right` for the whole country: what has no fund (a file of the bank, a line of the journal)
    is for nobody else."""
    return funds_on(user, day, right) is None


def unsigned_roles(day: date) -> list[Role]:
    """The roles that sign what is decided for every fund, and that no national posting gives that day, in the order of
    signatures: nothing of the country leaves while one lacks. A posting at a fund, joint or not, signs for its own families."""
    signing = holders(Right.SIGN_FIRST, Right.SIGN_SECOND)
    held = set(Posting.objects.in_force_on(day).filter(fund="", role__in=signing).values_list("role", flat=True))
    return [role for role in Role if role in signing - held]


def session_over(request: HttpRequest) -> HttpResponse:
    """Nobody is signed in (any more): the doors, then the page they were on. What they had typed is given back first."""
    page, texts = page_of_form(request), typed_texts(request)
    if texts:
        return render(request, "accounts/session_over.html", {"texts": texts, "page": page}, status=401)
    return redirect_to_login(page)


def for_roles(allowed: frozenset[Role]) -> Callable:
    """Only signed-in users who hold one of `allowed` on the day; anyone else meets « page introuvable »."""

    def decorate(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable:
        @wraps(view)
        def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return session_over(request)
            roles = roles_on(request.user, today())
            if not allowed & set(roles):
                raise Http404
            request.portal_roles = roles  # type: ignore[attr-defined]  # the frame tells them in its header
            return view(request, *args, **kwargs)

        return checked

    return decorate


def for_national(*rights: Right) -> Callable:
    """Inside `for_roles`: only who holds one of `rights` for the whole country; at a fund, it is « page introuvable »."""

    def decorate(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable:
        @wraps(view)
        def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not any(is_national(request.user, today(), right) for right in rights):  # type: ignore[arg-type]
                raise Http404
            return view(request, *args, **kwargs)

        return checked

    return decorate
