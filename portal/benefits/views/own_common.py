"""What the pages of a parent's ARS and AEEH share: their own family and nobody else's."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from portal.accounts.permissions import for_roles, today
from portal.accounts.rights import Right, holders
from portal.benefits.persons.linking import own_subject
from portal.benefits.persons.selectors import Family, own_family

PARENTS = holders(Right.OWN_FAMILY)
METHODS = ["GET", "HEAD", "POST"]


def own_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of a linked parent, whose family is given to the view; a parent without one is led to the link."""

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        family = family_of_request(request)
        if family is None:
            if request.method == "POST":
                raise Http404
            return redirect("benefits:own_home")
        return view(request, family, *args, **kwargs)

    return never_cache(for_roles(PARENTS)(checked))


def family_of_request(request: HttpRequest) -> Family | None:
    subject = own_subject(request.user, today())  # type: ignore[arg-type]
    return own_family(subject) if subject else None
