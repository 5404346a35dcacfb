"""Rates as families read them."""

from django import template

register = template.Library()


@register.filter
def tenths(per_mille: int | None) -> str:
    """589 is « 58,9 »: for a hundred, to the tenth."""
    return "–" if per_mille is None else f"{per_mille // 10},{per_mille % 10}"


@register.filter
def percent(per_mille: int | None) -> str:
    return "–" if per_mille is None else f"{tenths(per_mille)}\u00a0%"
