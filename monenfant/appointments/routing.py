"""Who answers a family: the desk that serves its commune, else the nearest information point, else the fund."""

from dataclasses import dataclass
from datetime import date
from math import cos, radians

from django.db.models import QuerySet

from monenfant.models import AppointmentRequest, ChildcareDesk, DeskKind, Route
from monenfant.rules.appointments import promised_number
from portal.accounts.permissions import today
from portal.exchange.received import CURRENT
from portal.organisations.communes import Commune, commune_of, distance_km
from portal.organisations.directory import competent_fund
from portal.organisations.serving import name_on

KM_PER_DEGREE = 111.0


@dataclass(frozen=True)
class Answerer:
    """Who answers and why, before anything is asked."""

    route: Route
    fund: str
    commune: Commune
    desk: ChildcareDesk | None = None
    km: float = 0.0

    @property
    def name(self) -> str:
        return self.desk.name if self.desk else name_on(self.fund, today())

    @property
    def why(self) -> str:
        return why(self.route, self.commune, self.km)


def why(route: str, commune: Commune, km: float = 0.0) -> str:
    """Why this desk, in a sentence."""
    if route == Route.DESK:
        return f"Ce relais reçoit les familles de {commune.name}."
    if route == Route.INFO_POINT:
        far = f", à {km:.0f} km" if km >= 1 else ""
        return f"Aucun relais ne couvre {commune.name}. C’est le lieu d’information le plus proche{far}."
    return f"Ni relais ni lieu d’information près de {commune.name} : la Caf de votre département vous répond."


def answerer_for(insee_code: str, on: date) -> Answerer:
    """Raises UnknownCommune."""
    commune = commune_of(insee_code)
    fund = competent_fund("CAF", commune.departement)
    assert fund is not None, f"no fund listed in {commune.departement}"
    serving = ChildcareDesk.objects.filter(CURRENT, kind=DeskKind.CHILDCARE_DESK, served__contains=[insee_code])
    if (found := _nearest(serving, commune)) is not None:
        return Answerer(Route.DESK, fund.code, commune, *found)
    most = promised_number("info_point_km", on)
    if (found := _nearest(_points_around(commune, most), commune)) is not None and found[1] <= most:
        return Answerer(Route.INFO_POINT, fund.code, commune, *found)
    return Answerer(Route.FUND, fund.code, commune)


def _points_around(commune: Commune, km: int) -> QuerySet[ChildcareDesk]:
    north = km / KM_PER_DEGREE
    east = north / max(cos(radians(commune.lat)), 0.01)
    return ChildcareDesk.objects.filter(
        CURRENT, kind=DeskKind.EARLY_YEARS_INFO_POINT, lat__range=(commune.lat - north, commune.lat + north),
        lon__range=(commune.lon - east, commune.lon + east),
    )  # fmt: skip


def _nearest(desks: QuerySet[ChildcareDesk], commune: Commune) -> tuple[ChildcareDesk, float] | None:
    """The nearest and its distance; of two at one distance, always the same."""
    ways = [(distance_km(commune.lat, commune.lon, one.lat, one.lon), one.desk_no, one) for one in desks]
    if not ways:
        return None
    km, _number, desk = min(ways, key=lambda way: way[:2])
    return desk, km


def desk_of(desk_no: str) -> ChildcareDesk | None:
    """A desk by its number, as it was last received, even when its fund no longer lists it."""
    return ChildcareDesk.objects.filter(desk_no=desk_no).order_by("-pk").first() if desk_no else None


def holder_name(request: AppointmentRequest, desk: ChildcareDesk | None) -> str:
    """Who answers now; `desk` is that of the request, or nothing when the fund holds it."""
    return desk.name if desk else name_on(request.fund, today())
