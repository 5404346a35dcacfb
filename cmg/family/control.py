"""The full control of a family, asked for by a report that no known disagreement explains: every month, tried now."""

from datetime import date

import polars as pl
from django.utils import timezone

from cmg.closing.trial import try_month
from cmg.models import Report, ReportState
from cmg.remedies.reports import note_control
from cmg.repairs.previewing import months_of

BY = "portail"


def control_family(*, report_pk: int, on: date, by: str = BY) -> Report:
    """Try every declared month of the family, and note on the report the disagreements found. Repeatable."""
    report = Report.objects.get(pk=report_pk)
    codes = {code for month in months_of(report.employer_no, on) for code in codes_of(report.employer_no, month, on)}
    return note_control(report_pk=report.pk, codes=sorted(codes), by=by, at=timezone.now())


def codes_of(employer_no: str, month: date, on: date) -> set[str]:
    """The disagreements that a month of the family has now; those repaired by themselves are none."""
    found = try_month(month, [employer_no], on=on).anomalies
    return set(found.filter((pl.col("employer_no") == employer_no) & (pl.col("effect") != "PROCEED"))["code"])


def waiting_reports() -> list[int]:
    """Reports whose control has not been done: asked a moment ago, or lost with its worker."""
    found = Report.objects.filter(state__in=[ReportState.NEW_ANOMALY, ReportState.OPEN], controlled_at__isnull=True)
    return list(found.order_by("pk").values_list("pk", flat=True)[:200])
