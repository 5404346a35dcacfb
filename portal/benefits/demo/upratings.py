"""A BMAF that nobody has published yet, announced for 1 April of the next year and seen over the families of the demonstration."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from uuid import UUID

from portal.accounts.permissions import moment_on
from portal.benefits.models import Uprating
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.uprating import previewing
from portal.benefits.uprating.guards import Announced, value_on
from portal.benefits.uprating.operations import Proposal, ask_preview, propose
from portal.frame.templatetags.portal import short_day
from portal.legislation.engine import round_half_up

KEY = UUID("5e4b1a52-0f5b-4b1e-9d2a-2027040100a1")
RISE = Fraction(1_012, 1_000)
SOURCE, BY = "montant fictif de la démonstration, avant toute circulaire", "helene"


def load(folder: Path, on: date) -> str:
    """Announce and preview; a second call changes nothing."""
    first_of_april = date(on.year + 1, 4, 1)
    before = value_on("bmaf", first_of_april, benefit_parameters()) or 0
    value = round_half_up(before * RISE.numerator, RISE.denominator)
    proposal = Proposal(Announced("bmaf", first_of_april, value), SOURCE, "", BY, moment_on(on))
    uprating, _again = propose(form_key=KEY, proposal=proposal, on=on)
    if uprating.run_id is None:
        previewing.work(ask_preview(uprating_pk=uprating.pk, on=on, by=BY).pk)
    return f"revalorisation annoncée au {short_day(first_of_april)}, {Uprating.objects.count()} aperçu"
