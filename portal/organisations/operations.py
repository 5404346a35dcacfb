"""Loading the directory of bodies into the database, and the missions of the joint funds that exist."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from portal.organisations.directory import Fund, bodies, missions
from portal.organisations.models import BodyMission, Organisation

FACTS = ["name", "body", "seat_departement", "departements", "seat_city"]


def load_directory() -> int:
    """Every body of the directory, and what joint funds hold; what is there is brought up to date. Returns how many."""
    dated = [one for one in bodies().values() if one.valid_from or one.valid_to]
    with transaction.atomic():
        # A body that a joint fund replaced since keeps its last day: the directory does not know it yet.
        _write([one for one in bodies().values() if one not in dated], FACTS)
        _write(dated, [*FACTS, "valid_from", "valid_to"])
        _write_missions()
        write_returns()
    return len(bodies())


def _write(found: Sequence[Fund], brought: list[str]) -> None:
    rows = [
        Organisation(
            code=one.code, name=one.name, body=one.body, seat_departement=one.seat_departement,
            departements=list(one.departements), seat_city=one.seat_city, valid_from=one.valid_from, valid_to=one.valid_to,
        )
        for one in found
    ]  # fmt: skip
    Organisation.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=brought)


def _write_missions() -> None:
    for one in missions():
        if one.starts_on is not None:
            BodyMission.objects.get_or_create(
                departement=one.departement, branch=one.branch, starts_on=one.starts_on,
                defaults={
                    "body_id": one.body, "former_id": one.former, "ends_on": one.ends_on,
                    "experimental_until": one.experimental_until,
                },
            )  # fmt: skip
            found = BodyMission.objects.filter(departement=one.departement, branch=one.branch, starts_on=one.starts_on)
            found.filter(experimental_until=None).update(experimental_until=one.experimental_until)


def write_returns() -> None:
    """Bodies that answer again live on, whatever the directory knew; a joint fund whose files all went back has its last day."""
    held = BodyMission.objects.filter(returned=None)
    back = BodyMission.objects.exclude(returned=None)
    same = held.filter(former=OuterRef("former"), branch=OuterRef("branch"))
    Organisation.objects.filter(code__in=back.exclude(Exists(same)).values("former")).update(valid_to=None)
    over = back.exclude(body__in=held.values("body")).values("body").annotate(last=Max("ends_on")).order_by("body")
    for one in over:
        Organisation.objects.filter(pk=one["body"]).update(valid_to=one["last"])
