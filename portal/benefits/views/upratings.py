"""`/agent/prestations/revalorisation/`: what is announced, one preview, and what is done to it."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.permissions import for_roles, moment_on, today
from portal.batches.models import RunState
from portal.batches.pages import bar_context
from portal.benefits.models import Uprating, UpratingLine, UpratingState
from portal.benefits.running.tasks import work_on_run
from portal.benefits.uprating import operations
from portal.benefits.uprating.guards import FIGURES, Announced, ProposalRefused, read_value
from portal.benefits.uprating.previewing import sides_of
from portal.benefits.uprating.scale import scale_of
from portal.benefits.uprating.standing import compared, in_file
from portal.benefits.uprating.tasks import work_on_preview
from portal.benefits.uprating.telling import Side, change_words, crossing_told, sides_told, waiting_told
from portal.benefits.views.person_common import METHODS, Typed
from portal.benefits.views.uprating_common import (
    CONFIRM,
    RUN,
    SEE,
    address_of,
    done,
    get_uprating,
    of_own_funds,
    people_of,
    visible,
)
from portal.frame.forms import day_typed, form_key, key_of, listed, may
from portal.frame.paging import count_up_to, page_of

LABELS = {
    "figure": "Barème", "from_day": "Premier jour", "value": "Nouveau montant", "source": "Où ce montant est écrit",
    "reason": "Pourquoi un montant plus bas",
}  # fmt: skip
TONES = {UpratingState.CONFIRMED: "ok", UpratingState.IN_FORCE: "ok", UpratingState.WITHDRAWN: ""}
LARGEST = 10
DIFFERENCES_SHOWN = 25
ASKED = "Aperçu demandé, le calcul va commencer. Vous pouvez fermer cette page."


@never_cache
@require_http_methods(METHODS)
@for_roles(SEE)
def upratings(request: HttpRequest) -> HttpResponse:
    """What was announced, the last first; the form, for who may compute a month."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        if not may(request, RUN):
            return HttpResponse(status=404)
        try:
            return _proposed(request)
        except ProposalRefused as refused:
            errors = refused.errors
    page = page_of(Uprating.objects.all(), request.GET.dict(), order=("-pk",))
    context = {
        "page": page, "figures": FIGURES, "people": people_of(page.rows), "may_run": may(request, RUN), "key": key_of(request),
        "questions": _questions(request, errors), "errors": listed(errors, LABELS),
    }  # fmt: skip
    return render(request, "benefits/upratings.html", context, status=422 if errors else 200)


def _proposed(request: HttpRequest) -> HttpResponse:
    typed, key = Typed(request, {}, {}), form_key(request)
    day, value = day_typed(request, "from_day"), read_value(typed["value"])
    wrong = {
        "figure": "" if typed["figure"] in FIGURES else "Choisissez un barème de la liste.",
        "from_day": "" if day else "Écrivez une date, par exemple 01/04/2027.",
        "value": "" if value else "Écrivez un montant en euros, par exemple 488,20.",
    }
    if day is None or value is None or any(wrong.values()):
        raise ProposalRefused({name: told for name, told in wrong.items() if told})
    on = today()
    proposal = operations.Proposal(
        Announced(typed["figure"], day, value),
        typed["source"],
        typed["reason"],
        request.user.get_username(),
        moment_on(on),
    )
    kept, again = operations.propose(form_key=key, proposal=proposal, on=on)
    told = "C’était déjà proposé" if again else "Proposé"
    messages.success(request, f"{told}, référence {kept.number}. Rien ne change pour les familles : calculez l’aperçu.")
    return redirect(address_of(kept))


def _questions(request: HttpRequest, errors: dict[str, str]) -> list[object]:
    typed = Typed(request, {}, errors)
    return [
        typed.ask("figure", LABELS["figure"], choices=tuple(FIGURES.items())),
        typed.ask("from_day", LABELS["from_day"], unit="jj/mm/aaaa, le premier d’un mois"),
        typed.ask("value", LABELS["value"], unit="en euros par mois"),
        typed.ask("source", LABELS["source"], unit="instruction, décret, date"),
        typed.ask("reason", LABELS["reason"], unit="seulement s’il baisse"),
    ]


@never_cache
@require_GET
@for_roles(SEE)
def uprating(request: HttpRequest, number: int) -> HttpResponse:
    """One uprating: figures first, then what can be done, who is concerned, and what the files say."""
    found = get_uprating(number)
    context: dict[str, Any] = _about(found) | {
        "may_run": may(request, RUN), "may_confirm": may(request, CONFIRM),
        "why_not": operations.why_not_confirm(found, request.user.get_username(), today()),
    }  # fmt: skip
    if found.run is not None:
        context |= bar_context(found.run, asked=False)
    if context["seen"]:
        context |= _preview(request, found) | _on_the_day(request, found)
    return render(request, "benefits/uprating.html", context)


def _about(found: Uprating) -> dict[str, Any]:
    kept = found.state not in (UpratingState.PROPOSED, UpratingState.WITHDRAWN)
    return {
        "uprating": found, "name": FIGURES[found.key], "run": found.run, "moving": False,
        "people": people_of([found]), "tone": TONES.get(UpratingState(found.state), "wait"),
        "change": change_words(found), "seen": kept and found.run is not None and found.run.state == RunState.DONE,
    }  # fmt: skip


def _preview(request: HttpRequest, found: Uprating) -> dict[str, Any]:
    run = found.run
    assert run is not None
    sides = sides_told(run)
    largest = [
        (side, _largest(visible(request, found), side))
        for side in sides
        if not side.missing and side.figures["families"]
    ]
    return {
        "sides": sides, "crossing": crossing_told(run), "waiting": waiting_told(run),
        "scale": scale_of(sides_of(run)), "largest": largest,
    }  # fmt: skip


def _largest(seen: QuerySet[UpratingLine], side: Side) -> list[UpratingLine]:
    """Of the families that the person sees, those whose amount moves most, towards where the whole moves."""
    order = "-difference_cents" if side.difference_cents >= 0 else "difference_cents"
    return list(seen.filter(benefit=side.benefit).order_by(order, "pk")[:LARGEST])


def _on_the_day(request: HttpRequest, found: Uprating) -> dict[str, Any]:
    beside = compared(found)
    context: dict[str, Any] = {"file": in_file(found), "beside": beside}
    if beside is not None:
        context |= {
            "changed": list(of_own_funds(request, beside.changed).order_by("pk")[:DIFFERENCES_SHOWN]),
            "changed_count": count_up_to(beside.changed),
            "new": list(of_own_funds(request, beside.new).order_by("pk")[:DIFFERENCES_SHOWN]),
            "new_count": count_up_to(beside.new),
        }
    return context


@require_GET
@for_roles(SEE)
def uprating_progress(request: HttpRequest, number: int) -> HttpResponse:
    """The bar alone, asked for every second while the preview is computed; the page itself without htmx."""
    found = get_uprating(number)
    if not getattr(request, "htmx", False):
        return redirect(address_of(found))
    return render(
        request, "benefits/_uprating_progress.html", {"uprating": found, **bar_context(found.run, asked=False)}
    )


@require_POST
@for_roles(RUN)
def uprating_preview(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for the preview; workers are called, and the beat calls others if they die."""
    found, who = get_uprating(number), request.user.get_username()

    def ask() -> None:
        run = operations.ask_preview(uprating_pk=found.pk, on=today(), by=who)
        for _part in range(run.slices.count()):
            work_on_preview.delay(run_pk=run.pk)

    return done(request, found, ask, ASKED)


@require_POST
@for_roles(CONFIRM)
def uprating_confirm(request: HttpRequest, number: int) -> HttpResponse:
    """Say that this is the value, on the digest that was read."""
    found, who, digest = get_uprating(number), request.user.get_username(), request.POST.get("digest", "")

    def confirm() -> None:
        operations.confirm(uprating_pk=found.pk, digest=digest, by=who, at=moment_on(today()))

    said = f"Confirmé, référence {found.number}. Écrivez la ligne dans le barème pour le jour dit."
    return done(request, found, confirm, said)


@require_POST
@for_roles(RUN)
def uprating_in_force(request: HttpRequest, number: int) -> HttpResponse:
    """Note that the files hold the confirmed value."""
    found, who = get_uprating(number), request.user.get_username()
    said = "Entrée en vigueur notée. Le mois peut être calculé."
    return done(request, found, lambda: operations.put_in_force(uprating_pk=found.pk, by=who), said)


@require_POST
@for_roles(RUN)
def uprating_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Give up what was announced, with a reason."""
    found, who, reason = get_uprating(number), request.user.get_username(), Typed(request, {}, {})["reason"]

    def withdraw() -> None:
        operations.withdraw(uprating_pk=found.pk, reason=reason, by=who)

    return done(request, found, withdraw, "Annonce retirée. Rien n’a changé pour les familles.")


@require_POST
@for_roles(RUN)
def uprating_month(request: HttpRequest, number: int) -> HttpResponse:
    """Start the AEEH month, and go to its own page, where its digest is signed."""
    found = get_uprating(number)
    try:
        run = operations.recompute(uprating_pk=found.pk, on=today(), by=request.user.get_username())
    except operations.UpratingRefused as refused:
        messages.error(request, str(refused))
        return redirect(address_of(found))
    for _part in range(run.slices.count()):
        work_on_run.delay(run_pk=run.pk)
    return redirect("benefits:run", run=run.pk)
