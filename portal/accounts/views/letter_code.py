"""Asking the code of a letter, on the page of whoever wrote it; and the way to the receipt of what was answered."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portal.accounts.letter_doors import LetterDoor, Opened, WrongCode
from portal.accounts.limits import TooManyTries

WRONG = "Ce code n’est pas celui de la lettre. Il a six chiffres."


def ask_code(
    request: HttpRequest, door: LetterDoor, row: Opened, template: str, context: Mapping[str, object], **detail: object
) -> HttpResponse | None:
    """The page that asks the code (`components/letter_code.html`), with what is wrong; None once this session is let in,
    which is journaled with `detail`."""

    def page(status: int, **told: object) -> HttpResponse:
        return render(request, template, {**context, **told}, status=status)

    if request.method != "POST" or "code" not in request.POST:
        return page(422 if request.method == "POST" else 200)
    try:
        door.check_code(row, request.POST["code"], **detail)
    except WrongCode:
        return page(422, problem=WRONG)
    except TooManyTries as shut:
        return page(429, until=shut.until)
    door.let_in(request, row)
    return None


def to_receipt(page: str, token: str, key: UUID, *, again: bool) -> HttpResponse:
    """To the receipt of an answer, which says whether it was known before."""
    receipt = redirect(page, token=token, key=key)
    return redirect(f"{receipt.url}?encore=1") if again else receipt
