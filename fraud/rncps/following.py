"""One morning of the directory: what waits is asked again, what is due is said."""

from datetime import date, datetime, timedelta

from fraud.models import AlertKind, RncpsAuthorisation
from fraud.rncps.alerts import raise_alert
from fraud.rncps.connector import Directory
from fraud.rncps.figures import number_on
from fraud.rncps.ordering import follow_orders
from fraud.rncps.reporting import raise_report_alerts


def follow_day(*, on: date, at: datetime, directory: Directory) -> int:
    """Lived twice, a day changes nothing more. How many deferred answers moved."""
    raise_report_alerts(on)
    _warn_of_ends(on)
    return follow_orders(on=on, at=at, directory=directory)


def _warn_of_ends(on: date) -> None:
    last = on + timedelta(days=number_on("rncps.authorisation_warning_days", on))
    ending = RncpsAuthorisation.objects.filter(ended_on=None, valid_from__lte=on, valid_to__gt=on, valid_to__lte=last)
    for one in ending.select_related("user").order_by("pk"):
        raise_alert(
            key=f"AUTHORISATION_ENDS:{one.pk}", kind=AlertKind.AUTHORISATION_ENDS, on=on, fund=one.fund,
            told=f"L’habilitation de {one.user.full_name} ({one.act_no}) se termine le {one.valid_to:%d/%m/%Y}.",
        )  # fmt: skip
