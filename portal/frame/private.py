"""Pages whose address opens something: kept by no search engine and no cache."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponse]


def in_private(view: View) -> View:
    """Kept by no search engine and no cache, told to no other page: whoever has the address has what it opens."""

    @never_cache
    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        # The next page is not told the address either: what carries requests may write where they come from.
        response["Referrer-Policy"] = "strict-origin"
        return response

    return answered
