"""Bodies, their missions, and the creation of joint funds."""

from portal.organisations.models.bodies import Body, BodyMission, Branch, Organisation, days
from portal.organisations.models.ending import FundOrder, FundOrderState, FundReturn, OrderKind
from portal.organisations.models.joint import (
    BoardVote,
    CreationFile,
    CreationState,
    FileMove,
    NationalOpinion,
    SocialActionDeliberation,
)

__all__ = [
    "BoardVote",
    "Body",
    "BodyMission",
    "Branch",
    "CreationFile",
    "CreationState",
    "FileMove",
    "FundOrder",
    "FundOrderState",
    "FundReturn",
    "NationalOpinion",
    "OrderKind",
    "Organisation",
    "SocialActionDeliberation",
    "days",
]
