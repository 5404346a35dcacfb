"""What the dossier page offers: acts that answer its disagreements, decisions, hand-over, owner, corrections."""

from collections.abc import Sequence

from django.http import HttpRequest

from cmg import selectors
from cmg.family.papers import by_about, with_origin
from cmg.models import Account, Employee, Repair, Report, Right, Settlement
from cmg.remedies.returned import returned_of
from cmg.repairs import ending, owing, reading, standing
from cmg.repairs.acts import ACTS
from cmg.selectors import SUBJECT
from cmg.views.access import CASEWORKERS, today
from portal.accounts.models import Role
from portal.casework import selectors as dossiers
from portal.casework.handing import BODIES, may_answer
from portal.casework.models import Dossier, DossierState, Message
from portal.casework.operations import OPEN_STATES
from portal.casework.papers import text_of
from portal.letters.selectors import letters_of

SHOWN = 20
OTHER_BODY = {"FUND": "PAJEMPLOI", "PAJEMPLOI": "FUND"}


def actions_of(
    request: HttpRequest,
    account: Account,
    rights: Sequence[Right],
    settlements: Sequence[Settlement],
    dossier: Dossier | None,
) -> dict[str, object]:
    """Everything the block « Que faire » needs; a number of queries that does not grow with the family."""
    roles = set(request.portal_roles)  # type: ignore[attr-defined]
    may_treat = bool(CASEWORKERS & roles)
    disagreements = standing.standing_of(account.employer_no, settlements)
    held = standing.held_months(account.employer_no, settlements)
    codes = {one.line.code for one in disagreements}
    offers = reading.offers(codes, request.user, today(), reading.funds_of_family(account, rights)) if may_treat else []
    people = [one.verdict.proposed_by for one in [*disagreements, *held] if one.verdict]
    return {
        "may_treat": may_treat,
        "standing": disagreements,
        "held": held,
        "offers": offers,
        "other_acts": [act for act in ACTS.values() if act.code not in {one.act.code for one in offers}] if may_treat else [],
        "deciders": selectors.full_names(people),
        "child_names": selectors.children_names([one.child_id for one in disagreements if one.child_id]),
        "me": request.user.get_username(),
        "repairs": list(Repair.objects.filter(employer_no=account.employer_no).order_by("-pk")[:SHOWN]),
        "regularisation": owing.open_of(account.employer_no),
        "merge_hint": "CMG-015" in codes,
        "returned": returned_of([SUBJECT + account.employer_no]).get(SUBJECT + account.employer_no, []),
    } | _owner_context(request, dossier, roles, may_treat=may_treat) | _end_context(request, dossier, may_treat=may_treat)  # fmt: skip


def _owner_context(
    request: HttpRequest, dossier: Dossier | None, roles: set[Role], *, may_treat: bool
) -> dict[str, object]:
    if dossier is None or dossier.state not in OPEN_STATES or not may_treat:
        return {"hand_over": None, "colleagues": []}
    hand_over = dossiers.hand_over_of(dossier)
    own = dossier.owner_id == request.user.pk
    colleagues = dossiers.colleagues_of(dossier, today())
    may_assign = dossier.owner_id is None or own or Role.SUPERVISOR in roles
    return {
        "hand_over": hand_over,
        "may_answer": hand_over is not None and may_answer(hand_over, request.user, today()),
        "may_withdraw": hand_over is not None and hand_over.proposed_by_id == request.user.pk,
        "may_propose": own and hand_over is None,
        "to_body": BODIES[OTHER_BODY[dossier.body]],
        "colleagues": [one for one in colleagues if one.pk != dossier.owner_id] if may_assign else [],
        "may_take": dossier.owner_id is None and any(one.pk == request.user.pk for one in colleagues),
    }


def _end_context(request: HttpRequest, dossier: Dossier | None, *, may_treat: bool) -> dict[str, object]:
    """Whether the person may close the dossier, and what of the family still waits."""
    if dossier is None or dossier.state == DossierState.CLOSED or not may_treat:
        return {"may_end": False}
    if not ending.may_end(dossier, request.user, today()):  # type: ignore[arg-type]
        return {"may_end": False}
    return {"may_end": True, "not_ended": ending.why_not_to_end(dossier)}


def papers_of(account: Account) -> dict[str, object]:
    """What other parts of the portal wrote about the family, to read here: reports, messages, letters, employees."""
    subject = SUBJECT + account.employer_no
    reports = list(Report.objects.filter(employer_no=account.employer_no).order_by("-pk")[:SHOWN])
    messages = Message.objects.filter(subject=subject).order_by("-pk")[:SHOWN]
    return {
        "reports": reports,
        "papers": with_origin(by_about(subject), reports),
        "letters": list(letters_of(subject)[:SHOWN]),
        "messages_read": [(one, text_of(one)) for one in messages],
        "employees": list(
            Employee.objects.filter(employer_no=account.employer_no, known_until__isnull=True).order_by("employee_no")[
                :SHOWN
            ]
        ),
    }


def children_of(rights: Sequence[Right]) -> list[Right]:
    """One right for each child, the one that names it best."""
    found: dict[str, Right] = {}
    for right in rights:
        if right.child_id not in found or not found[right.child_id].child_first_name:
            found[right.child_id] = right
    return sorted(found.values(), key=lambda right: (right.child_birth_date, right.child_id))
