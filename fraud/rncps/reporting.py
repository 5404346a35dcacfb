"""The report to Parliament: planned by an act, written by people, counted by the portal, validated and sent by the director."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from fraud.models import AlertKind, ParliamentReport, ParliamentReportMove, ParliamentSection
from fraud.rncps.alerts import raise_alert
from fraud.rncps.counting import Figures, count_between
from fraud.rncps.figures import number_on, numbers_on
from fraud.rules.parliament import (
    REPORT_MOVES,
    SECTIONS,
    ReportState,
    alert_day,
    days_late,
    is_overdue,
    missing_sections,
    report_due_on,
)
from portal.accounts.models import User
from portal.audit.operations import journal

TEXT_MOST = 20_000


class ReportRefused(Exception):
    """Why a text or a move is not taken. `str()` is the sentence shown."""


def plan_report(
    *, act: str, article: str, published_on: date, covers_from: date, covers_to: date, by: str, on: date, at: datetime
) -> ParliamentReport:  # fmt: skip
    """Plan the report that an act asks for; the same act again gives the same report."""
    months = number_on("parliament_report.months", published_on)
    with transaction.atomic():
        report, is_new = ParliamentReport.objects.get_or_create(
            act=act, article=article,
            defaults={
                "published_on": published_on, "months": months, "due_on": report_due_on(published_on, months),
                "covers_from": covers_from, "covers_to": covers_to,
            },
        )  # fmt: skip
        if is_new:
            _log(report, "", by, on, at, f"Demandé par {act}")
    return report


def texts_of(report: ParliamentReport) -> dict[str, ParliamentSection]:
    """The last version of each text, in one query."""
    found = report.texts.select_related("by").order_by("code", "-version").distinct("code")
    return {one.code: one for one in found}


def figures_of(report: ParliamentReport) -> Figures:
    """Those it was validated with, or those of today."""
    frozen: Any = report.figures
    return frozen or count_between(report.covers_from, report.covers_to)


def write_section(
    *, report_pk: int, code: str, text: str, by_pk: int, key: UUID, on: date, at: datetime
) -> ParliamentSection:  # fmt: skip
    """A new version of a text; the former ones stay. Raises ReportRefused; the same form again gives its version."""
    known = ParliamentSection.objects.filter(form_key=key, report_id=report_pk).first()
    if known is not None:
        return known
    words, by = text.strip(), User.objects.get(pk=by_pk)
    if code not in {one.code for one in SECTIONS} or not 0 < len(words) <= TEXT_MOST:
        raise ReportRefused(f"Écrivez un texte, de {TEXT_MOST} signes au plus.")
    with transaction.atomic():
        report = _locked(report_pk)
        if report.state == ReportState.PLANNED:
            _move(report, ReportState.DRAFT, by.get_username(), on, at, "Premier texte écrit")
        if report.state != ReportState.DRAFT:
            raise ReportRefused("Ce rapport est validé : ses textes ne changent plus. La direction peut le rouvrir.")
        last = report.texts.filter(code=code).aggregate(last=Max("version"))["last"] or 0
        return ParliamentSection.objects.create(
            report=report, code=code, version=last + 1, text=words, by=by, at=at, form_key=key
        )


def move_report(*, report_pk: int, after: str, reason: str, by_pk: int, on: date, at: datetime) -> ParliamentReport:
    """Validate (figures are frozen), reopen (with a reason) or send. Raises ReportRefused; nothing moves then."""
    words, by = reason.strip()[:500], User.objects.get(pk=by_pk)
    with transaction.atomic():
        report = _locked(report_pk)
        if after not in REPORT_MOVES[report.state]:
            raise ReportRefused(f"Ce rapport est « {report.get_state_display().lower()} » : ce pas n’est pas possible.")
        match after:
            case ReportState.VALIDATED:
                _validate(report, on)
            case ReportState.SENT:
                report.sent_on = on
            case ReportState.DRAFT if report.state == ReportState.VALIDATED:
                if not words:
                    raise ReportRefused("Dites pourquoi le rapport est rouvert.")
                report.figures, report.validated_on = None, None
        _move(report, ReportState(after), by.get_username(), on, at, words)
    return report


def _validate(report: ParliamentReport, on: date) -> None:
    texts = {code: one.text for code, one in texts_of(report).items()}
    if missing := missing_sections(texts):
        raise ReportRefused(f"Il manque un texte : {', '.join(missing)}.")
    report.figures, report.validated_on = count_between(report.covers_from, report.covers_to), on


def _move(report: ParliamentReport, after: ReportState, by: str, on: date, at: datetime, reason: str) -> None:
    before, report.state = report.state, after.value
    report.save(update_fields=["state", "figures", "validated_on", "sent_on"])
    _log(report, before, by, on, at, reason)


def _log(report: ParliamentReport, before: str, by: str, on: date, at: datetime, reason: str) -> None:
    ParliamentReportMove.objects.create(
        report=report, before=before, after=report.state, dated=on, at=at, by=by, reason=reason
    )
    journal(
        actor=by, action="control.parliament_report", subject=f"parliament:{report.pk}", at=at,
        detail={"to": str(report.state), "reason_signs": len(reason)},
    )  # fmt: skip


def _locked(report_pk: int) -> ParliamentReport:
    return ParliamentReport.objects.select_for_update(of=("self",)).get(pk=report_pk)


def raise_report_alerts(on: date) -> None:
    """The alerts of the reports that are not sent: sixty, thirty and seven days before, and once the last day is gone."""
    for report in ParliamentReport.objects.exclude(state=ReportState.SENT).order_by("pk"):
        before = alert_day(report.due_on, on, numbers_on("parliament_report.alert_days", on))
        if before is not None:
            raise_alert(
                key=f"REPORT_DUE:{report.pk}:{before}", kind=AlertKind.REPORT_DUE, on=on,
                told=f"Rapport au Parlement ({report.act}) : à remettre le {report.due_on:%d/%m/%Y}, dans "
                f"{(report.due_on - on).days} jours.",
            )  # fmt: skip
        if is_overdue(report.state, report.due_on, on):
            raise_alert(
                key=f"REPORT_OVERDUE:{report.pk}", kind=AlertKind.REPORT_OVERDUE, on=on,
                told=f"Rapport au Parlement ({report.act}) : {days_late(report.due_on, on)} jours de retard.",
            )  # fmt: skip
