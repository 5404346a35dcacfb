"""Work of the CMG done by Celery workers. Messages carry ids; what is left to do is read from the rows."""

from datetime import date

from celery import shared_task

from cmg import operations
from cmg.family import control
from cmg.remedies.automatic import advance_what_is_late
from cmg.remedies.daily import issue_remedies
from cmg.remedies.ending import end_what_is_over
from cmg.remedies.following import follow_orders
from cmg.remedies.overpayments import collect_instalments
from portal.accounts.permissions import today
from portal.banking.issue import bank_folder
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
def advance_late(**_later_arguments: object) -> None:
    """Propose the advances of broken delays."""
    advance_what_is_late(on=today())


@shared_task(acks_late=True, ignore_result=True)
def end_remedies(**_later_arguments: object) -> None:
    """Close what nothing more can happen to."""
    end_what_is_over(on=today())


@shared_task(acks_late=True, ignore_result=True)
def collect_due(**_later_arguments: object) -> None:
    """Ask for the instalments that fall due."""
    collect_instalments(on=today())


@shared_task(acks_late=True, ignore_result=True)
def send_remedies(**_later_arguments: object) -> None:
    """Follow what the bank said of remedies, then send what waits outside any run."""
    follow_orders(on=today())
    issue_remedies(bank_folder(), on=today())


@shared_task(acks_late=True, ignore_result=True)
def control_family(*, report_pk: int, **_later_arguments: object) -> None:
    """The full control of a family that reported something nobody knows yet."""
    control.control_family(report_pk=report_pk, on=today())


@shared_task(acks_late=True, ignore_result=True)
def control_reports(**_later_arguments: object) -> None:
    """Controls that were asked for and not done: their message was lost, or their worker died."""
    for report_pk in control.waiting_reports():
        control_family.delay(report_pk=report_pk)
