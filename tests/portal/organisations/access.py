"""The joint funds in the table of access."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from portal.accounts.rights import Right, holders
from portal.organisations.joint.deliberations import Presented, present_file
from portal.organisations.joint.orders import Ordered, enter_fund_order
from tests.portal.access import Line
from tests.portal.organisations.world import CANTAL, director, opened

SEE, CONDUCT = holders(Right.SEE_JOINT_FUNDS), holders(Right.FILE_JOINT_FUNDS)
CONFIRM = holders(Right.CONFIRM_JOINT_ORDERS)
# They read what the council decided, and write nothing: their form is not there.
READERS: dict[str, tuple[int, int]] = dict.fromkeys(SEE - CONDUCT, (200, 404))
# Nobody's data: whoever may see the joint funds reads those of every département. The officers of this table are national ones.
# That of one fund acts on a joint fund of its own département alone: elsewhere these are « page introuvable »
# (`test_local_officers.py` walks them).
OF_ITS_OFFICERS = {
    "organisations:creation_act": ("get", "post"),
    "organisations:fund_act": ("get", "post"),
    "organisations:fund_give_back": ("post",),
    "organisations:fund_order_confirm": ("post",),
    "organisations:fund_order_drop": ("post",),
}
LINES: dict[str, Line] = {
    "organisations:joint_funds": Line(SEE),
    "organisations:competence": Line(SEE),
    # A form without its key is none of ours.
    "organisations:creation_new": Line(CONDUCT, 200, 404),
    "organisations:creation_file": Line(SEE, own={"pk": "joint_file_here"}),
    "organisations:creation_act": Line(CONDUCT, 200, 404, own={"pk": "joint_file_elsewhere", "code": "joint_act"}),
    "organisations:fund": Line(SEE, own={"code": "joint_fund_here"}),
    "organisations:fund_act": Line(CONDUCT, 200, 404, own={"code": "joint_fund_here", "act": "joint_fund_act"}),
    "organisations:fund_give_back": Line(CONDUCT, None, 302, own={"code": "joint_fund_here"}),
    "organisations:fund_order": Line(SEE, own={"pk": "joint_order_here"}),
    # A form without its key is none of ours.
    "organisations:fund_order_confirm": Line(CONFIRM, None, 404, own={"pk": "joint_order_here"}, refused=404),
    "organisations:fund_order_drop": Line(CONFIRM, None, 404, own={"pk": "joint_order_here"}, refused=404),
    "organisations:deliberations": Line(SEE),
    "organisations:deliberation_new": Line(CONDUCT, 200, 404),
    "organisations:deliberation": Line(SEE, 200, 404, own={"pk": "joint_deliberation"}, but=READERS),
}


def joint_objects(folder: Path) -> dict[str, Any]:
    """A file of the département 63, one of the 59; a deliberation in Lozère, and an order on its fund that waits."""
    here = opened(replace(CANTAL, departement="63", name="Caisse commune du Puy-de-Dôme", seat_city="Clermont-Ferrand"))
    there = opened(
        replace(
            CANTAL,
            departement="59",
            branches=("FAMILY", "COLLECTION"),
            name="Caisse commune du Nord",
            seat_city="Lille",
        )
    )
    presented = Presented("CCSS48", "Aide aux vacances des familles", date(2026, 10, 1), "Accès aux vacances")
    ordered = Ordered("CCSS48", "END", "Arrêté du 20 octobre 2026", date(2026, 10, 20), date(2028, 1, 1))
    order, _again = enter_fund_order(ordered=ordered, key=uuid4(), who=director("directrice-commune"))
    made, _again = present_file(presented=presented, key=uuid4(), who=director("directrice-commune"))
    return {
        "joint_file_here": here.pk, "joint_file_elsewhere": there.pk, "joint_act": "vote", "joint_deliberation": made.pk,
        "joint_fund_here": "CCSS48", "joint_fund_act": "fin", "joint_order_here": order.pk,
    }  # fmt: skip
