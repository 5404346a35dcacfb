"""A family's money: payments with the bank's answer, an advance, a refund, the emergency board, a sum paid in excess."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cmg.family.asking import advance_offer, parse_euros, refundable_months
from cmg.family.corrections import corrected
from cmg.family.household import Household
from cmg.family.months import NOT_DECLARED, own_months
from cmg.family.movements import Movement, ordered
from cmg.family.neighbours import address_of
from cmg.family.people import owner_of
from cmg.family.receipts import facts_of, kind_of_receipt, lines_of, title_of
from cmg.family.requests import NotYours, asked_of, get_asked
from cmg.models import Advance, BoardCase, Overpayment, Refund, Settlement
from cmg.models.remedies import Origin
from cmg.remedies import advances, board, overpayments, refunds
from cmg.remedies.limits import RemedyRefused
from cmg.rules.priority import Hardship
from cmg.views.access import today
from cmg.views.own import own_family, page
from portal.casework.moves import MoveNotAllowed
from portal.letters.rendering import render_letter

# A request that waits for the board, or for its money: a second one is the first.
ASKED_BOARD = ("REFERRED", "COMPLETE", "SCHEDULED", "GRANTED")


@require_GET
@own_family
def payments(request: HttpRequest, home: Household) -> HttpResponse:
    """Each movement with its date and the bank's answer; what came back is the first line."""
    found = _ordered(home)
    coming = [movement for one in own_months(home, today()) for movement in one.movements if movement.order_pk is None]
    context = {
        "failed": [one for one in found if one.failed], "others": [one for one in found if not one.failed],
        "coming": coming, "account_link": address_of("account"), "owner": owner_of(home.subject, today()),
        "corrections": corrected(home.employer_no, found, today()),
    }  # fmt: skip
    return page(request, home, "cmg/family_space/payments.html", context)


def _ordered(home: Household) -> list[Movement]:
    known = Settlement.objects.filter(employer_no=home.employer_no).values_list("pk", "care_month")
    return ordered(home.subject, dict(known), home.account)


@require_GET
@own_family
def payment(request: HttpRequest, home: Household, order: int) -> HttpResponse:
    """One movement: amount, date, reason, account and the bank's answer, to print or to keep."""
    found = _movement(home, order)
    context = {"movement": found, "heading": title_of(found), "lines": lines_of(found), "today": today()}
    return page(request, home, "cmg/family_space/payment.html", context)


@require_GET
@own_family
def payment_pdf(request: HttpRequest, home: Household, order: int) -> HttpResponse:
    """The same as a tagged PDF, of the day it is asked for."""
    found = _movement(home, order)
    made = render_letter(kind_of_receipt(found), facts_of(home, found), number=found.reference, dated=today())
    answer = HttpResponse(made.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="mouvement-{found.reference}.pdf"'
    return answer


def _movement(home: Household, order: int) -> Movement:
    found = next((one for one in _ordered(home) if one.order_pk == order), None)
    if found is None:
        raise Http404
    return found


@own_family
def advance(request: HttpRequest, home: Household) -> HttpResponse:
    """The amount proposed and its one condition, then a confirmation. A refusal always says why."""
    day = today()
    offer = advance_offer(home, own_months(home, day))
    refusal = ""
    if request.method == "POST":
        known = _living_advance(home)
        if known is not None:
            return redirect(reverse("cmg:own_follow", args=[f"A-{known.pk}"]) + "?deja=1")
        try:
            made = advances.propose_advance(
                employer_no=home.employer_no, months=offer.months, amount_cents=offer.cents, origin=Origin.ASKED,
                reason="demandée par la famille", by=request.user.get_username(), on=day,
            )  # fmt: skip
        except RemedyRefused as refused:
            # Pressed twice at once: the other one has just asked for it.
            known, refusal = _living_advance(home), str(refused)
            if known is not None:
                return redirect(reverse("cmg:own_follow", args=[f"A-{known.pk}"]) + "?deja=1")
        else:
            return redirect(reverse("cmg:own_follow", args=[f"A-{made.pk}"]) + "?recu=1")
    known = Advance.objects.filter(employer_no=home.employer_no).order_by("-pk")[:5]
    owner = owner_of(home.subject, day)
    context = {"offer": offer, "refusal": refusal, "known": [asked_of(one, owner) for one in known]}
    return page(request, home, "cmg/family_space/advance.html", context, status=422 if refusal else 200)


def _living_advance(home: Household) -> Advance | None:
    found = Advance.objects.filter(employer_no=home.employer_no, months__is_live=True)
    return found.order_by("-pk").first()


@require_POST
@own_family
def share(request: HttpRequest, home: Household, number: str) -> HttpResponse:
    """The family prefers to pay an advance back faster; never slower than it was told."""
    row = _own(home, number)
    if not isinstance(row, Advance):
        raise Http404
    percent = request.POST.get("percent", "")
    try:
        advances.prefer_share(
            advance_pk=row.pk, percent=int(percent) if percent.isdecimal() and len(percent) < 4 else 0,
            by=request.user.get_username(),
        )  # fmt: skip
    except RemedyRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"C’est noté : {percent} % de vos prochaines aides, au plus, paient cette avance.")
    return redirect("cmg:own_follow", number=number)


@own_family
def refund(request: HttpRequest, home: Household) -> HttpResponse:
    """Contributions debited in error: the month, her words; the same month again gives the first request."""
    day, refusal = today(), ""
    months = refundable_months(home)
    if request.method == "POST":
        chosen = next((month for month in months if f"{month:%Y-%m}" == request.POST.get("month")), None)
        if chosen is None:
            refusal = "Choisissez le mois où un prélèvement vous a été fait."
        else:
            known = asked_before(home, chosen)
            made = refunds.request_refund(
                employer_no=home.employer_no, month=chosen, words=request.POST.get("words", "").replace("\x00", "")[:300],
                by=request.user.get_username(), on=day,
            )  # fmt: skip
            return redirect(reverse("cmg:own_follow", args=[f"R-{made[0].pk}"]) + ("?deja=1" if known else "?recu=1"))
    context = {"months": months, "refusal": refusal, "chosen": request.POST.get("month") or request.GET.get("mois", "")}
    return page(request, home, "cmg/family_space/refund.html", context, status=422 if refusal else 200)


def asked_before(home: Household, month: date) -> bool:
    """Whether the family had already asked for this month."""
    return Refund.objects.filter(employer_no=home.employer_no, care_month=month, reason=refunds.ASKED).exists()


@own_family
def emergency(request: HttpRequest, home: Household) -> HttpResponse:
    """The emergency board, in her words: what cannot wait, months unpaid, the bank, the job of the person who cares."""
    errors: list[dict[str, str]] = []
    known = BoardCase.objects.filter(employer_no=home.employer_no).order_by("-pk").first()
    if request.method == "POST":
        if known is not None and known.state in ASKED_BOARD:
            return redirect(reverse("cmg:own_follow", args=[f"U-{known.pk}"]) + "?deja=1")
        hardship, errors = _hardship(request)
        if not errors:
            return redirect(_referred(request, home, hardship))
    held = [one for one in own_months(home, today()) if one.state != NOT_DECLARED and one.held]
    missing = sum(one.awaited_cents or 0 for one in held)
    context = {"errors": errors, "missing": missing, "sent": request.POST, "known": known}
    return page(request, home, "cmg/family_space/emergency.html", context, status=422 if errors else 200)


def _referred(request: HttpRequest, home: Household, hardship: Hardship) -> str:
    """Where the request is followed; pressed twice at once, it is the one that the other press has just made."""
    mine = BoardCase.objects.filter(employer_no=home.employer_no, state__in=ASKED_BOARD)
    try:
        made, told = board.refer_family(
            employer_no=home.employer_no, fund=(home.account.fund or "") if home.account else "",
            words=request.POST["words"].replace("\x00", "").strip(), hardship=hardship, by=request.user.get_username(),
            on=today(),
        ), "?recu=1"  # fmt: skip
    except RemedyRefused:
        made, told = mine.get(), "?deja=1"
    return reverse("cmg:own_follow", args=[f"U-{made.pk}"]) + told


def _hardship(request: HttpRequest) -> tuple[Hardship, list[dict[str, str]]]:
    sent = request.POST
    errors = []
    if not sent.get("words", "").replace("\x00", "").strip():
        words = "Dites en une phrase ce qui ne peut pas attendre."
        errors.append({"column": "words", "label": "Ce qui ne peut pas attendre", "message": words})
    missing, pay = parse_euros(sent.get("missing", "")), parse_euros(sent.get("pay", ""))
    for name, label, value in (("missing", "Somme qui manque", missing), ("pay", "Salaire d’un mois", pay)):
        if value is None:
            wrong = "Écrivez un montant en euros, par exemple 461,53."
            errors.append({"column": name, "label": label, "message": wrong})
    unpaid = sent.get("months_unpaid", "")
    months = int(unpaid) if unpaid.isdecimal() and len(unpaid) < 3 and int(unpaid) <= 24 else None
    if months is None:
        wrong = "Écrivez un nombre de mois, par exemple 1."
        errors.append({"column": "months_unpaid", "label": "Mois sans aide", "message": wrong})
    hardship = Hardship(months or 0, missing or 0, pay or 0, bool(sent.get("bank")), bool(sent.get("job")))
    return hardship, errors


@require_POST
@own_family
def contest(request: HttpRequest, home: Household, number: str) -> HttpResponse:
    """« C’est faux » about a sum said to be paid in excess: everything waits for the answer."""
    row = _own(home, number)
    words = request.POST.get("words", "").replace("\x00", "").strip()
    if not isinstance(row, Overpayment):
        raise Http404
    if not words:
        messages.error(request, "Dites en quelques mots ce qui est faux.")
        return redirect("cmg:own_follow", number=number)
    try:
        overpayments.contest_overpayment(
            overpayment_pk=row.pk, words=words[:1000], by=request.user.get_username(), on=today()
        )
    except (RemedyRefused, MoveNotAllowed) as refused:
        messages.info(request, f"{refused} Rien n’a été fait deux fois.")
    else:
        messages.success(request, "C’est noté. Rien n’est retenu avant notre réponse.")
    return redirect("cmg:own_follow", number=number)


def _own(home: Household, number: str) -> object:
    try:
        return get_asked(home, number, owner_of(home.subject, today())).row
    except NotYours as unknown:
        raise Http404 from unknown
