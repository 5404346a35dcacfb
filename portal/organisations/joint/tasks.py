"""The first days of joint funds, and the days on which they end."""

import logging

from celery import shared_task

from portal.accounts.permissions import moment_on, today
from portal.batches.models import Run, RunState
from portal.organisations.joint.living import files_due, go_live
from portal.organisations.joint.returning import go_back, returns_due
from portal.organisations.joint.running import KIND, find_files

logger = logging.getLogger(__name__)


@shared_task(acks_late=True, ignore_result=True)
def begin_due(**_later_arguments: object) -> None:
    """Begin every fund whose day has come. Delivered twice, each begins once; one that fails does not hold up the others."""
    for pk in files_due(today()):
        try:
            go_live(creation_pk=pk, by="portail", on=today(), at=moment_on(today()))
        except Exception:
            logger.exception("joint fund of file %s did not begin", pk)


@shared_task(acks_late=True, ignore_result=True)
def end_due(**_later_arguments: object) -> None:
    """Give back what funds no longer hold: their day has come, by an order or with their experiment. Each once."""
    for body, day in returns_due(today()):
        try:
            go_back(body=body, ends_on=day, by="portail", on=today(), at=moment_on(today()))
        except Exception:
            logger.exception("files of joint fund %s did not go back", body)


@shared_task(acks_late=True, ignore_result=True)
def move_files(*, run_pk: int, **_later_arguments: object) -> None:
    """Find the open files of a fund that began or ended; delivered twice, the second finds nothing left."""
    find_files(Run.objects.get(pk=run_pk))


@shared_task(acks_late=True, ignore_result=True)
def take_up(**_later_arguments: object) -> None:
    """Take up the runs whose workers died: their slices are leased again."""
    for run in Run.objects.filter(kind=KIND, state=RunState.RUNNING):
        move_files.delay(run_pk=run.pk)
