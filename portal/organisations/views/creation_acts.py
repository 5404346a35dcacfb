"""What is done with a creation file: a vote, an opinion, the order, the first day, a withdrawal. One form an act."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.permissions import for_roles, moment_on, today
from portal.casework.moves import MoveNotAllowed
from portal.frame.errors import Conflict
from portal.frame.forms import day_typed, form_key, get_one, key_of, question
from portal.frame.questions import Choices, Question, typed_text
from portal.organisations.joint.acting import JointRefused, conducts
from portal.organisations.joint.files import Entered, body_names, enter_opinion, enter_order, enter_vote, withdraw
from portal.organisations.joint.living import go_live
from portal.organisations.joint.selectors import lacking
from portal.organisations.models import CreationFile, CreationState
from portal.organisations.rules.creation import CREATION, NATIONAL_NAMES
from portal.organisations.views.creation_new import in_order, who_of
from portal.organisations.views.joint_funds import CONDUCT

S = CreationState
WAYS: Choices = (("", "Choisir…"), ("1", "favorable"), ("0", "défavorable"))
LABELS = {
    "body": "Organisme", "is_favourable": "Sens", "on": "Jour", "reference": "Référence", "order_signed_on": "Signé le",
    "starts_on": "Premier jour", "reason": "Pourquoi", "votes": "Votes", "opinions": "Avis",
}  # fmt: skip


@dataclass(frozen=True)
class FileAct:
    """One act: from which states; what it does, in a sentence."""

    code: str
    label: str
    effect: str
    states: tuple[str, ...]
    quiet: bool = False
    article: str = CREATION


ACTS = {
    one.code: one
    for one in (
        FileAct("vote", "Inscrire un vote", "Le conseil de chaque organisme concerné vote une fois ; tous doivent être favorables.",
                (S.PROPOSED, S.NATIONAL_OPINIONS)),
        FileAct("avis", "Inscrire un avis", "Les organismes nationaux donnent leur avis. Défavorable, il n’arrête pas le dossier.",
                (S.NATIONAL_OPINIONS,)),
        FileAct("arrete", "Inscrire l’arrêté", "L’arrêté du ministre crée la caisse et donne son premier jour. Il ne change plus ensuite.",
                (S.NATIONAL_OPINIONS,)),
        FileAct("mise-en-service", "Mettre en service",
                "La caisse commune tient ses branches depuis son premier jour. Le portail le fait seul ce jour-là, dès minuit.",
                (S.ORDER_SIGNED,)),
        FileAct("retirer", "Retirer le dossier", "Rien ne sera créé par ce dossier. Un autre pourra être ouvert.",
                (S.PROPOSED, S.NATIONAL_OPINIONS, S.ORDER_SIGNED), quiet=True, article=""),
    )
}  # fmt: skip


def offered(file: CreationFile, on: date) -> list[FileAct]:
    """The acts that can be done now; the next step comes first."""
    able = [_named(file, one) for one in ACTS.values() if file.state in one.states and _is_time(file, one, on)]
    return sorted(able, key=lambda one: one.quiet)


def _named(file: CreationFile, act: FileAct) -> FileAct:
    """Once every board is favourable, a vote is only corrected."""
    corrects = act.code == "vote" and file.state != S.PROPOSED
    return replace(act, label="Corriger un vote", quiet=True) if corrects else act


def _is_time(file: CreationFile, act: FileAct, on: date) -> bool:
    has_begun = file.starts_on is not None and file.starts_on <= on
    if act.code == "arrete":
        return not lacking(file)
    return has_begun if act.code == "mise-en-service" else not (act.code == "retirer" and has_begun)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(CONDUCT)
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The form of an act, then what was done."""
    found, asked = get_one(CreationFile.objects.all(), pk), ACTS.get(code)
    if asked is None or not conducts(request.user, found.departement, today()):  # type: ignore[arg-type]
        raise Http404
    errors: dict[str, str] = {}
    if request.method == "POST":
        form_key(request)
        try:
            messages.success(request, DO[code](request, found))
        except JointRefused as refused:
            errors = refused.errors
        except MoveNotAllowed as moved:
            raise _already(found) from moved
        else:
            return redirect("organisations:creation_file", pk=pk)
    elif code not in [one.code for one in offered(found, today())]:
        raise _already(found)
    context = {
        "one": found, "act": _named(found, asked), "questions": _questions(request, found, code, errors),
        "errors": in_order(errors, LABELS), "key": key_of(request), "asks_reason": code == "retirer",
        "reason": _text(request, "reason"), "problem": errors.get("reason", ""),
    }  # fmt: skip
    return render(request, "joint/act.html", context, status=422 if errors else 200)


def _already(found: CreationFile) -> Conflict:
    lacks = " ".join(one.sentence for one in lacking(found))
    return Conflict(
        f"Ce dossier est « {found.get_state_display().lower()} » : cet acte n’est pas possible maintenant. {lacks}".strip(),
        link=reverse("organisations:creation_file", args=[found.pk]), action="Voir le dossier",
    )  # fmt: skip


def _text(request: HttpRequest, name: str, most: int = 200) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()[:most]


def _questions(request: HttpRequest, found: CreationFile, code: str, errors: dict[str, str]) -> list[Question]:
    if code == "arrete":
        return [
            question(request, "reference", LABELS["reference"], errors),
            question(request, "order_signed_on", LABELS["order_signed_on"], errors, unit="jour/mois/année"),
            question(request, "starts_on", LABELS["starts_on"], errors, unit="jour/mois/année"),
        ]
    if code not in ("vote", "avis"):
        return []
    names = body_names(found.concerned) if code == "vote" else NATIONAL_NAMES
    asked = found.concerned if code == "vote" else found.consulted
    bodies = (("", "Choisir…"), *((one, names.get(one, one)) for one in asked))
    return [
        question(request, "body", LABELS["body"], errors, choices=bodies),
        question(request, "is_favourable", LABELS["is_favourable"], errors, choices=WAYS),
        question(request, "on", LABELS["on"], errors, unit="jour/mois/année"),
        question(request, "reference", LABELS["reference"], errors),
    ]


def _entered(request: HttpRequest) -> Entered:
    way = {"1": True, "0": False}.get(request.POST.get("is_favourable", ""))
    return Entered(_text(request, "body"), day_typed(request, "on"), way, typed_text(request.POST.get("reference", "")))


ALREADY = "C’est déjà reçu : rien n’a été inscrit deux fois."


def _vote(request: HttpRequest, found: CreationFile) -> str:
    file, again = enter_vote(creation_pk=found.pk, vote=_entered(request), who=who_of(request))
    if file.state != found.state:
        return "Le vote est inscrit. Tous les conseils sont favorables : le dossier va aux organismes nationaux."
    return ALREADY if again else "Le vote est inscrit."


def _opine(request: HttpRequest, found: CreationFile) -> str:
    again = enter_opinion(creation_pk=found.pk, opinion=_entered(request), who=who_of(request))[1]
    return ALREADY if again else "L’avis est inscrit."


def _order(request: HttpRequest, found: CreationFile) -> str:
    again = enter_order(
        creation_pk=found.pk, reference=_text(request, "reference"), signed_on=day_typed(request, "order_signed_on"),
        starts_on=day_typed(request, "starts_on"), who=who_of(request),
    )[1]  # fmt: skip
    return ALREADY if again else "L’arrêté est inscrit. La caisse commune commencera à son jour, sans autre geste."


def _begin(request: HttpRequest, found: CreationFile) -> str:
    again = go_live(creation_pk=found.pk, by=request.user.get_username(), on=today(), at=moment_on(today()))[1]
    return "Elle était déjà en service : rien n’a été fait deux fois." if again else "La caisse commune est en service."


def _withdraw(request: HttpRequest, found: CreationFile) -> str:
    again = withdraw(creation_pk=found.pk, reason=_text(request, "reason", 600), who=who_of(request))[1]
    return "Il était déjà retiré : rien n’a changé." if again else "Le dossier est retiré."


DO: dict[str, Callable[[HttpRequest, CreationFile], str]] = {
    "vote": _vote, "avis": _opine, "arrete": _order, "mise-en-service": _begin, "retirer": _withdraw,
}  # fmt: skip
