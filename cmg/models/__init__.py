"""Tables of the CMG: what was received from both sides, and what was decided."""

from cmg.models.compared import ChangeKind, DigestChange, SignedResult
from cmg.models.received import (
    Account,
    CareMode,
    Declaration,
    DeclarationKind,
    Employee,
    EmployeeKind,
    Prepare,
    Request,
    Right,
    RightStatus,
    Side,
    StructureInvoice,
)
from cmg.models.settled import (
    Anomaly,
    AnomalyState,
    Decision,
    Finding,
    RightLink,
    Settlement,
    SettlementStatus,
    StructureSettlement,
)

__all__ = [
    "Account",
    "Anomaly",
    "AnomalyState",
    "CareMode",
    "ChangeKind",
    "Decision",
    "Declaration",
    "DeclarationKind",
    "DigestChange",
    "Employee",
    "EmployeeKind",
    "Finding",
    "Prepare",
    "Request",
    "Right",
    "RightLink",
    "RightStatus",
    "Settlement",
    "SettlementStatus",
    "Side",
    "SignedResult",
    "StructureInvoice",
    "StructureSettlement",
]
