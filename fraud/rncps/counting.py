"""What was looked up over some days, in figures: for the yearly extraction of a fund and for the report to Parliament."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from fraud.models import (
    ExchangeBody,
    RncpsAlert,
    RncpsAuthorisation,
    RncpsConfirmation,
    RncpsConsultation,
    RncpsResult,
    Verdict,
)
from fraud.rules.rncps import FOR_CONTROL, FOR_RIGHTS, Category

Figures = dict[str, Any]


def count_between(first: date, end: date, funds: list[str] | None = None) -> Figures:
    """The figures of the look-ups from `first` to the eve of `end`; of some funds, or of all. Nobody is named."""
    looks = RncpsConsultation.objects.filter(dated__gte=first, dated__lt=end)
    alerts = RncpsAlert.objects.filter(raised_on__gte=first, raised_on__lt=end)
    if funds is not None:
        looks, alerts = looks.filter(fund__in=funds), alerts.filter(fund__in=funds)
    asked = looks.filter(refusal="")
    return {
        "first": str(first), "end": str(end), "funds": funds,
        "bodies": _bodies(asked, end), "data": _data(asked), "authorisations": _authorisations(first, end, funds),
        "looks": _looks(asked), "uses": _uses(asked), "results": _results(asked),
        "refused": _counted(looks.exclude(refusal=""), "refusal"),
        "alerts": _counted(alerts, "kind"), "incidents": alerts.filter(verdict=Verdict.INCIDENT).count(),
    }  # fmt: skip


def _counted(found: QuerySet[Any], column: str) -> dict[str, int]:
    return dict(found.order_by(column).values_list(column).annotate(how_many=Count("pk")))


def _bodies(asked: QuerySet[RncpsConsultation], end: date) -> Figures:
    known = ExchangeBody.objects.filter(Q(until=None) | Q(until__gte=end), since__lt=end)
    return {"asking": asked.order_by().values("fund").distinct().count(), "exchanging": known.count()}


def _data(asked: QuerySet[RncpsConsultation]) -> dict[str, int]:
    counts = asked.aggregate(**{str(one): Count("pk", filter=Q(categories__contains=[str(one)])) for one in Category})
    return {name: count for name, count in counts.items() if count}


def _authorisations(first: date, end: date, funds: list[str] | None) -> Figures:
    found = RncpsAuthorisation.objects.all() if funds is None else RncpsAuthorisation.objects.filter(fund__in=funds)
    last = end - timedelta(days=1)
    in_force = found.filter(Q(ended_on=None) | Q(ended_on__gt=last), valid_from__lte=last, valid_to__gt=last)
    return {
        "in_force_on": str(last), "in_force": _counted(in_force, "fund"),
        "given": found.filter(valid_from__gte=first, valid_from__lt=end).count(),
        "ended": found.filter(ended_on__gte=first, ended_on__lt=end).count(),
    }  # fmt: skip


def _looks(asked: QuerySet[RncpsConsultation]) -> list[Figures]:
    found = (
        asked.annotate(month=TruncMonth("dated")).order_by("fund", "month", "motive").values("fund", "month", "motive")
    )
    return [
        {"fund": one["fund"], "month": f"{one['month']:%Y-%m}", "motive": one["motive"], "count": one["how_many"]}
        for one in found.annotate(how_many=Count("pk"))
    ]


def _uses(asked: QuerySet[RncpsConsultation]) -> Figures:
    return {
        "rights": asked.filter(motive__in=FOR_RIGHTS).count(), "control": asked.filter(motive__in=FOR_CONTROL).count(),
        "modes": _counted(asked, "mode"),
    }  # fmt: skip


def _results(asked: QuerySet[RncpsConsultation]) -> Figures:
    results = RncpsResult.objects.filter(consultation__in=asked)
    worth = RncpsConfirmation.objects.filter(consultation__in=asked)
    answered = results.filter(outcome="ANSWERED").count()
    return {
        "outcomes": _counted(results, "outcome"), "without": asked.filter(result=None).count(),
        "worth": _counted(worth, "worth"), "in_favour": worth.filter(in_favour=True).count(),
        "unconfirmed": answered - worth.count(),
    }  # fmt: skip
