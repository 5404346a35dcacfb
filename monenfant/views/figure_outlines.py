"""The outlines that maps are drawn from, for anybody: GeoJSON, kept by browsers."""

import gzip
from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from portal.organisations.outlines import ALL, NoOutline, packed_outlines

KEPT_SECONDS = 30 * 24 * 3600


def _etag(_request: HttpRequest, departement: str = ALL) -> str | None:
    """Weak: compressed or not, the same outlines."""
    try:
        return f'W/"{sha256(packed_outlines(departement)).hexdigest()[:32]}"'
    except NoOutline:
        return None


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
@condition(etag_func=_etag)
def outlines(request: HttpRequest, departement: str = ALL) -> HttpResponse:
    """The communes of a département, or every département."""
    try:
        packed = packed_outlines(departement)
    except NoOutline:
        raise Http404 from None
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(packed if takes_gzip else gzip.decompress(packed), content_type="application/geo+json")
    if takes_gzip:
        answer.headers["Content-Encoding"] = "gzip"
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer
