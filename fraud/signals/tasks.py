"""Work of the matching rules done by Celery workers. Messages carry a date; what is left to do is read from the rows."""

from celery import shared_task

from fraud.signals import purging, running
from portal.accounts.permissions import today
from portal.batches.models import Run, RunState


@shared_task(acks_late=True, ignore_result=True)
def run(**_later_arguments: object) -> None:
    """Run every rule of the month, or end the run that a worker left."""
    running.run_signals(on=today())


@shared_task(acks_late=True, ignore_result=True)
def take_up(**_later_arguments: object) -> None:
    """End a run whose workers died."""
    if Run.objects.filter(kind=running.KIND, state=RunState.RUNNING).exists():
        running.run_signals(on=today())


@shared_task(acks_late=True, ignore_result=True)
def purge(**_later_arguments: object) -> None:
    """Note what cases came to, then forget what is due."""
    purging.note_outcomes()
    purging.purge_leads(on=today())
