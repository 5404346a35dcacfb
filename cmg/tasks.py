"""Work of the CMG done by Celery workers. Messages carry ids; what is left to do is read from the rows."""

from datetime import date

from celery import shared_task

from cmg import operations
from cmg.family import control
from portal.accounts.permissions import today
from portal.batches.models import Run, RunState


@shared_task(acks_late=True, ignore_result=True)
def close_month(*, month: str, on: str, **_later_arguments: object) -> None:
    """Make a month ready and call the workers to its slices. A second delivery joins the same run."""
    run = operations.start_month(month=date.fromisoformat(month), on=date.fromisoformat(on))
    for _number in range(run.slices.count()):
        work_on_run.delay(run_pk=run.pk)


@shared_task(acks_late=True, ignore_result=True)
def work_on_run(*, run_pk: int, **_later_arguments: object) -> None:
    """Do slices of a run until none is left for this worker."""
    operations.do_slices(run_pk)
    operations.finish_month(run_pk=run_pk)


@shared_task(acks_late=True, ignore_result=True)
def sweep(**_later_arguments: object) -> None:
    """Take up the runs whose workers died: their slices are leased again."""
    for run_pk in Run.objects.filter(kind=operations.KIND, state=RunState.RUNNING).values_list("pk", flat=True):
        work_on_run.delay(run_pk=run_pk)


@shared_task(acks_late=True, ignore_result=True)
def control_family(*, report_pk: int, **_later_arguments: object) -> None:
    """The full control of a family that reported something nobody knows yet."""
    control.control_family(report_pk=report_pk, on=today())


@shared_task(acks_late=True, ignore_result=True)
def control_reports(**_later_arguments: object) -> None:
    """Controls that were asked for and not done: their message was lost, or their worker died."""
    for report_pk in control.waiting_reports():
        control_family.delay(report_pk=report_pk)
