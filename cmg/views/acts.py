"""Repairing a family: the form of an act, its effect in euros, the confirmation with a reason, the receipt, the undo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from cmg import selectors
from cmg.models import Account, FamilyMerge, MergeState, Repair, Right
from cmg.remedies.limits import RemedyRefused
from cmg.repairs import doing, reading, regularising
from cmg.repairs.acts import ACTS, PAJEMPLOI, Act
from cmg.repairs.asking import FieldError, entries_of, read_values, typed_of
from cmg.repairs.entering import ChangedMeanwhile, undo
from cmg.repairs.previewing import MonthEffect
from cmg.selectors import SUBJECT
from cmg.two_sides import rights_of
from cmg.views.access import AGENTS, CASEWORKERS, for_roles, moment_on, today
from cmg.views.next_dossier import following
from portal.casework import selectors as dossiers
from portal.casework.models import Dossier
from portal.casework.operations import OPEN_STATES
from portal.casework.presence import note_presence
from portal.frame.errors import Version
from portal.frame.forms import form_key
from portal.frame.templatetags.portal import hour


@dataclass
class Sheet:
    """What the page of an act shows, filled step by step."""

    act: Act
    account: Account
    rights: Sequence[Right]
    right: Right | None
    typed: Mapping[str, str]
    reason: str = ""
    version: str = ""
    key: str = field(default_factory=lambda: str(uuid4()))
    errors: list[FieldError] = field(default_factory=list)
    refusal: str = ""
    effects: list[MonthEffect] | None = None
    conflict: dict[str, object] | None = None
    status: int = 200

    def order(self) -> doing.Order | None:
        """The act to try or do, or None with `errors` or `refusal` saying why not."""
        values, self.errors = read_values(self.act, self.typed)
        if self.act.needs_right and self.right is None:
            self.refusal = (
                "Choisissez le droit concerné." if self.rights else "Aucun droit de ce côté pour cette famille."
            )
        return None if self.errors or self.refusal else doing.Order(self.act, self.account, self.right, values)


def get_family(request: HttpRequest, employer_no: str) -> Account:
    """The family's account, or « page introuvable »."""
    try:
        return selectors.get_account(employer_no, request.user, today())
    except Account.DoesNotExist as unknown:
        raise Http404 from unknown


def open_dossier(employer_no: str) -> Dossier | None:
    """The family's dossier while it is open."""
    found = dossiers.last_of(SUBJECT + employer_no)
    return found if found is not None and found.state in OPEN_STATES else None


def reason_of(request: HttpRequest, name: str = "reason", most: int = 300) -> str:
    """What was typed as a reason."""
    return request.POST.get(name, "").replace("\x00", "").strip()[:most]


@for_roles(CASEWORKERS)
def repair(request: HttpRequest, act: str, employer_no: str) -> HttpResponse:
    """One act: its fields, then its effect, then done with a reason."""
    if act not in ACTS:
        raise Http404
    sheet = _sheet(request, ACTS[act], get_family(request, employer_no))
    if request.method == "POST" and request.POST.get("step") == "confirm":
        done = _confirm(request, sheet)
        if done is not None:
            return redirect("cmg:acts:repaired", repair=done.pk)
    if sheet.effects is None and not sheet.refusal and (request.method == "POST" or _is_plain(sheet)):
        _try(sheet)
        if sheet.effects is None and request.method == "POST" and sheet.conflict is None:
            sheet.status = 422
    return render(request, "cmg/acts/repair.html", _context(request, sheet), status=sheet.status)


def _is_plain(sheet: Sheet) -> bool:
    """Nothing to choose: its effect shows at once."""
    return not sheet.act.fields and (not sheet.act.needs_right or len(sheet.rights) == 1)


def _sheet(request: HttpRequest, act: Act, account: Account) -> Sheet:
    rights = reading.choices_of(act, account)
    asked = request.POST.get("right") or request.GET.get("droit") or ""
    right = next((one for one in rights if str(one.pk) == asked), rights[0] if len(rights) == 1 else None)
    if request.method == "POST":
        typed: Mapping[str, str] = {name: request.POST.get(name, "") for name in act.fields}
    else:
        typed = typed_of(right) if right is not None and act.code == "CHANGE_RIGHT" else {}
    sheet = Sheet(act, account, rights, right, typed, reason_of(request))
    sheet.version = request.POST.get("version") or reading.version_of(account)
    return sheet


def _try(sheet: Sheet) -> None:
    order = sheet.order()
    if order is not None:
        try:
            sheet.effects = doing.try_order(order, at=moment_on(today()), on=today())
        except RemedyRefused as refused:
            sheet.refusal = str(refused)


def _confirm(request: HttpRequest, sheet: Sheet) -> Repair | None:
    sheet.key = str(form_key(request))
    before = _done_with(sheet)
    if before is not None:
        messages.info(request, "C’est déjà reçu : rien n’a été fait deux fois.")
        return before
    order = sheet.order()
    if order is None:
        # The right chosen is no longer there: somebody replaced it.
        if not sheet.errors and request.POST.get("right"):
            _meet_conflict(sheet)
        return None
    try:
        return doing.do_order(
            order, version=sheet.version, reason=sheet.reason, by=request.user, at=moment_on(today()), on=today(),
            form_key=UUID(sheet.key), dossier=open_dossier(sheet.account.employer_no),
        )  # fmt: skip
    except ChangedMeanwhile:
        twin = _done_with(sheet)
        if twin is not None:
            return twin
        _meet_conflict(sheet)
    except RemedyRefused as refused:
        sheet.refusal, sheet.status = str(refused), 422
        _try_again(sheet, order)
    return None


def _done_with(sheet: Sheet) -> Repair | None:
    """What this form did already, for this family: a key seen elsewhere leads to nobody else's repair."""
    return Repair.objects.filter(form_key=sheet.key, employer_no=sheet.account.employer_no).first()


def _try_again(sheet: Sheet, order: doing.Order) -> None:
    """The effect stays in sight beside what was refused (a reason left empty)."""
    try:
        sheet.effects = doing.try_order(order, at=moment_on(today()), on=today())
    except RemedyRefused:
        sheet.effects = None


def _meet_conflict(sheet: Sheet) -> None:
    """Somebody else was first: what they did, what was typed, and the effect on what is known now."""
    since = reading.repair_since(sheet.account, sheet.version)
    cells = reading.changed_cells(since) if since is not None else []
    sheet.conflict = {
        "sentence": _who_was_first(since),
        "versions": [Version(f"{one.where}, {one.label.lower()}", one.after, sheet.typed.get(one.name, "")) for one in cells]
        + [Version("Votre motif", "", sheet.reason)],
    }  # fmt: skip
    sheet.refusal, sheet.status = "", 409
    sheet.account = Account.objects.get(employer_no=sheet.account.employer_no, known_until__isnull=True)
    sheet.rights = reading.choices_of(sheet.act, sheet.account)
    sheet.right = sheet.right if sheet.right in sheet.rights else (sheet.rights[0] if len(sheet.rights) == 1 else None)
    sheet.version, sheet.key = reading.version_of(sheet.account), str(uuid4())


def _who_was_first(since: Repair | None) -> str:
    if since is None:
        return (
            "Un fichier reçu depuis votre lecture a changé ce dossier. Voici l’effet sur ce qui est connu maintenant."
        )
    name = selectors.full_names([since.done_by]).get(since.done_by, since.done_by)
    return f"{name} a fait « {reading.act_words(since.act)} » à {hour(since.done_at)}. Votre motif est gardé."


def _context(request: HttpRequest, sheet: Sheet) -> dict[str, object]:
    dossier = open_dossier(sheet.account.employer_no)
    funds = {sheet.right.fund} if sheet.right is not None else reading.funds_of_family(sheet.account, sheet.rights)
    mine = sheet.act.desk in reading.desks_of(request.user, today(), funds)
    return {
        "sheet": sheet,
        "act": sheet.act,
        "account": sheet.account,
        "dossier": dossier,
        "choices": [(right, reading.right_words(right)) for right in sheet.rights],
        "entries": entries_of(sheet.act, sheet.typed, sheet.errors),
        "changed": [one for one in sheet.effects or [] if one.changes],
        "mine": mine,
        "desk": reading.DESK_WORDS[sheet.act.desk],
        "may_hand_over": not mine and may_propose(dossier, request, reading.BODY_OF[sheet.act.desk]),
        "present": note_presence(
            subject=SUBJECT + sheet.account.employer_no,
            user=request.user,
            at=timezone.now(),  # type: ignore[arg-type]
        ),
        "offered": dossier.hand_overs.filter(state="PROPOSED").exists() if dossier else False,
    }


def may_propose(dossier: Dossier | None, request: HttpRequest, body: str) -> bool:
    """Whether the person owns the dossier and the act belongs to the other body."""
    return dossier is not None and dossier.owner_id == request.user.pk and dossier.body != body


def get_repair(request: HttpRequest, pk: int) -> tuple[Repair, Account]:
    """A repair of a family that the person may see, or « page introuvable »."""
    found = Repair.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found, get_family(request, found.employer_no)


@for_roles(AGENTS)
def repaired(request: HttpRequest, repair: int) -> HttpResponse:
    """The receipt of a repair: what changed, what comes next, and the way back."""
    found, account = get_repair(request, repair)
    people = selectors.full_names([found.done_by])
    undone = Repair.objects.filter(undoes=found).first()
    issued = regularising.issued_months(found.employer_no, today())
    context = {
        "repair": found,
        "account": account,
        "who": people.get(found.done_by, found.done_by),
        "words": reading.act_words(found.act),
        "cells": reading.changed_cells(found),
        "undone": undone,
        "issued": issued,
        "may_undo": undone is None and _may_undo(request, found, account),
        "may_propose": bool(CASEWORKERS & set(request.portal_roles)),  # type: ignore[attr-defined]
        "steps": _next_steps(issued),
        "merge": FamilyMerge.objects.filter(repair=found, state=MergeState.MERGED).first(),
        "following": following(request, dossiers.last_of(SUBJECT + found.employer_no)),
        "may_part": PAJEMPLOI in reading.desks_of(request.user, today(), set()),
    }
    return render(request, "cmg/acts/repaired.html", context)


def _may_undo(request: HttpRequest, found: Repair, account: Account) -> bool:
    funds = reading.funds_of_family(account, rights_of(account))
    return found.undoes_id is None and doing.may_undo(found, request.user, today(), funds)


def _next_steps(issued: list[date]) -> list[dict[str, object]]:
    steps = [
        {"text": "La réparation est enregistrée, les deux côtés la voient.", "done": True},
        {"text": "Les mois pas encore émis la prennent à leur prochain calcul, sans autre geste.", "done": False},
    ]
    if issued:
        steps.append(
            {"text": "Les mois déjà émis se corrigent par une liste à vérifier : voir plus bas.", "done": False}
        )
    return steps


@for_roles(CASEWORKERS)
def undo_repair(request: HttpRequest, repair: int) -> HttpResponse:
    """What undoing gives, then the undo with its reason."""
    found, account = get_repair(request, repair)
    if not _may_undo(request, found, account):
        raise Http404
    again = Repair.objects.filter(undoes=found).first()
    if again is not None:
        return redirect("cmg:acts:repaired", repair=again.pk)
    refusal, status, effects = "", 200, None
    if request.method == "POST":
        try:
            done = undo(repair_pk=found.pk, reason=reason_of(request), by=request.user.get_username(), at=moment_on(today()))  # fmt: skip
            return redirect("cmg:acts:repaired", repair=done.pk)
        except RemedyRefused as refused:
            refusal, status = str(refused), 409 if isinstance(refused, ChangedMeanwhile) else 422
    try:
        effects = doing.try_undo(found, at=moment_on(today()), on=today())
    except RemedyRefused as refused:
        refusal = refusal or str(refused)
    context = {
        "repair": found, "account": account, "words": reading.act_words(found.act), "refusal": refusal,
        "effects": effects, "changed": [one for one in effects or [] if one.changes], "reason": reason_of(request),
    }  # fmt: skip
    return render(request, "cmg/acts/undo.html", context, status=status)
