"""A manager lets a vendor's software report in its name, or takes it back: dated, journaled, once a form's key."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from monenfant.models import CareStructure, DelegationAct, DelegationStep, Manager, SoftwareDelegation, SoftwareVendor
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.exchange.received import CURRENT
from portal.turns import one_at_a_time


class DelegationRefused(Exception):
    """The delegation cannot be given or ended so; the sentence says why, in French."""


def delegate(
    *, key: UUID, manager_pk: int, vendor_pk: int, start: date, by_pk: int, now: datetime, day: date
) -> tuple[DelegationAct, bool]:  # fmt: skip
    """Give a delegation from `start`; with whether this form was received before. Raises DelegationRefused."""
    if earlier := act_of(key, by_pk):
        return earlier, True
    if start < day:
        raise DelegationRefused("Une délégation commence aujourd’hui ou plus tard.")
    try:
        with transaction.atomic():
            one_at_a_time(f"delegations:{manager_pk}")
            given = SoftwareDelegation.objects.create(manager_id=manager_pk, vendor_id=vendor_pk, start=start)
            return _noted(key, given, DelegationStep.START, start, by_pk, now), False
    except IntegrityError as refused:
        if earlier := act_of(key, by_pk):
            return earlier, True
        raise DelegationRefused("Cet éditeur a déjà une délégation à ces dates.") from refused


def end_delegation(
    *, key: UUID, delegation_pk: int, end: date, by_pk: int, now: datetime, day: date
) -> tuple[DelegationAct, bool]:  # fmt: skip
    """Take a delegation back: `end` is its first day without. Raises SoftwareDelegation.DoesNotExist, DelegationRefused."""
    if earlier := act_of(key, by_pk):
        return earlier, True
    with transaction.atomic():
        held = SoftwareDelegation.objects.select_for_update(of=("self",)).get(pk=delegation_pk)
        # The same form sent twice at once: the second waited here for the first.
        if earlier := act_of(key, by_pk):
            return earlier, True
        if held.end is not None and held.end <= day:
            raise DelegationRefused("Cette délégation est déjà finie.")
        if end < day:
            raise DelegationRefused("Une délégation ne finit pas dans le passé : choisissez aujourd’hui ou plus tard.")
        held.end = max(end, held.start)
        held.save(update_fields=["end"])
        return _noted(key, held, DelegationStep.END, held.end, by_pk, now), False


def act_of(key: UUID, by_pk: int) -> DelegationAct | None:
    """What this form did before, for the one who sent it."""
    return DelegationAct.objects.filter(key=key, by=by_pk).select_related("delegation__vendor").first()


def in_force_or_coming(managers: QuerySet[Manager], day: date) -> QuerySet[SoftwareDelegation]:
    held = SoftwareDelegation.objects.filter(Q(end=None) | Q(end__gt=day), manager__in=managers)
    return held.select_related("vendor", "manager").order_by("vendor__name", "start", "pk")


def structures_run_by(manager: Manager) -> QuerySet[CareStructure]:
    """What a delegation of this manager is about, today."""
    return CareStructure.objects.filter(CURRENT, manager_siret=manager.siret).order_by("name", "cnaf_id")


def _noted(
    key: UUID, given: SoftwareDelegation, step: DelegationStep, on: date, by_pk: int, now: datetime
) -> DelegationAct:  # fmt: skip
    act = DelegationAct.objects.create(key=key, delegation=given, step=step, effect_on=on, by_id=by_pk, at=now)
    vendor = SoftwareVendor.objects.get(pk=given.vendor_id)
    journal(
        actor=User.objects.get(pk=by_pk).username, action=f"childcare.delegation_{step.value.lower()}",
        subject=f"manager:{given.manager.siret}", detail={"vendor": vendor.code, "on": on.isoformat()}, at=now,
    )  # fmt: skip
    return act
