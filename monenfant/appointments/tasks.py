"""Appointments by the clock. Each task reads what is left from the rows, so that two at once or one killed lose nothing."""

from celery import shared_task
from django.utils import timezone

from monenfant.appointments import mails, sweeping
from portal.accounts.permissions import moment_on, today


@shared_task(acks_late=True, ignore_result=True)
def send_mails(**_later_arguments: object) -> None:
    """Call the workers to each e-mail whose turn has come."""
    for pk in mails.waiting_mails(timezone.now()):
        send_mail.delay(mail_pk=pk)


@shared_task(acks_late=True, ignore_result=True)
def send_mail(*, mail_pk: int, **_later_arguments: object) -> None:
    """Send one; delivered twice, it leaves once."""
    mails.send_mail(mail_pk=mail_pk)


@shared_task(acks_late=True, ignore_result=True)
def pass_on(**_later_arguments: object) -> None:
    """What desks left unanswered goes to the funds; what families left unchosen comes back to who answers."""
    on = today()
    sweeping.ask_again(on=on, at=moment_on(on))
    sweeping.pass_on_overdue(on=on, at=moment_on(on))


@shared_task(acks_late=True, ignore_result=True)
def remind(**_later_arguments: object) -> None:
    """Write to the families who come tomorrow."""
    sweeping.remind(on=today(), at=moment_on(today()))


@shared_task(acks_late=True, ignore_result=True)
def erase(**_later_arguments: object) -> None:
    """Erase the requests whose time of keeping is over."""
    sweeping.erase_old(on=today())
