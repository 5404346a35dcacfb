"""Reports (signalements): a family says that something is wrong; one person of either body owns the answer.

Before the day's cut-off, and before the first signature, the report takes the month's debit out of the run; afterwards
the answer says when the money comes back. A report without any known disagreement asks for a full control at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import polars as pl
from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cmg.models import Account, Anomaly, Settlement
from cmg.models.remedies import Channel, Report, ReportState, Symptom
from cmg.notices import tell_of_report
from cmg.remedies import telling
from cmg.remedies.limits import AnotherForm, RemedyRefused, answer_day, count_on
from portal.audit.operations import journal
from portal.batches.models import Run, RunState, Signature
from portal.casework.models import Dossier
from portal.casework.moves import move
from portal.casework.operations import OPEN_STATES, open_dossiers

SUBJECT = "cmg:employer:"
OPEN_REPORTS = (ReportState.OPEN, ReportState.LINKED, ReportState.NEW_ANOMALY)


@dataclass(frozen=True)
class Told:
    """A report as taken in; `again` when the same form had been sent before."""

    report: Report
    again: bool


def is_stoppable(month: date, at: datetime) -> bool:
    """Whether a debit of `month` can still be taken out of its run.

    Always while the month is not computed; then until the day's cut-off hour or the first signature, whichever comes
    first; never once it is signed or issued. A correction of other families that awaits its signature opens nothing.
    """
    runs = Run.objects.filter(kind="cmg-month", month=month, dry_run=False, scope__isnull=True)
    last = runs.exclude(state=RunState.SUPERSEDED).order_by("-ordinal").first()
    if last is None or last.state == RunState.RUNNING:
        return True
    if last.state != RunState.TO_SIGN or Signature.objects.filter(run=last, voided_at__isnull=True).exists():
        return False
    return timezone.localtime(at).hour < count_on("policy.report_cutoff_hour", timezone.localdate(at))


def left_out(run: Run) -> QuerySet[Settlement]:
    """What `run` would let leave although the family reported it in time: the report came after the calculation."""
    stopping = Report.objects.filter(stops_debit=True, state__in=OPEN_REPORTS, months__contains=[run.month])
    return Settlement.objects.filter(run=run, status="SETTLED", employer_no__in=stopping.values("employer_no"))


def contesting(month: date) -> list[str]:
    """The families of whom a report on `month` waits for its answer: nothing that they may contest is kept of it."""
    found = Report.objects.filter(state__in=OPEN_REPORTS, months__contains=[month]).exclude(symptom=Symptom.NO_ANSWER)
    return sorted(set(found.values_list("employer_no", flat=True)))


def why_not_to_sign(run: Run) -> str:
    """A signature binds no debit that a family was told does not leave. Empty when none is left out."""
    families = left_out(run).values("employer_no").distinct().count()
    if not families:
        return ""
    return (
        f"{families} famille{'s ont' if families > 1 else ' a'} signalé un prélèvement depuis le calcul : "
        "clôturez à nouveau, puis signez."
    )


def open_report(
    *, form_key: UUID, employer_no: str, channel: Channel, symptom: Symptom, months: Sequence[date], words: str,
    by: str, at: datetime,
) -> Told:  # fmt: skip
    """Take a report in: its number, its owner, its dates. The same form of the family again gives the first receipt.

    Raises RemedyRefused for an unknown family or no month, AnotherForm.
    """
    same = Report.objects.filter(form_key=form_key, employer_no=employer_no)
    first = same.first()
    if first is not None:
        return Told(first, again=True)
    try:
        with transaction.atomic():
            return Told(_open(form_key, employer_no, channel, symptom, sorted(set(months)), words, by, at), again=False)
    except IntegrityError as taken:
        first = same.first()
        if first is None:
            raise AnotherForm from taken
        return Told(first, again=True)


def _open(
    form_key: UUID, employer_no: str, channel: Channel, symptom: Symptom, months: list[date], words: str, by: str,
    at: datetime,
) -> Report:  # fmt: skip
    account = Account.objects.filter(employer_no=employer_no, known_until__isnull=True).first()
    if account is None or not months:
        raise RemedyRefused("Choisissez le mois concerné.")
    on = timezone.localdate(at)
    # Whoever signs holds the run's row: the window is closed by their signature, or they see this report.
    list(Run.objects.select_for_update(of=("self",)).filter(_open_runs(months)).order_by("pk"))
    codes = known_codes(employer_no, months)
    stops = symptom != Symptom.NO_ANSWER and any(is_stoppable(month, at) for month in months)
    report = Report.objects.create(
        number=_number(on), form_key=form_key, employer_no=employer_no, fund=account.fund or "", channel=channel,
        symptom=symptom, months=months, words=words[:2000], stops_debit=stops, codes="|".join(codes)[:120],
        dossier=_dossier(account, codes, on, at), opened_at=at, opened_by=by,
        first_answer_by=answer_day("policy.report_answer_business_days", on),
    )  # fmt: skip
    journal(actor=by, action="cmg.report.opened", subject=f"cmg.report:{report.pk}", detail={"number": report.number})
    tell_of_report(report)
    to = ReportState.LINKED if codes else ReportState.NEW_ANOMALY
    move(report, to, by="portail", reason=", ".join(codes) or "aucun désaccord connu : contrôle complet")
    return report


def _open_runs(months: Sequence[date]) -> Q:
    return Q(kind="cmg-month", month__in=list(months), dry_run=False, state__in=[RunState.TO_SIGN, RunState.SIGNED])


def known_codes(employer_no: str, months: Sequence[date]) -> list[str]:
    """The disagreements that the last runs of `months` found for the family and that are not repaired."""
    rows = Settlement.objects.filter(
        employer_no=employer_no, care_month__in=list(months), run__dry_run=False, status="HELD"
    ).exclude(run__state="SUPERSEDED")
    held = {code for row in rows for code in row.anomaly_codes.split("|") if code}
    found = Anomaly.objects.filter(employer_no=employer_no, run__month__in=list(months), resolved_at__isnull=True)
    return sorted(held | set(found.values_list("code", flat=True)))


def _number(on: date) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cmg_report_numbers')")
        return f"{on:%y}-{cursor.fetchone()[0]}"


def _dossier(account: Account, codes: list[str], on: date, at: datetime) -> Dossier:
    """The family's open dossier, or a new one: a report always has an owner and a date."""
    subject = SUBJECT + account.employer_no
    known = Dossier.objects.filter(subject=subject, state__in=OPEN_STATES).first()
    if known is not None:
        return known
    frame = pl.DataFrame(
        [
            {
                "subject": subject, "title": f"{account.last_name} {account.first_names}".strip()[:160],
                "fund": account.fund or "", "body": "PAJEMPLOI", "reasons": "|".join(codes)[:200], "effect": "",
                "held_cents": 0,
            }
        ]
    )  # fmt: skip
    open_dossiers(frame, opened_on=on, deadline=answer_day("policy.report_escalation_business_days", on), at=at)
    return Dossier.objects.get(subject=subject, state__in=OPEN_STATES)


def note_control(*, report_pk: int, codes: Sequence[str], by: str, at: datetime) -> Report:
    """What the full control of the family found."""
    with transaction.atomic():
        report = _locked(report_pk)
        report.controlled_at = at
        report.codes = "|".join(sorted(set(codes)))[:120]
        report.save(update_fields=["controlled_at", "codes"])
        if codes and report.state in (ReportState.OPEN, ReportState.NEW_ANOMALY):
            move(report, ReportState.LINKED, by=by, reason=report.codes, at=at)
    return report


def answer_report(*, report_pk: int, answer: str, by: str, at: datetime) -> Report:
    """The answer, in the family's words. Its debit may leave again with the next closing. Raises RemedyRefused."""
    if not answer.strip():
        raise RemedyRefused("Écrivez la réponse que la famille lira.")
    with transaction.atomic():
        report = _locked(report_pk)
        move(report, ReportState.ANSWERED, by=by, reason="réponse", at=at, answer=answer[:2000], answered_at=at)
        telling.tell_report_answer(report, by=by, on=timezone.localdate(at))
        tell_of_report(report)
    return report


def reopen_report(*, report_pk: int, by: str, at: datetime) -> Report:
    """The family is not satisfied: within thirty days the same number opens again, and is controlled again.

    Raises RemedyRefused.
    """
    with transaction.atomic():
        report = _locked(report_pk)
        limit = timedelta(days=count_on("policy.report_reopen_days", timezone.localdate(at)))
        if report.answered_at is None or at - report.answered_at > limit:
            raise RemedyRefused("Ce signalement est clos depuis plus de 30 jours : ouvrez-en un nouveau.")
        move(
            report, ReportState.OPEN, by=by, reason="rouvert par la famille", at=at,
            first_answer_by=answer_day("policy.report_answer_business_days", timezone.localdate(at)), controlled_at=None,
        )  # fmt: skip
    return report


def _locked(report_pk: int) -> Report:
    return Report.objects.select_for_update(of=("self",)).get(pk=report_pk)
