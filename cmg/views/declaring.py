"""A family declares a month: what there is to declare, the form with its live estimate, the check, the receipt."""

from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cmg.closing.prepare import month_of
from cmg.declaring import sending
from cmg.declaring.cares import (
    Care,
    Family,
    cares_of,
    children_of,
    family_known,
    last_like,
    living_declarations,
)
from cmg.declaring.comparing import estimate_difference
from cmg.declaring.estimating import Estimate, foreseen, short
from cmg.declaring.fields import FIELDS, Asked, asked, cells_of, errors_of, typed_of
from cmg.declaring.usual import expected_cares
from cmg.declaring.windows import Window, next_days, next_window, open_windows, window_of
from cmg.family.household import Household
from cmg.models import Account, DeclarationKind, EmployeeKind, FamilyDraft, Settlement
from cmg.templatetags.declaring import of_month
from cmg.views.access import today
from cmg.views.own import own_account, page
from portal.audit.operations import journal
from portal.batches.models import RunState
from portal.frame.errors import Conflict
from portal.frame.forms import listed
from portal.frame.templatetags.portal import long_day, month_name

LABELS = {field.name: field.label for field in FIELDS}
SAVED = "Votre texte est gardé : vous pouvez fermer cette page et la reprendre plus tard."


def own_draft(account: Account, key: UUID) -> FamilyDraft:
    found = FamilyDraft.objects.filter(key=key, employer_no=account.employer_no)
    draft = found.select_related("declaration").first()
    if draft is None:
        raise Http404
    return draft


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
def overview(request: HttpRequest, home: Household, account: Account) -> HttpResponse:
    """Each month that may be declared, each care of it, and where it stands. Posted: a new declaration begins."""
    family, windows = family_known(account), open_windows(today())
    if request.method == "POST":
        return _begin(request, family, windows)
    months = [(window, *expected_cares(family, window.month)) for window in windows]
    context = {
        "months": months,
        "next": None if windows and windows[0].month == today().replace(day=1) else next_window(today()),
        "has_employee": bool(family.employees),
        "waiting": sum(one.declared is None for _window, expected, _others in months[:1] for one in expected),
        "declared": any(one.declared for _window, expected, _others in months[:1] for one in expected),
    }
    return page(request, home, "cmg/declare/home.html", context)


def _begin(request: HttpRequest, family: Family, windows: list[Window]) -> HttpResponse:
    """The draft of the care and month asked for, with last month's values."""
    month = _month(request.POST.get("month", ""))
    wanted = (request.POST.get("employee_no"), request.POST.get("child_ids"))
    found = next((one for one in cares_of(family, month) if (one.employee_no, one.child_ids) == wanted), None)
    if found is None or month not in {window.month for window in windows}:
        raise Http404
    if any((one.employee_no, one.child_ids) == wanted for one in living_declarations(family, month)):
        raise _conflict("Ce mois est déjà déclaré pour cette garde. Vous pouvez corriger la déclaration.")
    draft = sending.start(
        employer_no=family.account.employer_no, care=found, month=month, copied=last_like(family, found, month),
        by=request.user, at=sending.moment(today()),
    )  # fmt: skip
    return redirect("cmg:declare_form", key=draft.key)


def _month(text: str) -> date:
    try:
        return month_of(text)
    except ValueError as wrong:
        raise Http404 from wrong


def _conflict(sentence: str) -> Conflict:
    return Conflict(sentence, link=reverse("cmg:declare"), action="Revoir mes déclarations")


@require_POST
@own_account
def change(request: HttpRequest, home: Household, account: Account) -> HttpResponse:
    """Begin to correct or cancel a declaration of the family."""
    family = family_known(account)
    kind = DeclarationKind.CANCELLATION if request.POST.get("kind") == "CANCELLATION" else DeclarationKind.CORRECTION
    number = request.POST.get("declaration_no", "")
    months = [window.month for window in open_windows(today())]
    living = [one for month in months for one in living_declarations(family, month)]
    declaration = next((one for one in living if one.declaration_no == number), None)
    if declaration is None:
        raise Http404
    draft = sending.start_change(declaration=declaration, kind=kind, by=request.user, at=sending.moment(today()))
    page = "cmg:declare_check" if kind == DeclarationKind.CANCELLATION else "cmg:declare_form"
    return redirect(page, key=draft.key)


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
def form(request: HttpRequest, home: Household, account: Account, key: UUID) -> HttpResponse:
    """Hours, days, pay and allowances, with the estimate as one types. What is typed is kept at each sending."""
    draft = own_draft(account, key)
    if draft.sent_at is not None:
        return redirect("cmg:declare_receipt", key=key)
    if draft.kind == DeclarationKind.CANCELLATION:
        return redirect("cmg:declare_check", key=key)
    at = sending.moment(today())
    action = request.POST.get("action", "next") if request.method == "POST" else "show"
    if action == "drop":
        sending.drop(draft_pk=draft.pk)
        messages.success(request, "Le brouillon est effacé. Rien n’a été envoyé.")
        return redirect("cmg:declare")
    if request.method == "POST":
        draft = sending.save(draft_pk=draft.pk, values=typed_of(request.POST), at=at)
    if action == "next" and not errors_of(cells_of(draft, at)):
        return redirect("cmg:declare_check", key=key)
    found, errors = _live(draft, at)
    if action == "estimate" and getattr(request, "htmx", False):
        return render(request, "cmg/declare/_estimate.html", {"estimate": found, "oob": True, "waits": _waits(errors)})
    shown = errors if action == "next" or (action == "estimate" and errors) else {}
    context = _draft_context(account, draft) | {
        "fields": asked(draft.values, shown), "errors": listed(shown, LABELS), "estimate": found, "saved": SAVED,
        "waits": _waits(errors),
        "calculated": action == "estimate",
    }  # fmt: skip
    return page(request, home, "cmg/declare/form.html", context, status=422 if shown else 200)


def _live(draft: FamilyDraft, at: datetime) -> tuple[Estimate | None, dict[str, str]]:
    """The amounts as one types, or what is still wrong."""
    try:
        return sending.estimate_of(draft, at=at, on=today(), told=False), {}
    except sending.WrongCells as wrong:
        return None, wrong.errors


def _waits(errors: dict[str, str]) -> list[str]:
    """The fields that the calculation waits for."""
    return [one["label"] for one in listed(errors, LABELS) if one["label"]]


def _draft_context(account: Account, draft: FamilyDraft) -> dict[str, object]:
    family = family_known(account)
    care = _care_of(family, draft)
    return {
        "draft": draft,
        "care": care,
        "is_copied": last_like(family, care, draft.care_month) is not None,
        "window": window_of(draft.care_month, today()),
        "is_correction": draft.kind == DeclarationKind.CORRECTION,
        "is_cancellation": draft.kind == DeclarationKind.CANCELLATION,
    }


def _care_of(family: Family, draft: FamilyDraft) -> Care:
    names = {child.child_id: child for child in children_of(family)}
    kinds = {one.employee_no: one.employee_kind for one in family.employees}
    children = tuple(names[child] for child in draft.child_ids.split("|") if child in names)
    return Care(draft.employee_no, kinds.get(draft.employee_no, EmployeeKind.CHILDMINDER), children)


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
def check(request: HttpRequest, home: Household, account: Account, key: UUID) -> HttpResponse:
    """The answers with what they give, and for a change the euros before and after. Posted: sent."""
    draft = own_draft(account, key)
    if request.method == "POST" or draft.sent_at is not None:
        return _send(request, draft)
    at = sending.moment(today())
    try:
        found = sending.estimate_of(draft, at=at, on=today(), compared=True)
    except sending.WrongCells:
        return redirect("cmg:declare_form", key=key)
    context = _draft_context(account, draft) | {
        "answers": _answers(draft), "estimate": found, "lines": _lines(found), "is_signed": _is_signed(draft),
        "is_issued": _is_issued(draft),
    }  # fmt: skip
    return page(request, home, "cmg/declare/check.html", context)


def _answers(draft: FamilyDraft) -> list[Asked]:
    """What was filled in, and what the month needs."""
    needed = ("hours", "days", "net_salary")
    return [one for one in asked(draft.values, {}) if one.value or one.field.name in needed]


def _lines(found: Estimate) -> list[tuple[str, int, int]]:
    """What the family's month gives before and after."""
    before, after = found.before, found.after
    lines = [
        ("À prélever", before.debit_cents, after.debit_cents),
        ("À recevoir", before.payout_cents, after.payout_cents),
    ]
    if before.held or after.held:
        lines.append(("À recevoir une fois la vérification finie", before.awaited_cents, after.awaited_cents))
    return lines


def _settled(draft: FamilyDraft) -> list[str]:
    """The states of the runs that settled the declaration, or the family's month."""
    found = Settlement.objects.filter(employer_no=draft.employer_no, care_month=draft.care_month, run__dry_run=False)
    return list(found.values_list("run__state", flat=True).distinct())


def _is_signed(draft: FamilyDraft) -> bool:
    """Whether a calculation of the month is being signed: this change enters with the next one."""
    return bool({RunState.TO_SIGN, RunState.SIGNED} & set(_settled(draft)))


def _is_issued(draft: FamilyDraft) -> bool:
    return bool({RunState.ISSUED, RunState.RECONCILED} & set(_settled(draft)))


def _send(request: HttpRequest, draft: FamilyDraft) -> HttpResponse:
    try:
        _draft, again = sending.send(key=draft.key, by=request.user, at=sending.moment(today()), on=today())
    except sending.WrongCells:
        return redirect("cmg:declare_form", key=draft.key)
    except sending.AlreadyDeclared as refused:
        raise _conflict(str(refused)) from refused
    address = reverse("cmg:declare_receipt", args=[draft.key])
    return redirect(address + ("?deja=1" if again else ""))


@require_GET
@own_account
def receipt(request: HttpRequest, home: Household, account: Account, key: UUID) -> HttpResponse:
    """What was sent, and what comes next with its dates."""
    draft = own_draft(account, key)
    if draft.sent_at is None or draft.declaration is None:
        return redirect("cmg:declare_form", key=key)
    journal(actor=request.user.get_username(), action="cmg.declaration.read", subject=f"cmg:employer:{draft.employer_no}",
            detail={"declaration": draft.declaration_no})  # fmt: skip
    context = _draft_context(account, draft) | {
        "done": _done(draft), "steps": _steps(draft), "number": f"{draft.declaration_no} v{draft.version}",
        "again": request.GET.get("deja") == "1", "answers": _answers(draft),
        "difference": estimate_difference(draft.declaration, on=today()),
    }  # fmt: skip
    return page(request, home, "cmg/declare/receipt.html", context)


def _done(draft: FamilyDraft) -> str:
    """What was done, with what is foreseen."""
    month = of_month(month_name(draft.care_month))
    if draft.kind == DeclarationKind.CANCELLATION:
        return f"La déclaration {month} est annulée."
    word = "Correction de la déclaration" if draft.kind == DeclarationKind.CORRECTION else "Déclaration"
    kept = draft.declaration.estimate if draft.declaration is not None else None
    if kept is None or kept.status not in ("SETTLED", "HELD"):
        return f"{word} {month} envoyée."
    if kept.status == "HELD":
        return f"{word} {month} envoyée. Rien n’est prélevé tant qu’une information est à vérifier."
    return f"{word} {month} envoyée. Prévu : {foreseen(kept)}."


def _steps(draft: FamilyDraft) -> list[dict[str, object]]:
    """What comes next, the last step being one that closes."""
    assert draft.sent_at is not None
    days = next_days(draft.sent_at.date(), draft.care_month)
    told = [f"{long_day(days.computed_on).capitalize()} : nous calculons votre mois, puis deux personnes le signent."]
    if draft.kind == DeclarationKind.CANCELLATION:
        told.append("Si de l’argent était déjà parti pour ce mois, la différence est corrigée au calcul suivant.")
    else:
        told.append("Si un chiffre change, nous vous l’écrivons avant l’envoi à la banque.")
        told += _movements(draft, days.debited_on, days.paid_on)
    return [{"text": text, "done": False} for text in told]


def _movements(draft: FamilyDraft, debited_on: date, paid_on: date) -> list[str]:
    kept = draft.declaration.estimate if draft.declaration is not None else None
    if kept is None or kept.status != "SETTLED":
        return ["Dès que c’est réglé, vous lisez ici la date de chaque mouvement."]
    single = kept.total_debit_cents if kept.all_in_one else None
    taken = max(single, 0) if single is not None else kept.debit_cents
    paid = max(-single, 0) if single is not None else kept.payout_cents
    lines = [f"{long_day(debited_on).capitalize()} : {short(taken)} sont prélevés."] if taken else []
    if paid and not kept.payout_blocked:
        lines.append(f"{long_day(paid_on).capitalize()} : {short(paid)} arrivent sur votre compte.")
    return lines or ["Rien ne bouge sur votre compte pour ce mois."]
