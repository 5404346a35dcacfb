"""Months as sentences bear them."""

from django import template

register = template.Library()


@register.filter
def of_month(name: str) -> str:
    """``d’octobre 2026``, ``de septembre 2026``."""
    return f"d’{name}" if name[:1] in "ao" else f"de {name}"
