"""Work of the runs of ARS and AEEH done by Celery workers. Messages carry ids; what is left is read from the rows."""

from datetime import date

from celery import shared_task

from portal.accounts.permissions import today
from portal.batches.models import Run, RunState
from portal.benefits.running import closing, paying_again
from portal.benefits.running.kinds import KINDS


@shared_task(acks_late=True, ignore_result=True)
def close_ars(*, school_year: int, on: str, **_later_arguments: object) -> None:
    """Make the ARS of a start of term ready and call the workers. A second delivery joins the same run."""
    _call_workers(closing.start_ars(school_year=school_year, on=date.fromisoformat(on)))


@shared_task(acks_late=True, ignore_result=True)
def close_aeeh(*, month: str, on: str, **_later_arguments: object) -> None:
    """The same, for the AEEH of a month."""
    _call_workers(closing.start_aeeh(month=date.fromisoformat(month), on=date.fromisoformat(on)))


def _call_workers(run: Run) -> None:
    for _number in range(run.slices.count()):
        work_on_run.delay(run_pk=run.pk)


@shared_task(acks_late=True, ignore_result=True)
def work_on_run(*, run_pk: int, **_later_arguments: object) -> None:
    """Do slices of a run until none is left for this worker."""
    closing.do_slices(run_pk)
    closing.finish(run_pk=run_pk)


@shared_task(acks_late=True, ignore_result=True)
def sweep(**_later_arguments: object) -> None:
    """Take up the runs whose workers died: their slices are leased again."""
    left = Run.objects.filter(kind__in=KINDS, state=RunState.RUNNING)
    for run_pk in left.values_list("pk", flat=True):
        work_on_run.delay(run_pk=run_pk)


@shared_task(acks_late=True, ignore_result=True)
def pay_again(**_later_arguments: object) -> None:
    """Order again what came back, once another account is known."""
    paying_again.pay_again(on=today(), by="portail")
