"""What the letters of a penalty say."""

from datetime import date
from typing import Any

from fraud.models import Penalty

DROPPED = "Nous ne donnons pas suite à la pénalité que nous envisagions. Vous n’avez rien à faire."
SILENT = (
    "La direction n’a pas décidé dans le mois qui suit l’avis de la commission. La procédure de pénalité est donc "
    "abandonnée. Vous n’avez rien à payer au titre de cette pénalité."
)


def notified_facts(penalty: Penalty, until: date) -> dict[str, Any]:
    return _facts(penalty) | {
        "until": until.isoformat(), "amount_cents": penalty.amount_cents,
        "limits": {"minimum_cents": penalty.minimum_cents, "maximum_cents": penalty.maximum_cents,
                   "source": penalty.scale_source},
    }  # fmt: skip


def hearing_facts(penalty: Penalty, heard_on: date) -> dict[str, Any]:
    return _facts(penalty) | {"hearing_on": heard_on.isoformat()}


def decided_facts(penalty: Penalty, reason: str, until: date) -> dict[str, Any]:
    return _facts(penalty) | {
        "amount_cents": penalty.decided_cents,
        "reason": reason,
        "appeal_until": until.isoformat(),
    }


def reviewed_facts(penalty: Penalty, sentence: str, reason: str, until: date) -> dict[str, Any]:
    opinion = (
        penalty.get_opinion_sense_display() if penalty.opinion_sense else "réputé rendu : la commission n’a pas répondu"
    )
    return _facts(penalty) | {
        "sentence": sentence, "opinion": opinion, "opinion_text": penalty.opinion_text, "reason": reason,
        "amount_cents": penalty.decided_cents, "appeal_until": until.isoformat(),
    }  # fmt: skip


def ended_facts(sentence: str) -> dict[str, Any]:
    return {"sentence": sentence}


def _facts(penalty: Penalty) -> dict[str, Any]:
    return {
        "facts": penalty.reason, "ground": penalty.get_ground_display(), "since": penalty.since.isoformat(),
        "until_facts": penalty.until.isoformat(), "has_intent": penalty.has_intent,
    }  # fmt: skip
