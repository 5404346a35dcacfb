"""Where a place is: the département of a commune's number, in Python and in a query."""

from django.db.models import CharField, F
from django.db.models.expressions import Case, Expression, When
from django.db.models.functions import Left

OVERSEAS = "97"


def departement_of(insee_code: str) -> str:
    """The département of a commune: three signs overseas, two elsewhere."""
    return insee_code[: 3 if insee_code.startswith(OVERSEAS) else 2]


def departement_in(column: str) -> Expression:
    """The same of a column, for a query."""
    return Case(
        When(**{f"{column}__startswith": OVERSEAS}, then=Left(F(column), 3)), default=Left(F(column), 2),
        output_field=CharField(),
    )  # fmt: skip
