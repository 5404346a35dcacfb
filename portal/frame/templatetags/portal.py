"""Template tags of every page: amounts, dates and words as people read them."""

from django import template

register = template.Library()
