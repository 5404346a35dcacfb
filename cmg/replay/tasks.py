"""The replay done by a Celery worker: the message carries its row's key."""

from celery import shared_task

from cmg.replay.operations import run_replay


@shared_task(acks_late=True, ignore_result=True)
def replay(*, replay_pk: int, **_later_arguments: object) -> None:
    """Do a replay from end to end. A second delivery finds it done, or leaves it to whoever is at it."""
    run_replay(replay_pk=replay_pk)
