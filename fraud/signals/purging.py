"""What is forgotten: the facts of rejected leads after three months. What came of kept ones is noted; counts stay."""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from fraud.models import Lead, LeadContest, LeadState
from fraud.rules.figures import control_parameters
from fraud.signals.publishing import found_by_a_suspended_rule
from portal.audit.operations import journal
from portal.legislation.calendar import months_later

AT_ONCE = 5_000
ERASED = "effacé"


def purge_leads(*, on: date) -> int:
    """Erase the facts, the file and the words of leads rejected more than three months ago, or that wait since as long of a
    rule that was suspended; returns how many. Repeatable."""
    total = 0
    while done := _purge_some(on):
        total += done
    if total:
        journal(actor="portail", action="control.leads_purged", subject="control:leads", detail={"count": total})
    return total


def _purge_some(on: date) -> int:
    months = int(control_parameters().value("signals.lead_retention_months", on))
    before = timezone.make_aware(datetime.combine(months_later(on, -months), time.min))
    with transaction.atomic():
        rejected = Q(state=LeadState.REJECTED, decided_at__lt=before)
        put_aside = Q(found_by_a_suspended_rule(dated__lt=timezone.localdate(before)), state=LeadState.TO_READ)
        due = Lead.objects.select_for_update(of=("self",), skip_locked=True).filter(
            rejected | put_aside, purged_on=None
        )
        found = list(due.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        Lead.objects.filter(pk__in=found).update(
            facts={}, subject="", title=ERASED, reason=ERASED, new_fact="", purged_on=on
        )
        contests = LeadContest.objects.filter(lead__in=found)
        contests.update(said=ERASED)
        contests.exclude(answer="").update(answer=ERASED)
    return len(found)


def note_outcomes() -> int:
    """What closed cases say of the leads that opened them, kept on the lead: a case is erased before its rule is."""
    closed = Lead.objects.filter(proved=None, case__state="CLOSED").exclude(case__outcome="")
    found = closed.filter(case__outcome="NO_ACTION").update(proved=False)
    return found + closed.exclude(case__outcome="NO_ACTION").update(proved=True)
