"""The ASF of a month in a sentence, from what was frozen on its day: each figure is one of the row."""

from aripa.life.state import AsfMonth
from portal.frame.templatetags.portal import money

# `domain` 5.5 and 10: what each kind rests on.
ARTICLES = {
    "ADVANCE": "CSS L. 523-1, L. 581-2", "PARTIAL_ADVANCE": "CSS L. 523-1, L. 581-2", "TOP_UP": "CSS L. 523-1, I, 4°",
    "NON_RECOVERABLE": "CSS L. 523-1, D. 523-2",
}  # fmt: skip
MINIMUM = " Le total de la famille n’atteint pas 15,00 € : rien n’est versé (CSS D. 523-3)."


def asf_sentence(row: AsfMonth) -> str:
    """How the amount was found, and what of it is recovered from the parent who pays."""
    known = f"ASF du mois {money(row.net)}, pension due {money(row.due)}, reçue {money(row.received)}"
    told = f"{known} : {_worked(row)}{_recovered(row)} ({ARTICLES[row.kind]})."
    return told if row.counted or not row.amount else told + MINIMUM


def _worked(row: AsfMonth) -> str:
    if row.kind in ("NON_RECOVERABLE", "ADVANCE"):
        return f"{money(row.amount)} en entier"
    return f"{money(row.net)} − {money(row.received)} = {money(row.amount)}"


def _recovered(row: AsfMonth) -> str:
    if not row.recoverable:
        return ", rien à recouvrer"
    kept = f", dont {money(row.surplus)} acquis au parent qui reçoit" if row.surplus else ""
    owed = f" ; le parent qui paie doit encore {money(row.still_owed)} à l’autre parent" if row.still_owed else ""
    return f", {money(row.recoverable)} à recouvrer{kept}{owed}"
