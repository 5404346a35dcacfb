"""E-mails of appointments: one row an e-mail, sent as notices are (`portal.notices.outgoing`).

Rows of their own: they hold nothing of a family, are erased with its request, and are judged once more before they leave.
A subject, and the text that a screen shows by itself, name neither a commune, nor a desk, nor anybody: who reads over a
shoulder learns nothing of where a family lives.
"""

from datetime import date, datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from monenfant.appointments.links import follow_address
from monenfant.appointments.routing import desk_of
from monenfant.models import AppointmentMail, AppointmentRequest, AppointmentState, MailKind
from portal.frame.templatetags.portal import hour, long_day
from portal.notices import outgoing
from portal.people.vault import decrypt_row

SUBJECTS = {
    MailKind.RECEIVED: "Votre demande est reçue",
    MailKind.PROPOSED: "Une réponse vous attend",
    MailKind.CONFIRMED: "Votre rendez-vous est noté",
    MailKind.CANCELLED: "Votre rendez-vous est annulé",
    MailKind.PASSED_ON: "Des nouvelles de votre demande",
    MailKind.REMINDER: "Rappel de votre rendez-vous",
    MailKind.TO_DESK: "Une demande de rendez-vous vous attend",
}
SENTENCES = {
    MailKind.RECEIVED: "Votre demande de rendez-vous est reçue. Nous y répondons au plus tard le {due}.",
    MailKind.PROPOSED: "Des horaires vous sont proposés. Choisissez-en un avant qu’ils passent, au plus tard le {due}.",
    MailKind.CONFIRMED: "Votre rendez-vous est fixé le {meeting}. Le lien donne le lieu, et de quoi le noter dans votre agenda.",
    MailKind.CANCELLED: "Votre demande de rendez-vous est annulée. Le lien dit pourquoi.",
    MailKind.PASSED_ON: "Nous n’avons pas reçu de réponse à temps pour vous. Une autre équipe a pris votre demande : le lien"
    " dit qui. Vous avez une réponse au plus tard le {due}.",
    MailKind.REMINDER: "Vous avez rendez-vous demain, le {meeting}. Vous ne pouvez pas venir ? Dites-le par le lien.",
    MailKind.TO_DESK: "La demande {number} attend votre réponse, au plus tard le {due}.",
}


# A family that had agreed on a time must read first that it is over.
MOVED = ("Votre rendez-vous change", "Votre rendez-vous du {meeting} n’a plus lieu. D’autres horaires vous sont proposés : choisissez"
         " au plus tard le {due}.")  # fmt: skip


def ask_mail(request: AppointmentRequest, kind: MailKind, *, about: str = "") -> None:
    """Ask for an e-mail in the caller's transaction, if there is an address to send it to. The same key again asks nothing.

    `about` tells one e-mail of a kind from the next: a round, a day.
    """
    if not _address(request, kind):
        return
    key = ":".join(filter(None, (str(request.pk), kind, about)))
    AppointmentMail.objects.bulk_create(
        [AppointmentMail(request=request, kind=kind, key=key, next_try_at=timezone.now())], ignore_conflicts=True
    )
    from monenfant.appointments.tasks import send_mails

    transaction.on_commit(lambda: send_mails.delay(), robust=True)


def _address(request: AppointmentRequest, kind: str) -> str:
    if kind == MailKind.TO_DESK:
        desk = desk_of(request.desk_no)
        return (desk.email or "") if desk else ""
    return decrypt_row(bytes(request.sealed))["email"]


def waiting_mails(now: datetime) -> list[int]:
    """E-mails whose turn has come, the oldest first."""
    return outgoing.oldest(AppointmentMail.objects.all(), now)


def send_mail(*, mail_pk: int) -> AppointmentMail | None:
    """Send one e-mail, unless somebody else is at it. The address stands neither in the row nor in a log: of an error, its
    kind alone is kept."""
    rows = AppointmentMail.objects.select_related("request")
    sent: AppointmentMail | None = outgoing.send(rows, mail_pk, _made, lambda _mail, error: type(error).__name__)
    return sent


def _made(mail: AppointmentMail) -> outgoing.Made:
    address = _address(mail.request, mail.kind)
    return (None, "périmé") if not address or is_outdated(mail) else (message_of(mail, address), "")


def is_outdated(mail: AppointmentMail) -> bool:
    """Whether what the e-mail says is no longer so: it told of times, of a meeting or of a wait that something ended."""
    wanted = {
        MailKind.PROPOSED: AppointmentState.PROPOSED, MailKind.CONFIRMED: AppointmentState.CONFIRMED,
        MailKind.REMINDER: AppointmentState.CONFIRMED, MailKind.PASSED_ON: AppointmentState.NEW,
        MailKind.TO_DESK: AppointmentState.NEW,
    }.get(MailKind(mail.kind))  # fmt: skip
    moved = mail.kind == MailKind.REMINDER and not mail.key.endswith(f":{meeting_day(mail.request)}")
    return moved or (wanted is not None and mail.request.state != wanted)


def meeting_day(request: AppointmentRequest) -> date | None:
    return timezone.localdate(request.starts_at) if request.starts_at else None


def message_of(mail: AppointmentMail, address: str) -> EmailMessage:
    """A sentence and an address: the family's own, or the desk's page, which asks who reads it."""
    request, kind = mail.request, MailKind(mail.kind)
    is_moved = kind == MailKind.PROPOSED and request.starts_at is not None
    subject, sentence = MOVED if is_moved else (SUBJECTS[kind], SENTENCES[kind])
    meeting = f"{long_day(request.starts_at)} à {hour(request.starts_at)}" if request.starts_at else ""
    desk_page = str(settings.PORTAL_ADDRESS) + reverse("monenfant:desk_request", args=[request.pk])
    context = {
        "sentence": sentence.format(due=long_day(request.due_on), meeting=meeting, number=request.number),
        "address": desk_page if kind == MailKind.TO_DESK else follow_address(request),
        "is_family": kind != MailKind.TO_DESK, "number": request.number, "portal_name": settings.PORTAL_NAME,
        "portal_phone": settings.PORTAL_PHONE, "portal_hours": settings.PORTAL_HOURS,
    }  # fmt: skip
    text = render_to_string("monenfant/appointment_mail.txt", context)
    return EmailMessage(subject, text, None, [address], headers=outgoing.message_id("appointment", mail.pk))
