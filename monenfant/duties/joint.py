"""What the follow-up of childcare holds open, told to joint funds: places belong to the département of a family fund."""

from django.db.models import Q

from monenfant.access import departements_followed
from monenfant.models import AppointmentRequest, DeclarationFollowUp, StructureSilence
from monenfant.rules.follow_up import OPEN_STATES
from portal.organisations.joint.moving import Holding, register_holding


def register_holdings() -> None:
    """Deadlines of childminders, structures that report no more, appointments that wait."""
    register_holding(Holding(
        "monenfant.follow_up", "suivi d’une déclaration de places,suivis de déclarations de places",
        DeclarationFollowUp.objects.all, Q(state__in=OPEN_STATES), of=_placed, deadline="deadline",
    ))  # fmt: skip
    register_holding(Holding(
        "monenfant.silence", "structure sans nouvelles,structures sans nouvelles", StructureSilence.objects.all,
        Q(ended_on=None), of=_placed, deadline="task_on",
    ))  # fmt: skip
    register_holding(Holding(
        "monenfant.appointment", "demande de rendez-vous,demandes de rendez-vous", AppointmentRequest.objects.all,
        Q(state__in=["NEW", "PROPOSED", "CONFIRMED"]), deadline="due_on",
    ))  # fmt: skip


def _placed(code: str) -> Q:
    inside = Q(pk__in=[])
    for number in departements_followed([code]):
        inside |= Q(place__insee_code__startswith=number)
    return inside
