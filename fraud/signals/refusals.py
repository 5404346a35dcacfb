"""Why a rule is not loaded, or a lead not decided as somebody asked."""

from fraud.models import Lead
from portal.frame.refusals import FieldsRefused


class RuleRefused(ValueError):
    """Why a declared rule is not loaded, in French."""


class DecisionRefused(FieldsRefused):
    """Why a lead is not decided, or a contest not answered."""


class AlreadyDecided(Exception):
    """Somebody decided first; `lead` as it stands."""

    def __init__(self, lead: Lead) -> None:
        super().__init__("Ce signal a déjà été décidé.")
        self.lead = lead
