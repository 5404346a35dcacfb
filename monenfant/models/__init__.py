"""Tables of childcare: the offer as funds and départements send it, what is free, and what follows a silence."""

from monenfant.models.access import ProAccessGrant
from monenfant.models.duties import (
    DeclarationFollowUp,
    FollowUpMove,
    FollowUpState,
    GroundCode,
    SuspensionDecision,
    WithdrawalDecision,
    WithdrawalGround,
)
from monenfant.models.figures import AreaFigures, ChildPopulation, FigureDay, StructureHours
from monenfant.models.offer import (
    Approval,
    CarePlaceKind,
    CareStructure,
    ChildcareDesk,
    DeskKind,
    EmployerKind,
    Funding,
    ListingStatus,
    StructureType,
)
from monenfant.models.places import (
    AvailabilityMessage,
    AvailabilityMonth,
    CarePlace,
    Childminder,
    Manager,
    Mode,
    Provider,
    SoftwareDelegation,
    SoftwareVendor,
)
from monenfant.models.transmission import DelegationAct, DelegationStep, RefusedMessage, VendorSecret, VendorToken

__all__ = [
    "Approval",
    "AreaFigures",
    "AvailabilityMessage",
    "AvailabilityMonth",
    "CarePlace",
    "CarePlaceKind",
    "CareStructure",
    "ChildPopulation",
    "ChildcareDesk",
    "Childminder",
    "DeclarationFollowUp",
    "DelegationAct",
    "DelegationStep",
    "DeskKind",
    "EmployerKind",
    "FigureDay",
    "FollowUpMove",
    "FollowUpState",
    "Funding",
    "GroundCode",
    "ListingStatus",
    "Manager",
    "Mode",
    "ProAccessGrant",
    "Provider",
    "RefusedMessage",
    "SoftwareDelegation",
    "SoftwareVendor",
    "StructureHours",
    "StructureType",
    "SuspensionDecision",
    "VendorSecret",
    "VendorToken",
    "WithdrawalDecision",
    "WithdrawalGround",
]
