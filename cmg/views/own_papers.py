"""Letters, messages with the team, and which e-mails a parent wants."""

from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from cmg.family.household import Household, moment_on
from cmg.family.messages import conversation, mark_read
from cmg.family.papers import about_message, keep_photo
from cmg.family.people import owner_of
from cmg.notices import KINDS
from cmg.views.access import today
from cmg.views.own import own_family, page
from portal.accounts.limits import forget, take_try
from portal.casework import selectors as dossiers
from portal.casework.papers import PaperRefused, Sent, check_paper, send_message
from portal.frame.forms import form_key
from portal.letters.answers import as_pdf
from portal.letters.blocks import paragraphs_of
from portal.letters.models import Letter
from portal.letters.selectors import letters_of
from portal.notices import operations as notices
from portal.notices.models import Contact, Notice, Seen, Unwanted

NOTICES_SHOWN = 10


@require_GET
@own_family
def letter_list(request: HttpRequest, home: Household) -> HttpResponse:
    """The letters, the last first; what was never opened says so."""
    seen = set(Seen.objects.filter(user=request.user, kind="letter").values_list("ref", flat=True))
    context = {"letters": [(letter, letter.pk in seen) for letter in letters_of(home.subject)[:100]]}
    return page(request, home, "cmg/family_space/letters.html", context)


@require_GET
@own_family
def letter(request: HttpRequest, home: Household, letter: int) -> HttpResponse:
    """One letter as text; opening it is reading it."""
    found = _opened(request, home, letter)
    context = {"letter": found, "blocks": paragraphs_of(found)}
    return page(request, home, "cmg/family_space/letter.html", context)


@require_GET
@own_family
def letter_pdf(request: HttpRequest, home: Household, letter: int) -> HttpResponse:
    """The letter as it left."""
    found = _opened(request, home, letter)
    return as_pdf(found)


def _opened(request: HttpRequest, home: Household, pk: int) -> Letter:
    """A letter of the family, from now on known as read. Raises Http404."""
    found = Letter.objects.filter(subject=home.subject, pk=pk).first()
    if found is None:
        raise Http404
    notices.note_seen(user_pk=request.user.pk, kind="letter", ref=found.pk, at=moment_on(today()))
    return found


@own_family
def message_list(request: HttpRequest, home: Household) -> HttpResponse:
    """The messages with the team, and a new one; the same form again sends nothing twice."""
    problem, at = "", moment_on(today())
    if request.method == "POST":
        try:
            sent = _send(request, home, at)
        except PaperRefused as refused:
            problem = str(refused)
        else:
            done = "C’est déjà reçu. Rien n’a été envoyé deux fois." if sent.again else "Votre message est envoyé."
            messages.success(request, done)
            return redirect("cmg:own_messages")
    context = {
        "conversation": conversation(home.subject), "owner": owner_of(home.subject, today()), "problem": problem,
        "text": request.POST.get("text", ""), "key": request.POST.get("key") or uuid4(),
    }  # fmt: skip
    answer = page(request, home, "cmg/family_space/messages.html", context, status=422 if problem else 200)
    mark_read(home.subject, by_family=True, at=at)
    return answer


def _send(request: HttpRequest, home: Household, at: datetime) -> Sent:
    """The message and its photo, both or neither. Raises PaperRefused."""
    by, photo = request.user.get_username(), request.FILES.get("photo")
    if photo is not None:
        check_paper(photo.size, photo.read(16))
    with transaction.atomic():
        sent = send_message(
            subject=home.subject, from_family=True, author=by, text=request.POST.get("text", ""),
            form_key=form_key(request), at=at, dossier=dossiers.last_of(home.subject),
        )  # fmt: skip
        if photo is not None and not sent.again:
            keep_photo(photo, subject=home.subject, about=about_message(sent.message), by=by, at=at)
    return sent


@own_family
def preferences(request: HttpRequest, home: Household) -> HttpResponse:
    """Where notices are sent, which ones, and whether their subjects say anything."""
    problem, contact = "", Contact.objects.filter(user=request.user).first()
    if request.method == "POST":
        address, discreet = request.POST.get("address", "").strip()[:254], bool(request.POST.get("discreet"))
        problem = _wrong_address(address) if address else ""
        if not problem:
            _keep(request, contact, address, discreet=discreet)
            return redirect("cmg:own_preferences")
    unwanted = set(Unwanted.objects.filter(user=request.user).values_list("kind", flat=True))
    context = {
        "contact": contact, "kinds": [(kind, kind.code not in unwanted) for kind in KINDS], "problem": problem,
        "typed": request.POST.get("address"),
        "sent": Notice.objects.filter(user=request.user, subject=home.subject).order_by("-pk")[:NOTICES_SHOWN],
    }  # fmt: skip
    return page(request, home, "cmg/family_space/preferences.html", context, status=422 if problem else 200)


def _wrong_address(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError:
        return "Cette adresse n’est pas complète. Exemple : emilie@exemple.fr"
    return ""


def _keep(request: HttpRequest, contact: Contact | None, address: str, *, discreet: bool) -> None:
    wanted = set(request.POST.getlist("wanted"))
    notices.prefer(user_pk=request.user.pk, wanted=wanted, kinds=[kind.code for kind in KINDS], discreet=discreet)
    if not address or (contact is not None and contact.address == address and contact.confirmed_at is not None):
        messages.success(request, "Vos préférences sont enregistrées.")
        return
    take_try(f"notice:{request.user.pk}")
    notices.give_address(user_pk=request.user.pk, address=address, discreet=discreet, at=moment_on(today()))
    messages.success(
        request, f"Un courriel est parti vers {address} : ouvrez le lien qu’il contient, dans les deux jours."
    )


@require_GET
@own_family
def confirm(request: HttpRequest, home: Household, token: str) -> HttpResponse:
    """The link of a confirmation, opened by the parent whose address it is."""
    try:
        notices.confirm_address(user_pk=request.user.pk, token=token, at=moment_on(today()))
    except notices.LinkExpired:
        return page(request, home, "cmg/family_space/link_expired.html", {}, status=410)
    forget(f"notice:{request.user.pk}")
    messages.success(request, "Votre adresse est confirmée : nous vous écrivons quand un message vous attend.")
    return redirect("cmg:own_preferences")
