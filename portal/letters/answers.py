"""A letter given to a browser."""

from django.http import HttpResponse

from portal.letters.models import Letter
from portal.letters.operations import read_pdf


def as_pdf(letter: Letter, *, name: str = "courrier", shown: bool = False) -> HttpResponse:
    """The PDF as it left, to keep, or to be `shown` in the browser. Raises what `read_pdf` raises."""
    answer = HttpResponse(read_pdf(letter), content_type="application/pdf")
    answer["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}-{letter.number}.pdf"'
    return answer
