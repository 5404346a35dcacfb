"""What a family is owed goes to those who can pay it: the caseworkers. Nothing is paid, held or changed from here."""

from datetime import date, datetime

import polars as pl
from django.db.models import F

from aripa.models import Case, Worry
from cmg.models import Account
from fraud.models import Lead
from fraud.signals.people import CMG, PENSION
from fraud.signals.refusals import DecisionRefused
from portal.accounts.models import User
from portal.casework.models import Dossier
from portal.casework.operations import OPEN_STATES, add_note, open_dossiers
from portal.legislation.calendar import nth_business_day

# As a report of a family: the fund answers within ten business days.
ANSWER_DAYS = 10


def hand_over(lead: Lead, user: User, *, on: date, at: datetime, line: str) -> None:
    """A dossier of the CMG with a note, or a point to look at in the case of a pension. Inside the caller's transaction."""
    words = f"Droit manquant trouvé par le portail ({lead.rule_code}) : {lead.title}. {user.full_name} : {line.strip()}"
    if lead.subject.startswith(CMG):
        _dossier(lead, on, at)
        dossier = Dossier.objects.filter(subject=lead.subject, state__in=OPEN_STATES).get()
        add_note(dossier_pk=dossier.pk, text=words, by=user.get_username(), at=at)
    elif lead.subject.startswith(PENSION):
        parent = lead.subject.removeprefix(PENSION)
        case = Case.objects.filter(household_id=parent).order_by(F("end_date").desc(nulls_first=True), "pk").first()
        if case is None:
            raise DecisionRefused({"line": "Ce dossier de pension n’existe plus : rien n’a pu être confié."})
        Worry.objects.create(case=case, day=on, sentence=words[:200])
    else:
        raise DecisionRefused({"line": "Aucun service ne tient ce dossier ici : rien n’a pu être confié."})


def _dossier(lead: Lead, on: date, at: datetime) -> None:
    """Open, or the one that is open already, with its owner and its date."""
    if Dossier.objects.filter(subject=lead.subject, state__in=OPEN_STATES).exists():
        return
    account = Account.objects.get(employer_no=lead.subject.removeprefix(CMG), known_until=None)
    title = f"{account.last_name} {account.first_names}".strip()
    row = {"subject": lead.subject, "title": title[:160], "fund": account.fund or lead.fund, "body": "FUND", "reasons": "",
           "effect": "", "held_cents": 0}  # fmt: skip
    open_dossiers(pl.DataFrame([row]), opened_on=on, deadline=nth_business_day(on, ANSWER_DAYS), at=at)
