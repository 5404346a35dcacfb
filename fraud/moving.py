"""What control holds open, told to joint funds: counted, never listed, for a declared link closes a case to who is close."""

from django.db.models import Case, DateField, F, Q, QuerySet, Value, When

from fraud.models import ControlCase, Lead, Penalty, ThirdPartyRequest
from portal.organisations.joint.moving import Holding, register_holding

WAITS = ("PROPOSED", "NOTIFIED", "DECIDED", "WARNED", "APPEALED", "OPINION_GIVEN", "IN_COURT")


def register_holdings() -> None:
    """Leads to read, open cases, penalties under way with their remedies, requests to third parties."""
    for one in (
        Holding("fraud.lead", "signal à lire,signaux à lire", Lead.objects.all, Q(state="TO_READ"), tells_keys=False),
        Holding(
            "fraud.case", "dossier de contrôle,dossiers de contrôle", ControlCase.objects.all, ~Q(state="CLOSED"),
            key="number", tells_keys=False,
        ),
        Holding(
            "fraud.penalty", "pénalité ou recours,pénalités et recours", _penalties, Q(state__in=WAITS),
            of=lambda code: Q(case__fund=code), deadline="by", tells_keys=False,
        ),
        Holding(
            "fraud.third_request", "demande à un tiers,demandes à des tiers", ThirdPartyRequest.objects.all,
            Q(over_on=None), of=lambda code: Q(case__fund=code), deadline="due_on", tells_keys=False,
        ),
    ):  # fmt: skip
        register_holding(one)


def _penalties() -> QuerySet[Penalty]:
    """Each with the day of its present step: an answer, a remedy, an opinion, the direction's decision."""
    steps = {
        "NOTIFIED": "reply_until", "DECIDED": "appeal_until", "WARNED": "appeal_until", "APPEALED": "opinion_until",
        "OPINION_GIVEN": "director_until",
    }  # fmt: skip
    whens = [When(state=state, then=F(column)) for state, column in steps.items()]
    return Penalty.objects.annotate(by=Case(*whens, default=Value(None), output_field=DateField()))
