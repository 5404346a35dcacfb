"""How places are called on the pages of those who work with them, and the days of a week."""

from collections.abc import Iterable

from monenfant.models import Approval, CarePlace, CareStructure, Provider
from portal.exchange.received import CURRENT

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def names_of(places: Iterable[CarePlace]) -> dict[int, str]:
    """A childminder's own name, a structure's, or the number where nothing was received; two queries, however many."""
    found = list(places)
    numbers = {kind: [one.number for one in found if one.provider == kind] for kind in Provider}
    structures = CareStructure.objects.filter(CURRENT, cnaf_id__in=numbers[Provider.STRUCTURE])
    approvals = Approval.objects.filter(CURRENT, childminder_no__in=numbers[Provider.CHILDMINDER]).order_by("start")
    known = {(Provider.STRUCTURE, one.cnaf_id): one.name for one in structures}
    known |= {(Provider.CHILDMINDER, one.childminder_no): one.full_name for one in approvals}
    return {one.pk: known.get((one.provider, one.number), one.number) for one in found}
