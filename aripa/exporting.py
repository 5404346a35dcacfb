"""A list of cases as a spreadsheet: never an address, a telephone, an e-mail, an employer or an account; of a protected
case neither names nor fund, which would tell the place."""

from collections.abc import Sequence

from aripa import selectors
from aripa.models import Case
from aripa.words import PROTECTED, STATES
from portal.frame.templatetags.portal import short_day

EXPORT_MOST = 5_000
REASON_LEAST = 10
NOT_EXPORTED = "Adresses, téléphones, courriels, employeurs et comptes ne sont jamais exportés."
HEADER = ["Dossier", "Titre", "État", "Parent qui reçoit", "Parent qui paie", "Caisse", "Reçu le", "Fin", "À rendre, €",
          "Non exporté"]  # fmt: skip


def lines_of(cases: Sequence[Case]) -> list[list[str]]:
    """Heading and lines; the last column says what was left out."""
    parents = selectors.parents_of(cases)
    return [HEADER, *(_line(one, parents) for one in cases)]


def _line(one: Case, parents: dict) -> list[str]:
    hidden = one.violence
    names = [
        PROTECTED if hidden else selectors.full_name(parents.get(number), is_protected=False)
        for number in (one.household_id, one.debtor_no)
    ]
    owed = f"{one.overpaid_cents // 100},{one.overpaid_cents % 100:02d}"
    left_out = f"Noms et caisse : dossier protégé. {NOT_EXPORTED}" if hidden else NOT_EXPORTED
    return [
        one.pk, one.title_no, STATES[one.state][0], *names, PROTECTED if hidden else one.fund, short_day(one.received_on),
        short_day(one.end_date), owed, left_out,
    ]  # fmt: skip
