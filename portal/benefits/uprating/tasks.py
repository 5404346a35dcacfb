"""Previews done by Celery workers. Messages carry a number; what is left to do is read from the rows."""

from celery import shared_task

from portal.batches.models import Run, RunState
from portal.batches.operations import retry_failed
from portal.benefits.uprating import previewing


@shared_task(acks_late=True, ignore_result=True)
def work_on_preview(*, run_pk: int, **_later_arguments: object) -> None:
    """Do slices of a preview until none is left for this worker."""
    previewing.do_slices(run_pk)
    previewing.finish(run_pk=run_pk)


@shared_task(acks_late=True, ignore_result=True)
def take_up(**_later_arguments: object) -> None:
    """Take up the previews whose message was lost or whose workers died."""
    for run_pk in Run.objects.filter(kind=previewing.KIND, state=RunState.RUNNING).values_list("pk", flat=True):
        retry_failed(run_pk)
        work_on_preview.delay(run_pk=run_pk)
