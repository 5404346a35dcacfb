"""Opening, assigning, moving and annotating dossiers, one or thirty thousand; every change is in the timeline."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import polars as pl
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal.accounts.models import Posting, Role, User
from portal.accounts.permissions import moment_on, roles_on
from portal.bulk import copy_in
from portal.casework.models import DOSSIER_MOVES, Dossier, DossierEvent, DossierState

OPEN_STATES = (DossierState.OPEN, DossierState.ESCALATED)
# The states that answer a dossier: `answered_on` keeps the day of the first.
ANSWERS = (DossierState.RESOLVED, DossierState.CLOSED)
DESK_ROLES = {"FUND": Role.FUND_CASEWORKER, "PAJEMPLOI": Role.PAJEMPLOI_CASEWORKER}


class DossierMoveNotAllowed(Exception):
    """The dossier cannot go from its present state to the one asked for."""


def open_dossiers(held: pl.DataFrame, *, opened_on: date, deadline: date, at: datetime) -> int:
    """One open dossier per subject: a new one with an owner and a deadline, or the one at hand brought up to date.

    One that was repaired and whose money has not moved yet opens again, with its owner and its date.

    `held`: subject, title, fund, body (FUND or PAJEMPLOI), reasons, effect, held_cents. A deadline already given is
    never moved. Returns how many were opened. Runs inside the caller's transaction.
    """
    if held.is_empty():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS held_family (subject text, title text, fund text, body text, "
                       "reasons text, effect text, held_cents bigint) ON COMMIT DROP")  # fmt: skip
        cursor.execute("TRUNCATE held_family")
        copy_in(held, "held_family", ("subject", "title", "fund", "body", "reasons", "effect", "held_cents"))
        cursor.execute(OPEN_AGAIN, {"at": at})
        cursor.execute(UPDATE_OPEN, {"at": at})
        cursor.execute(
            OPEN_NEW,
            {"opened": opened_on, "deadline": deadline, "at": at, "fund_role": DESK_ROLES["FUND"],
             "pajemploi_role": DESK_ROLES["PAJEMPLOI"]},
        )  # fmt: skip
        return cursor.rowcount


OPEN_AGAIN = """
WITH latest AS (
    SELECT DISTINCT ON (d.subject) d.id, d.state FROM casework_dossier d JOIN held_family h ON h.subject = d.subject
    ORDER BY d.subject, d.id DESC
), again AS (
    UPDATE casework_dossier d SET state = 'OPEN' FROM latest l WHERE d.id = l.id AND l.state = 'RESOLVED'
      AND NOT EXISTS (SELECT 1 FROM casework_dossier o WHERE o.subject = d.subject AND o.state IN ('OPEN', 'ESCALATED'))
    RETURNING d.id
)
INSERT INTO casework_dossierevent (dossier_id, at, actor, kind, text, detail)
SELECT id, %(at)s, 'portail', 'REOPENED', 'Dossier rouvert : les deux côtés ne sont plus d’accord.',
       '{"from": "RESOLVED", "to": "OPEN"}' FROM again
"""

UPDATE_OPEN = """
WITH changed AS (
    UPDATE casework_dossier d SET reasons = h.reasons, effect = h.effect, held_cents = h.held_cents
    FROM held_family h
    WHERE d.subject = h.subject AND d.state IN ('OPEN', 'ESCALATED')
      AND (d.reasons, d.effect, d.held_cents) IS DISTINCT FROM (h.reasons, h.effect, h.held_cents)
    RETURNING d.id, d.reasons, d.held_cents
)
INSERT INTO casework_dossierevent (dossier_id, at, actor, kind, text, detail)
SELECT id, %(at)s, 'portail', 'UPDATED', 'Désaccords mis à jour : ' || reasons,
       jsonb_build_object('held_cents', held_cents) FROM changed
"""

# Owners are dealt in turn among the people of the desk, those with fewest open dossiers first.
OPEN_NEW = """
WITH agent AS (
    SELECT p.user_id, p.role, p.serves AS fund,
           row_number() OVER (PARTITION BY p.role, p.serves ORDER BY coalesce(w.load, 0), p.user_id) - 1 AS turn,
           count(*) OVER (PARTITION BY p.role, p.serves) AS team
    FROM (SELECT *, accounts_serves(role, fund, branch, %(opened)s) AS serves FROM accounts_posting) p
    JOIN accounts_user u ON u.id = p.user_id AND u.is_active
    LEFT JOIN (SELECT owner_id, count(*) AS load FROM casework_dossier WHERE state IN ('OPEN', 'ESCALATED')
               GROUP BY owner_id) w ON w.owner_id = p.user_id
    WHERE p.starts_on <= %(opened)s AND (p.ends_on IS NULL OR p.ends_on > %(opened)s)
), fresh AS (
    SELECT h.*, CASE WHEN h.body = 'FUND' THEN %(fund_role)s ELSE %(pajemploi_role)s END AS role,
           CASE WHEN h.body = 'FUND' THEN h.fund ELSE '' END AS desk
    FROM held_family h
    WHERE NOT EXISTS (SELECT 1 FROM casework_dossier d
                      WHERE d.subject = h.subject AND d.state IN ('OPEN', 'ESCALATED'))
), numbered AS (
    SELECT f.*, row_number() OVER (PARTITION BY role, desk ORDER BY subject) - 1 AS n FROM fresh f
), opened AS (
    INSERT INTO casework_dossier (subject, title, fund, body, state, owner_id, opened_on, deadline, reasons, effect,
                                  held_cents)
    SELECT n.subject, n.title, n.fund, n.body, 'OPEN', a.user_id, %(opened)s, %(deadline)s, n.reasons, n.effect,
           n.held_cents
    FROM numbered n LEFT JOIN agent a ON a.role = n.role AND a.fund = n.desk AND a.turn = n.n %% a.team
    RETURNING id, reasons, held_cents, owner_id, deadline
)
INSERT INTO casework_dossierevent (dossier_id, at, actor, kind, text, detail)
SELECT id, %(at)s, 'portail', 'OPENED', 'Dossier ouvert : ' || reasons,
       jsonb_build_object('held_cents', held_cents, 'owner', owner_id, 'deadline', deadline) FROM opened
"""


def resolve_dossiers(subjects: Sequence[str], *, at: datetime) -> int:
    """The open dossiers of `subjects`, whose disagreement is repaired, become RESOLVED. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH moved AS (
                UPDATE casework_dossier SET state = 'RESOLVED', held_cents = 0,
                       answered_on = coalesce(answered_on, %s)
                WHERE state IN ('OPEN', 'ESCALATED') AND subject = ANY (%s) RETURNING id
            )
            INSERT INTO casework_dossierevent (dossier_id, at, actor, kind, text, detail)
            SELECT id, %s, 'portail', 'RESOLVED', 'Les deux côtés sont d’accord : le mois est réglé.', '{}' FROM moved
            """,
            (timezone.localdate(at), list(subjects), at),
        )
        return cursor.rowcount


def move_dossier(
    *, dossier_pk: int, to: DossierState, by: str, reason: str, on: date, at: datetime | None = None
) -> Dossier:  # fmt: skip
    """One state change with its line in the timeline. Raises DossierMoveNotAllowed."""
    at = at or moment_on(on)
    with transaction.atomic():
        dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier_pk)
        if to not in DOSSIER_MOVES[DossierState(dossier.state)]:
            raise DossierMoveNotAllowed(f"Ce dossier est « {dossier.get_state_display()} ».")
        former, dossier.state = dossier.state, to
        dossier.closed_on = on if to == DossierState.CLOSED else None
        if to in ANSWERS:
            dossier.answered_on = dossier.answered_on or timezone.localdate(at)
        dossier.save(update_fields=["state", "closed_on", "answered_on"])
        add_event(
            dossier_pk=dossier.pk,
            kind="MOVED",
            text=reason,
            by=by,
            detail={"from": former, "to": to},
            at=at,
        )
    return dossier


class AssignmentRefused(Exception):
    """Why a dossier is not given to this person, in French."""


def assign_dossier(
    *, dossier_pk: int, to: User, seen_owner_pk: int | None, by: User, on: date, at: datetime
) -> Dossier:
    """Give an open dossier to somebody of its desk; to who has it already, nothing changes.

    `seen_owner_pk` is the owner that `by` read: when it is no longer the owner, the first assignment stands. Raises
    AssignmentRefused.
    """
    with transaction.atomic():
        dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier_pk)
        if dossier.owner_id == to.pk:
            return dossier
        _check_assignment(dossier, to, seen_owner_pk, by, on)
        dossier.owner = to
        dossier.save(update_fields=["owner"])
        text = (
            f"{to.full_name} prend le dossier."
            if to.pk == by.pk
            else f"{by.full_name} confie le dossier à {to.full_name}."
        )
        add_event(dossier_pk=dossier.pk, kind="OWNER", by=by.get_username(), at=at, text=text)
    return dossier


def _check_assignment(dossier: Dossier, to: User, seen_owner_pk: int | None, by: User, on: date) -> None:
    if dossier.state not in OPEN_STATES:
        raise AssignmentRefused(f"Ce dossier est « {dossier.get_state_display()} ».")
    if dossier.owner_id != seen_owner_pk:
        who = dossier.owner.full_name if dossier.owner else "personne"
        raise AssignmentRefused(f"Le dossier a changé de responsable pendant votre lecture : c’est {who}.")
    if dossier.owner_id not in (None, by.pk) and Role.SUPERVISOR not in roles_on(by, on):
        raise AssignmentRefused(
            "Ce dossier a un responsable : seule cette personne ou l’encadrement le confie à une autre."
        )
    posts = Posting.objects.in_force_on(on).filter(user_id=to.pk, role=DESK_ROLES[dossier.body])
    if not (posts.filter(serves=dossier.fund) if dossier.body == "FUND" else posts).exists():
        raise AssignmentRefused(f"{to.full_name} n’est pas de l’équipe qui traite ce dossier.")


def add_note(
    *, dossier_pk: int, text: str, by: str, at: datetime | None = None, form_key: UUID | None = None
) -> DossierEvent:  # fmt: skip
    """A note in the timeline; the same form again gives the first one. Raises Dossier.DoesNotExist."""
    dossier = Dossier.objects.get(pk=dossier_pk)
    try:
        with transaction.atomic():
            return add_event(dossier_pk=dossier.pk, kind="NOTE", text=text, by=by, at=at, form_key=form_key)
    except IntegrityError:
        if form_key is None:
            raise
        return DossierEvent.objects.get(form_key=form_key)


def add_event(
    *, dossier_pk: int, kind: str, text: str, by: str, detail: dict[str, object] | None = None,
    at: datetime | None = None, form_key: UUID | None = None,
) -> DossierEvent:  # fmt: skip
    """One line of a dossier's timeline."""
    return DossierEvent.objects.create(
        dossier_id=dossier_pk,
        at=at or timezone.now(),
        actor=by,
        kind=kind,
        text=text,
        detail=detail or {},
        form_key=form_key,
    )


def escalate_overdue(*, on: date) -> int:
    """Open dossiers past their deadline go to the team's lead; a hold never ends by itself into a debit."""
    late = Dossier.objects.filter(state=DossierState.OPEN, deadline__lt=on).order_by("pk")
    for pk in late.values_list("pk", flat=True):
        move_dossier(dossier_pk=pk, to=DossierState.ESCALATED, by="portail", reason="échéance dépassée", on=on)
    return Dossier.objects.filter(state=DossierState.ESCALATED, deadline__lt=on).count()
