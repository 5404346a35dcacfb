"""`/agent/caisses/competence/`: for a place, a branch, a scheme and a day, the body, why, by which article."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.accounts.permissions import for_roles, today
from portal.frame.forms import listed
from portal.frame.questions import Question, iso_day, typed_text
from portal.organisations.joint.acting import missions_now
from portal.organisations.joint.places import Place, place_meant
from portal.organisations.joint.selectors import SCHEMES
from portal.organisations.models import Branch
from portal.organisations.rules.competence import Competence, NoCompetentBody, competent_body
from portal.organisations.views.joint_funds import SEE

BRANCHES = {one.value: str(one.label) for one in (Branch.FAMILY, Branch.SICKNESS, Branch.COLLECTION)}
LABELS = {"lieu": "Commune ou département", "branche": "Branche", "regime": "Régime", "jour": "Jour"}
UNKNOWN = "Aucune commune ni aucun département ne porte ce nom. Écrivez par exemple Mende, 48000 ou 48."


@require_GET
@for_roles(SEE)
def competence(request: HttpRequest) -> HttpResponse:
    """A form in the address, so that an answer can be kept and sent."""
    typed = {name: typed_text(request.GET.get(name, "")) for name in ("lieu", "branche", "regime", "jour")}
    place, day = place_meant(typed["lieu"]), _day(typed["jour"])
    branch = typed["branche"] if typed["branche"] in BRANCHES else Branch.FAMILY.value
    scheme = typed["regime"] if typed["regime"] in SCHEMES else "GENERAL"
    errors = _errors(place, day, typed["lieu"]) if request.GET else {}
    answer, refusal = _answer(place, branch, scheme, day) if not errors else (None, "")
    context = {
        "questions": _questions(typed, branch, scheme, errors), "errors": listed(errors, LABELS),
        "place": place, "answer": answer, "refusal": refusal, "day": day, "branch": BRANCHES[branch], "scheme": SCHEMES[scheme],
    }  # fmt: skip
    return render(request, "joint/competence.html", context, status=422 if errors else 200)


def _errors(place: Place, day: date | None, typed: str) -> dict[str, str]:
    errors = {}
    if not typed:
        errors["lieu"] = "Écrivez une commune ou un département."
    elif not place.departement and not place.among:
        errors["lieu"] = UNKNOWN
    if day is None:
        errors["jour"] = "Écrivez un jour, par exemple 01/02/2009."
    return errors


def _questions(typed: dict[str, str], branch: str, scheme: str, errors: dict[str, str]) -> list[Question]:
    return [
        Question("lieu", LABELS["lieu"], typed["lieu"], error=errors.get("lieu", "")),
        Question("branche", LABELS["branche"], branch, choices=tuple(BRANCHES.items())),
        Question("regime", LABELS["regime"], scheme, choices=tuple(SCHEMES.items())),
        Question("jour", LABELS["jour"], typed["jour"] or f"{today():%d/%m/%Y}", "jour/mois/année", error=errors.get("jour", "")),
    ]  # fmt: skip


def _day(text: str) -> date | None:
    """Today when nothing is typed; None for a text that is no day."""
    try:
        return date.fromisoformat(iso_day(text)) if text else today()
    except ValueError:
        return None


def _answer(place: Place, branch: str, scheme: str, day: date | None) -> tuple[Competence | None, str]:
    if not place.departement or day is None:
        return None, ""
    try:
        return competent_body(place.departement, branch, scheme, day, missions_now(place.departement)), ""
    except NoCompetentBody as refused:
        return None, str(refused)
