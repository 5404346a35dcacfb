"""The figures of a year, and the periodic report to the national mission: counts alone, so that anybody of the committee reads them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum

from fraud.codaf.access import secretary_of
from fraud.codaf.letters import ask_report_letter
from fraud.codaf.naming import CodafRefused
from fraud.models import (
    CodafCase,
    CodafDecision,
    CodafFormation,
    CodafMeeting,
    CodafReport,
    JointOperation,
    MeetingState,
    OperationState,
)
from fraud.rules import codaf as rules
from portal.accounts.models import User
from portal.audit.operations import journal

FIRST_YEAR = 2010


def plenaries_held(departement: str, year: int) -> int:
    return CodafMeeting.objects.filter(
        departement=departement, dated__year=year, state=MeetingState.HELD, formation=CodafFormation.PLENARY
    ).count()


def figures_of(departement: str, year: int, today: date) -> dict[str, Any]:
    """The figures of a year as they stand: meetings, joint operations and checks, cases passed to the prosecutor, sanctions."""
    held = CodafMeeting.objects.filter(departement=departement, dated__year=year, state=MeetingState.HELD)
    meetings = held.aggregate(
        plenaries=Count("pk", filter=Q(formation=CodafFormation.PLENARY)),
        restricted=Count("pk", filter=Q(formation=CodafFormation.RESTRICTED)),
    )
    here = {"meeting__departement": departement}
    done = JointOperation.objects.filter(**here, state=OperationState.DONE, done_on__year=year)
    sums = done.aggregate(operations=Count("pk"), checks=Sum("checks"), sanctions=Sum("sanctions"))
    return meetings | {
        "due": rules.plenaries_due(year), "state": rules.plenaries_state(meetings["plenaries"], year, today).value,
        "decided": JointOperation.objects.filter(**here, meeting__dated__year=year).count(),
        "operations": sums["operations"], "checks": sums["checks"] or 0, "sanctions": sums["sanctions"] or 0,
        "prosecutor": CodafCase.objects.filter(**here, prosecutor_on__year=year).count(),
        "decisions": CodafDecision.objects.filter(**here, sent_on__year=year).count(),
    }  # fmt: skip


def make_report(
    *, departement: str, year: int, key: UUID, by_pk: int, on: date, at: datetime
) -> tuple[CodafReport, bool]:
    """Fix the figures of a year as they stand, and ask for their letter; with whether the same form had made it.

    Raises CodafRefused for a year that is none.
    """
    if not FIRST_YEAR < year <= on.year:
        raise CodafRefused({"year": f"Choisissez une année, de {FIRST_YEAR + 1} à {on.year}."})
    user = User.objects.get(pk=by_pk)
    try:
        with transaction.atomic():
            made = CodafReport.objects.create(
                departement=departement, year=year, made_on=on, made_by=user, figures=figures_of(departement, year, on),
                letter_key=f"codaf:{departement}-{year}-{key.hex[:12]}", form_key=key,
            )  # fmt: skip
            ask_report_letter(made, by=user.get_username())
            journal(
                actor=user.get_username(), action="control.codaf.report", subject=f"codaf:{departement}",
                detail={"report": made.pk, "year": year}, at=at,
            )  # fmt: skip
    except IntegrityError:
        return CodafReport.objects.get(form_key=key, departement=departement), True
    return made, False


def send_report(*, report_pk: int, by_pk: int, on: date, at: datetime) -> CodafReport:
    """Sent to the national mission by the permanent secretariat; a second call changes nothing. Raises CodafRefused."""
    user = User.objects.get(pk=by_pk)
    with transaction.atomic():
        found = CodafReport.objects.select_for_update(of=("self",)).get(pk=report_pk)
        if found.sent_on is not None:
            return found
        secretary = secretary_of(user, found.departement, on)
        if secretary is None:
            raise CodafRefused({"send": "Seul le secrétariat permanent écrit à la mission nationale."})
        found.sent_on, found.sent_by = on, secretary
        found.save(update_fields=["sent_on", "sent_by"])
        journal(
            actor=user.get_username(), action="control.codaf.report_sent", subject=f"codaf:{found.departement}",
            detail={"report": found.pk}, at=at,
        )  # fmt: skip
    return found
