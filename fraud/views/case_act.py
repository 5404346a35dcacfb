"""The form of one act, its letter shown before it leaves; and a case opened by hand."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html, format_html_join
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cmg.models import Account
from fraud.cases.acting import Act, ActRefused, AlreadyDone, check_words
from fraud.cases.opening import CaseAlreadyOpen, open_case
from fraud.cases.selectors import live_penalty
from fraud.guarding import refuse_linked
from fraud.models import CaseAct, CaseSource, ControlCase
from fraud.views.case_acts import FORMS
from fraud.views.case_common import Field, case_or_404, closed_to_linked, listed, read_fields
from fraud.views.case_form import CaseForm
from portal.accounts.permissions import for_roles, funds_on, moment_on, today
from portal.accounts.rights import Right, holders
from portal.frame.forms import form_key, key_of
from portal.letters.preview import preview_of

NO_LETTER = (
    "Aucun courrier ne part : la somme est déjà notifiée par le service de la prestation, ou elle ne se réclame pas (sous le "
    "seuil, ou trop ancienne). Le dossier s’y rattache."
)
NOT_NOW = "Ce geste ne se fait pas à cette étape du dossier. Rien n’a été fait."
ACT = holders(Right.TREAT_CONTROL, Right.DIRECT_CONTROL)
BY_HAND = tuple(one for one in CaseSource.choices if one[0] != CaseSource.DATA_MATCH)
BENEFITS = (
    ("CMG", "Complément de mode de garde"), ("RSA", "RSA"), ("PPA", "Prime d’activité"), ("APL", "Aide au logement"),
    ("ASF", "Allocation de soutien familial"), ("AF", "Allocations familiales"),
)  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(ACT)
@closed_to_linked
def case_act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Fill, read the letter, send. A second sending of the form changes nothing."""
    found, form = case_or_404(request, number, f"control.form.{act}"), FORMS.get(act)
    if form is None or not _may(request, found, form):
        raise Http404
    fields, values, preview = form.fields(found, today()), {}, None
    offered = form.is_offered(found, live_penalty(found))
    if request.method == "POST":
        key = form_key(request)
        if (done := CaseAct.objects.filter(form_key=key, case=found).first()) is not None:
            messages.info(request, str(AlreadyDone(done)))
            return redirect("fraud:case", number=found.number)
        fields, values = read_fields(request, fields)
        if not offered:
            return _page(request, found, form, fields, refused=NOT_NOW)
        if not listed(fields):
            try:
                if not form.is_letter or request.POST.get("step") == "send":
                    return _do(request, found, form, values, key)
                preview = _preview(found, form, values)
            except ActRefused as refused:
                return _page(request, found, form, fields, refused=str(refused))
    elif not form.is_offered(found, live_penalty(found)):
        return _page(
            request, found, form, fields, refused="Ce geste ne se fait pas à cette étape du dossier.", status=200
        )
    elif form.is_letter and not fields:
        try:
            preview = _preview(found, form, values)
        except ActRefused as refused:
            return _page(request, found, form, fields, refused=str(refused), status=200)
    return _page(request, found, form, fields, preview=preview)


def _may(request: HttpRequest, found: ControlCase, form: CaseForm) -> bool:
    funds = funds_on(request.user, today(), form.right)  # type: ignore[arg-type]
    return funds is None or found.fund in funds


def _do(request: HttpRequest, found: ControlCase, form: CaseForm, values: dict[str, Any], key: UUID) -> HttpResponse:
    day = today()
    try:
        form.run(found, values, Act(request.user.pk, day, moment_on(day), key))
    except AlreadyDone as done:
        messages.info(request, str(done))
    else:
        messages.success(request, f"{form.title} : c’est fait.")
    return redirect("fraud:case", number=found.number)


def _preview(found: ControlCase, form: CaseForm, values: dict[str, Any]) -> str:
    """Every letter that would leave; a line says so when none would."""
    shown = [(preview_of(code, facts, dated=today()),) for code, facts in form.letters(found, values, today())]
    return format_html_join("", "{}", shown) or format_html("<p>{}</p>", NO_LETTER)


def _page(
    request: HttpRequest, found: ControlCase, form: CaseForm, fields: list[Field], *, preview: str | None = None,
    refused: str = "", status: int = 422,
) -> HttpResponse:  # fmt: skip
    errors = listed(fields)
    context = {
        "one": found, "form": form, "fields": fields, "errors": errors, "refused": refused, "preview": preview,
        "key": key_of(request), "is_letter": form.is_letter,
    }  # fmt: skip
    return render(request, "fraud/case_act.html", context, status=status if errors or refused else 200)


def _new_fields(funds: list[str]) -> list[Field]:
    return [
        Field("fund", "Caisse", "choice", choices=tuple((fund, fund) for fund in funds)),
        Field("employer_no", "Numéro de la famille", hint="Le numéro d’employeur, tel que dans son dossier."),
        Field("title", "Intitulé", hint="Ce qui est vérifié, en quelques mots."),
        Field("source", "Origine", "choice", choices=BY_HAND),
        Field("legal_basis", "Texte", hint="Par exemple : CSS L. 114-9 et L. 114-10."),
        Field("purpose", "Pourquoi cette vérification", "long", "La personne lira cette phrase dans la lettre d’information."),
        Field("benefit", "Prestation", "choice", choices=BENEFITS),
        Field("on_site", "Vérification sur place", "yes", required=False),
        Field("new_fact", "Fait nouveau", "long", "Seulement si la famille a été vérifiée depuis moins de douze mois.",
              required=False),
    ]  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(holders(Right.TREAT_CONTROL))
@closed_to_linked
def case_new(request: HttpRequest) -> HttpResponse:
    """A case opened by hand, with its basis and its purpose."""
    fields, refused = _new_fields(funds_on(request.user, today(), Right.TREAT_CONTROL) or []), ""  # type: ignore[arg-type]
    if request.method == "POST":
        form_key(request)
        fields, values = read_fields(request, fields)
        if not listed(fields):
            try:
                return redirect("fraud:case", number=_open(request, values).number)
            except (ActRefused, CaseAlreadyOpen) as error:
                refused = str(error)
    errors = listed(fields)
    context = {"fields": fields, "errors": errors, "refused": refused, "key": key_of(request)}
    return render(request, "fraud/case_new.html", context, status=422 if errors or refused else 200)


def _open(request: HttpRequest, values: dict[str, Any]) -> ControlCase:
    day, fund, employer_no = today(), values["fund"], values["employer_no"]
    check_words(values["purpose"], values["title"])
    subject = f"cmg:employer:{employer_no}"
    refuse_linked(user=request.user, day=day, action="control.opened", subject=subject)  # type: ignore[arg-type]
    if not Account.objects.filter(employer_no=employer_no, fund=fund, known_until__isnull=True).exists():
        raise CaseAlreadyOpen("Ce numéro n’est pas celui d’une famille de cette caisse.")
    case = open_case(
        fund=fund, subject=subject, title=values["title"][:160], source=values["source"],
        legal_basis=values["legal_basis"][:80], purpose=values["purpose"][:300], benefit=values["benefit"],
        officer_pk=request.user.pk, on=day, at=moment_on(day), by=request.user.get_username(), on_site=values["on_site"],  # type: ignore[arg-type]
        new_fact=values["new_fact"],
    )  # fmt: skip
    messages.success(request, f"Le dossier {case.number} est ouvert. Prochaine étape : informer la personne.")
    return case
