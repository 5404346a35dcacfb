"""Three leads of May that Sylvie kept, and whose cases she closed on Friday: the crèche confirmed the adaptation each time.

Every step is the portal's own operation, on the day when it happened; the night then notes on the leads what came of them.
"""

from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

from django.utils import timezone

from fraud.cases import deciding, hearing, informing
from fraud.cases.acting import Act
from fraud.demo.cases import FUND, STORIES, families
from fraud.models import Lead
from fraud.signals.deciding import accept_lead
from fraud.signals.purging import note_outcomes
from portal.accounts.models import User

OFFICER, COUNT = "sylvie", 3
FOUND, KEPT, FINDINGS, READY, CLOSED = (
    date(2026, 5, 1), date(2026, 5, 11), date(2026, 6, 1), date(2026, 10, 21), date(2026, 10, 23),
)  # fmt: skip
APRIL = informing.Found(
    "Neuf heures d’avril 2026 sont déclarées à deux endroits", date(2026, 4, 1), date(2026, 5, 1),
    "Relevés de Pajemploi et de la crèche",
)  # fmt: skip


def kept_in_spring() -> list[Lead]:
    """What the run of May found, and that Sylvie kept: a case each, and findings sent to the family."""
    subjects = [f"cmg:employer:{number}" for number in families(len(STORIES) + COUNT)[len(STORIES) :]]
    return [_kept(Lead.objects.create(**_found(subject))) for subject in subjects]


def _found(subject: str) -> dict[str, Any]:
    fact = {
        "label": "Heures déclarées à la fois chez l’assistant maternel et en crèche", "value": "9 h",
        "source": "Relevés de garde reçus de Pajemploi ; Relevés de présence reçus des crèches", "dated": "2026-04-01",
    }  # fmt: skip
    return {
        "rule_code": "DM05", "rule_version": 1, "fund": FUND, "subject": subject, "key": f"in-vain:{subject}",
        "title": "9 h déclarées à deux endroits en avril 2026", "facts": {"facts": [fact]}, "found_on": FOUND,
    }  # fmt: skip


def _kept(lead: Lead) -> Lead:
    act, sylvie = _by_sylvie(KEPT), User.objects.get(username=OFFICER)
    accept_lead(
        lead_pk=lead.pk, line="Les relevés ne disent pas pourquoi.", new_fact="", by_pk=sylvie.pk, on=act.on, at=act.at,
        form_key=act.key,
    )  # fmt: skip
    lead.refresh_from_db()
    case_pk = _case_of(lead)
    informing.send_information(case_pk=case_pk, documents="Contrat de garde d’avril", act=_by_sylvie(KEPT))
    informing.start_investigation(case_pk=case_pk, act=_by_sylvie(KEPT))
    informing.add_finding(case_pk=case_pk, found=APRIL, act=_by_sylvie(FINDINGS))
    informing.send_findings(case_pk=case_pk, act=_by_sylvie(FINDINGS))
    hearing.begin_adversarial(case_pk=case_pk, act=_by_sylvie(FINDINGS))
    return lead


def closed_on_friday(kept: list[Lead]) -> None:
    """The crèche confirmed it, nothing is kept against the families, and the night notes it on the leads."""
    for lead in kept:
        case_pk = _case_of(lead)
        hearing.ready_to_decide(case_pk=case_pk, act=_by_sylvie(READY))
        deciding.decide_no_action(
            case_pk=case_pk, reason="La crèche confirme les jours d’adaptation", act=_by_sylvie(CLOSED)
        )
        deciding.close_case(case_pk=case_pk, reason="Rien à corriger", act=_by_sylvie(CLOSED))
    note_outcomes()


def _case_of(lead: Lead) -> int:
    assert lead.case_id is not None
    return lead.case_id


def _by_sylvie(day: date) -> Act:
    at = timezone.make_aware(datetime.combine(day, time(14)))
    return Act(User.objects.get(username=OFFICER).pk, day, at, uuid4())
