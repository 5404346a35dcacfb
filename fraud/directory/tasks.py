"""Designations of who left: done by a Celery worker each morning; what is left is read from the rows."""

from celery import shared_task

from fraud.directory import operations
from portal.accounts.permissions import today


@shared_task(acks_late=True, ignore_result=True)
def revoke_departed(**_later_arguments: object) -> None:
    """Write down that who left their post is designated no more; done twice, nothing is left."""
    operations.revoke_departed(on=today())
