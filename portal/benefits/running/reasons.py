"""Why a run pays nothing, or not all: the refusals of the rules, and what only a run meets, facts that lack or disagree."""

from portal.benefits.rules.refusals import REFUSALS, Refusal

FAMILY_UNKNOWN, CHILD_UNKNOWN = "benefits.family_unknown", "benefits.child_unknown"
NOT_IN_CHARGE = "benefits.child_not_in_charge"
NO_DECISION, NOT_WHOLE_MONTH = "benefits.no_decision", "benefits.decision_not_whole_month"
NO_PARAMETER, NOT_DECLARED = "benefits.no_parameter", "benefits.schooling_not_declared"
NO_CHILD, CYCLE_UNKNOWN = "benefits.no_child", "benefits.cycle_unknown"
AFTER_LIMIT, BELOW_MINIMUM = "benefits.differential_after_limit", "benefits.below_minimum"

REASONS: dict[str, Refusal] = REFUSALS | {
    FAMILY_UNKNOWN: Refusal(
        "Aucun dossier n’est reçu pour ce numéro d’allocataire : la caisse doit l’envoyer.", "CSS L. 513-1", waits=True
    ),
    CHILD_UNKNOWN: Refusal(
        "La décision de la CDAPH nomme un enfant que la caisse n’a pas envoyé.", "CSS L. 541-1 ; L. 541-2", waits=True
    ),
    NOT_IN_CHARGE: Refusal("L’enfant n’était pas à la charge de la famille ce mois-là.", "CSS L. 513-1"),
    NO_DECISION: Refusal("Aucune décision de la CDAPH ne couvre ce mois.", "CSS L. 541-2"),
    NOT_WHOLE_MONTH: Refusal(
        "La décision de la CDAPH ne couvre pas le mois entier : le droit commence au mois suivant, ou a pris fin.",
        "CSS L. 552-1",
    ),
    NO_PARAMETER: Refusal("Un barème n’est pas connu pour ce territoire à cette date.", "", waits=True),
    # One child that opens no right for want of an answer does not hold up the others.
    NOT_DECLARED: REFUSALS[NOT_DECLARED]._replace(waits=True),
}
WAITING = frozenset(code for code, one in REASONS.items() if one.waits)


RELEASED = "Rien de nouveau n’est dû pour ce mois : ce qui avait été reporté est versé."


def reason_of(status: str, code: str) -> str:
    """What is said of an award. One that pays although nothing is due releases what waited."""
    return RELEASED if status == "PAID" and code and code not in WAITING else sentence_of(code)


def sentence_of(code: str) -> str:
    """What is said of a code; nothing for none."""
    return REASONS[code].message if code else ""
