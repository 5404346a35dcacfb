"""What a person must read: raised once, read once, by somebody else than who it is about."""

from datetime import date, datetime

from django.db import transaction

from fraud.models import AlertKind, RncpsAlert, Verdict
from portal.accounts.models import User
from portal.audit.operations import journal


class AlreadyRead(Exception):
    """The alert has its verdict. `str()` is the sentence shown."""


def raise_alert(
    *, key: str, kind: AlertKind, told: str, on: date, fund: str = "", officer_pk: int | None = None
) -> RncpsAlert:  # fmt: skip
    """Keep one alert; the same key again changes nothing."""
    found, _new = RncpsAlert.objects.get_or_create(
        key=key, defaults={"kind": kind, "told": told, "raised_on": on, "fund": fund, "officer_id": officer_pk}
    )
    return found


def read_alert(*, alert_pk: int, verdict: str, said: str, by_pk: int, at: datetime) -> RncpsAlert:
    """Say what an alert was. Raises AlreadyRead for one that is read, about oneself, or read without a word."""
    words, reader = said.strip()[:500], User.objects.get(pk=by_pk)
    if verdict not in Verdict.values or not words:
        raise AlreadyRead("Choisissez ce qu’était cette alerte, et dites en une phrase ce que vous avez vérifié.")
    with transaction.atomic():
        alert = RncpsAlert.objects.select_for_update(of=("self",)).get(pk=alert_pk)
        if alert.verdict:
            raise AlreadyRead("Cette alerte est déjà lue : rien n’a changé.")
        if alert.officer_id == by_pk:
            raise AlreadyRead("Cette alerte parle de vous : une autre personne la lit.")
        alert.verdict, alert.said, alert.read_by, alert.read_at = verdict, words, reader, at
        alert.save(update_fields=["verdict", "said", "read_by", "read_at"])
        journal(
            actor=reader.get_username(), action="control.rncps_alert_read", subject=f"rncps:alert:{alert.pk}",
            detail={"verdict": verdict}, at=at,
        )  # fmt: skip
    return alert
