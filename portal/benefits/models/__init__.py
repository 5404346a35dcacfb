"""Received and entered facts, decided benefits, upratings seen before their day."""

from portal.benefits.models.decided import Award, AwardStatus, Benefit
from portal.benefits.models.entered import EnteredAct, EnteredFacts
from portal.benefits.models.owed import Deduction, OverpaymentAct, OverpaymentActKind, RepaymentAgreement
from portal.benefits.models.received import (
    BoardingPeriod,
    CommissionDecision,
    FamilyChild,
    FamilyFile,
    FamilyResources,
    Numbered,
    PeriodPlace,
    Scheme,
    SchoolCycle,
    Schooling,
    SchoolingSource,
    SchoolingStatus,
)
from portal.benefits.models.returned import EndedTransfer
from portal.benefits.models.small import (
    BenefitOverpayment,
    DeferredSum,
    OverpaymentCause,
    OverpaymentState,
    SmallPaymentPolicy,
    SmallPolicy,
    SumState,
    UndoneWaiver,
)
from portal.benefits.models.uprated import Uprating, UpratingLine, UpratingState

__all__ = [
    "Award",
    "AwardStatus",
    "Benefit",
    "BenefitOverpayment",
    "BoardingPeriod",
    "CommissionDecision",
    "Deduction",
    "DeferredSum",
    "EndedTransfer",
    "EnteredAct",
    "EnteredFacts",
    "FamilyChild",
    "FamilyFile",
    "FamilyResources",
    "Numbered",
    "OverpaymentAct",
    "OverpaymentActKind",
    "OverpaymentCause",
    "OverpaymentState",
    "PeriodPlace",
    "RepaymentAgreement",
    "Scheme",
    "SchoolCycle",
    "Schooling",
    "SchoolingSource",
    "SchoolingStatus",
    "SmallPaymentPolicy",
    "SmallPolicy",
    "SumState",
    "UndoneWaiver",
    "Uprating",
    "UpratingLine",
    "UpratingState",
]
