"""Who answers for a file once a joint fund goes on with it: said on its page, for those who knew the former name."""

from typing import Any

from django import template

from portal.accounts.permissions import today
from portal.organisations.directory import is_fund_code
from portal.organisations.models import FileMove
from portal.organisations.serving import serving

register = template.Library()


@register.inclusion_tag("joint/_served_by.html")
def served_by(fund: str | None, kind: str, key: object, *, is_family: bool = False) -> dict[str, Any]:
    """Nothing while the fund itself answers. `kind` and `key` are the file's, as it was noted on the first day: one that was
    not opened there has no former body. `is_family`: the page is the family's own."""
    told = serving(fund, today()) if fund and is_fund_code(fund) else None
    if told is None or not told.former:
        return {"told": None}
    is_continued = FileMove.objects.filter(kind=kind, key=str(key), former=fund).exists()
    return {"told": told, "is_continued": is_continued, "fund": fund, "is_family": is_family}
