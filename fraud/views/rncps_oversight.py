"""Who watches the look-ups: alerts, visas, individual authorisations. The director gives, data protection reads."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fraud.models import RncpsAlert, RncpsAuthorisation, RncpsConsultation, RncpsOrder, Verdict
from fraud.rncps.alerts import AlreadyRead, read_alert
from fraud.rncps.authorising import Act, AuthorisationRefused, end_authorisation, give_authorisation, permit_of
from fraud.rncps.figures import number_on
from fraud.rncps.ordering import OrderRefused, decide_visa
from fraud.rncps.selectors import alerts_to_read, lists_to_read
from fraud.rules.rncps import CATEGORY_NAMES, LEAD, MOTIVE_WORDS, SENTENCES, holds
from fraud.views.rncps_common import (
    DIRECT,
    OVERSEE,
    VISA,
    day_typed,
    for_roles,
    get_one,
    key_of,
    listed,
    may,
    moment_on,
    question,
    today,
    told_moves,
)
from portal.accounts.models import Posting
from portal.accounts.permissions import for_national, funds_on, is_national
from portal.accounts.rights import Right, holders
from portal.frame.forms import form_key
from portal.frame.paging import count_up_to, page_of
from portal.frame.questions import Question, typed_text

OFFICERS_MOST = 200
LABELS = {
    "user": "Qui", "motives": "Motifs", "act_no": "Numéro de l’acte", "act_dated": "Acte du", "valid_from": "À partir du",
    "valid_to": "Jusqu’au (jour exclu)",
}  # fmt: skip


@require_GET
@for_roles(OVERSEE)
@for_national(Right.DIRECT_CONTROL, Right.SAMPLE_JOURNAL)
def oversight(request: HttpRequest) -> HttpResponse:
    """What a person must read: alerts, lists that wait for a visa; and how the last thirty days went."""
    since, unread = today() - timedelta(days=30), alerts_to_read()
    recent = RncpsConsultation.objects.filter(dated__gt=since, dated__lte=today())
    page = page_of(unread.select_related("officer"), request.GET.dict())
    context = {
        "page": page, "unread": count_up_to(unread), "since": since,
        "visas": lists_to_read().select_related("officer").order_by("pk")[:25], "key": key_of(request),
        "asked": count_up_to(recent.filter(refusal="")), "refused": count_up_to(recent.exclude(refusal="")),
        "authorised": sum(holds(permit_of(one), today()) for one in RncpsAuthorisation.objects.filter(ended_on=None)),
        "verdicts": Verdict.choices, "may_read": may(request, VISA), "words": MOTIVE_WORDS, "sentences": SENTENCES,
        "last_refused": recent.exclude(refusal="").select_related("officer").order_by("-pk")[:10],
    }  # fmt: skip
    return render(request, "fraud/rncps_oversight.html", context)


@require_POST
@for_roles(VISA)
def alert(request: HttpRequest, alert: int) -> HttpResponse:
    """Say what an alert was."""
    form_key(request)
    found = get_one(RncpsAlert.objects.all(), alert)
    try:
        read_alert(
            alert_pk=found.pk, verdict=request.POST.get("verdict", ""), said=request.POST.get("said", ""),
            by_pk=request.user.pk, at=moment_on(today()),  # type: ignore[arg-type]
        )  # fmt: skip
    except AlreadyRead as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "L’alerte est lue. Votre verdict compte dans l’extraction annuelle.")
    return redirect("fraud:rncps_oversight")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(VISA)
def visa(request: HttpRequest, order: int) -> HttpResponse:
    """Read a list before the directory does: who asks, for which axis, for how many people, which data; yes or no."""
    found = get_one(RncpsOrder.objects.filter(mode="COLLECTIVE").select_related("officer", "visa_by"), order)
    problem = ""
    if request.method == "POST":
        form_key(request)
        decision = request.POST.get("decision", "")
        try:
            if decision not in ("yes", "no"):
                raise OrderRefused("Choisissez : donner le visa, ou le refuser.")
            decide_visa(
                order_pk=found.pk, is_given=decision == "yes", reason=request.POST.get("reason", ""), by_pk=request.user.pk,  # type: ignore[arg-type]
                at=moment_on(today()),
            )  # fmt: skip
        except OrderRefused as refused:
            problem = str(refused)
        else:
            messages.success(request, "Votre visa est enregistré, avec sa raison." if decision == "yes" else "Le visa est refusé : "
                             "rien n’a été demandé, la liste est effacée.")  # fmt: skip
            return redirect("fraud:rncps_oversight")
    context = {
        "one": found, "problem": problem, "categories": [CATEGORY_NAMES[code] for code in found.categories],
        "reason": typed_text(request.POST.get("reason", "")), "key": key_of(request), "moves": told_moves(found.moves.order_by("pk")),
        "lead": LEAD,
    }  # fmt: skip
    return render(request, "fraud/rncps_visa.html", context, status=422 if problem else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(OVERSEE)
def authorisations(request: HttpRequest) -> HttpResponse:
    """Who may look people up, by which act, for which motives, until when; the director gives one more."""
    errors: dict[str, str] = {}
    if request.method == "POST" and may(request, DIRECT):
        errors = _give(request)
        if not errors:
            messages.success(request, "L’habilitation est donnée.")
            return redirect("fraud:rncps_authorisations")
    elif request.method == "POST":
        messages.error(request, "La direction donne les habilitations.")
    day, chosen = today(), request.POST.getlist("motives")
    found = _overseen(request).select_related("user", "given_by", "ended_by")
    page = page_of(found, request.GET.dict(), order=("-pk",))
    context = {
        "page": page, "total": count_up_to(found), "rows": [(one, holds(permit_of(one), day)) for one in page.rows],
        "words": MOTIVE_WORDS, "may_give": may(request, DIRECT), "key": key_of(request), "errors": listed(errors, LABELS),
        "problems": errors, "motives": [(code, words, code in chosen) for code, words in MOTIVE_WORDS.items()],
        "questions": [_officers(request, errors), *_act_questions(request, errors)], "years": number_on("rncps.authorisation_years", day),
    }  # fmt: skip
    return render(request, "fraud/rncps_authorisations.html", context, status=422 if errors else 200)


def _overseen(request: HttpRequest) -> QuerySet[RncpsAuthorisation]:
    """Those of the funds that the person directs; all of them, for who watches the whole country."""
    day, found = today(), RncpsAuthorisation.objects.all()
    funds = funds_on(request.user, day, Right.DIRECT_CONTROL)  # type: ignore[arg-type]
    if funds is None or is_national(request.user, day, Right.SAMPLE_JOURNAL):  # type: ignore[arg-type]
        return found
    return found.filter(fund__in=funds)


def _officers(request: HttpRequest, errors: dict[str, str]) -> Question:
    """Those whose posting gives the right, with their fund: nobody else can be authorised."""
    postings = (
        Posting.objects.in_force_on(today()).filter(role__in=holders(Right.ASK_RNCPS)).exclude(user=request.user.pk)
    )
    funds = funds_on(request.user, today(), Right.DIRECT_CONTROL)  # type: ignore[arg-type]
    postings = postings if funds is None else postings.filter(serves__in=funds)
    found = postings.select_related("user").order_by("user__last_name", "serves")[:OFFICERS_MOST]
    people = tuple(
        (f"{one.user_id}:{one.serves}", f"{one.user.full_name}, {one.serves}") for one in found if one.serves
    )
    return question(request, "user", LABELS["user"], errors, choices=(("", "Choisissez"), *people))


def _act_questions(request: HttpRequest, errors: dict[str, str]) -> list[Question]:
    units = {"act_no": ""}
    return [
        question(request, name, LABELS[name], errors, unit=units.get(name, "jour/mois/année"))
        for name in ("act_no", "act_dated", "valid_from", "valid_to")
    ]


def _give(request: HttpRequest) -> dict[str, str]:
    """Give one, or what is wrong, by field."""
    key: UUID = form_key(request)
    pk, _, fund = request.POST.get("user", "").partition(":")
    dated, first, end = (day_typed(request, name) for name in ("act_dated", "valid_from", "valid_to"))
    errors = {
        name: "Écrivez une date, par exemple 05/01/2026."
        for name, value in (("act_dated", dated), ("valid_from", first), ("valid_to", end)) if value is None
    }  # fmt: skip
    if (
        not (pk.isascii() and pk.isdecimal() and len(pk) < 10)
        or not Posting.objects.in_force_on(today()).filter(user=int(pk), serves=fund).exists()
    ):
        errors["user"] = "Choisissez une personne de la liste."
    if errors or dated is None or first is None or end is None:
        return errors
    try:
        give_authorisation(
            user_pk=int(pk), fund=fund, motives=[typed_text(code) for code in request.POST.getlist("motives")],
            act=Act(typed_text(request.POST.get("act_no", ""))[:40], dated, first, end), by_pk=request.user.pk, key=key,  # type: ignore[arg-type]
            on=today(), at=moment_on(today()),
        )  # fmt: skip
    except AuthorisationRefused as refused:
        return {refused.field: str(refused)}
    return {}


@require_POST
@for_roles(DIRECT)
def end(request: HttpRequest, authorisation: int) -> HttpResponse:
    """End one from today on."""
    form_key(request)
    found = get_one(_overseen(request), authorisation)
    try:
        end_authorisation(
            authorisation_pk=found.pk, reason=request.POST.get("reason", ""), by_pk=request.user.pk, on=today(),  # type: ignore[arg-type]
            at=moment_on(today()),
        )  # fmt: skip
    except AuthorisationRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "L’habilitation est terminée : plus aucune consultation dès maintenant.")
    return redirect("fraud:rncps_authorisations")
