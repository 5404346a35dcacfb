"""The three kinds of files of the offer, as data (columns, keys, order), and the derivation of their rows."""

import polars as pl

from monenfant.flows.approvals import APPROVAL_RULES
from monenfant.flows.places import BESIDE, FUND_RULE, PLACE_RULES, departement_numbers, placed
from monenfant.flows.structures import HOUSE, MANAGERS_AGREE, STRUCTURE_RULES
from monenfant.models import CarePlaceKind, DeskKind, EmployerKind, Funding, ListingStatus, StructureType
from monenfant.rules.childminders import CHILDREN_MOST
from monenfant.rules.opening import WEEK
from monenfant.rules.structures import MICRO_CMG_REPORT_FROM, STRUCTURES_REPORT_FROM
from portal.exchange.cells import Column
from portal.exchange.flows import FlowKind, register

BENEFIT = "monenfant"
OLDEST_MONTHS = 72
LARGEST_CAPACITY = 500
# Where the address is hidden, the point of the commune stands, on a grid of about 500 m.
GRID_PER_DEGREE = 222


def _structures(frame: pl.DataFrame) -> pl.DataFrame:
    """The day from which places are reported (`monenfant.rules.structures.obligation_start`, over a column)."""
    micro = pl.col("funding") == Funding.MICRO_CMG.value
    start = pl.when(micro).then(pl.lit(MICRO_CMG_REPORT_FROM)).otherwise(pl.lit(STRUCTURES_REPORT_FROM))
    return placed(frame).with_columns(obligation_start=pl.when(~HOUSE).then(start)).drop(BESIDE)


def _approvals(frame: pl.DataFrame) -> pl.DataFrame:
    """What is not said to be hidden is shown; what is hidden never leaves the point of its commune."""
    hides = [pl.col(name).fill_null(value=False) for name in ("hides_address", "hides_email", "hides_phone")]
    known = placed(frame.with_columns(fund=pl.lit(None, dtype=pl.String))).with_columns(hides)
    shown = [
        pl.when("hides_address")
        .then((pl.col(f"middle_{axis}") * GRID_PER_DEGREE).round() / GRID_PER_DEGREE)
        .otherwise(pl.col(axis))
        .alias(f"shown_{axis}")
        for axis in ("lat", "lon")
    ]
    return known.with_columns(shown).drop(BESIDE)


def _desks(frame: pl.DataFrame) -> pl.DataFrame:
    """The communes served, as the database writes a list; a desk serves its own in any case."""
    served = pl.coalesce("served", "insee_code").str.replace_all("|", ",", literal=True)
    return placed(frame).with_columns(served=pl.lit("{") + served + pl.lit("}")).drop(BESIDE)


PLACE = (
    Column("address", "text"),
    Column("postcode", "postcode"),
    Column("city", "free"),
    Column("insee_code", "commune", required=True),
    Column("lat", "coordinate"),
    Column("lon", "coordinate"),
    Column("phone", "phone"),
    Column("email", "email"),
)
STRUCTURES = FlowKind(
    name="care-structures",
    benefit=BENEFIT,
    fund="fund",
    table="monenfant_carestructure",
    key=("cnaf_id",),
    order=("updated_at",),
    derive=_structures,
    rules=STRUCTURE_RULES,
    agreements=(MANAGERS_AGREE,),
    columns=(
        Column("cnaf_id", "id", required=True),
        Column("siret", "siret"),
        Column("finess", "finess"),
        Column("name", "free", required=True),
        Column("type", "choice", required=True, choices=tuple(StructureType.values)),
        Column("funding", "choice", required=True, choices=tuple(Funding.values)),
        Column("manager_siret", "siret"),
        Column("manager_name", "free"),
        *PLACE,
        Column("web", "web"),
        Column("fund", "fund"),
        Column("capacity", "count", required=True, largest=LARGEST_CAPACITY),
        Column("age_min_months", "count", required=True, largest=OLDEST_MONTHS),
        Column("age_max_months", "count", required=True, largest=OLDEST_MONTHS),
        *(Column(day, "opening") for day in WEEK),
        Column("closed_periods", "periods"),
        Column("listing_status", "choice", required=True, choices=tuple(ListingStatus.values)),
        Column("software_vendor", "id"),
        Column("updated_at", "instant", required=True),
    ),
)
APPROVALS = FlowKind(
    name="childminder-approvals",
    benefit=BENEFIT,
    fund="departement",
    table="monenfant_approval",
    key=("approval_number",),
    order=("updated_at",),
    derive=_approvals,
    rules=APPROVAL_RULES,
    columns=(
        Column("approval_number", "id", required=True),
        Column("childminder_no", "id", required=True),
        Column("departement", "choice", required=True, choices=departement_numbers()),
        Column("last_name", "name", required=True),
        Column("first_names", "name"),
        Column("start", "date", required=True),
        Column("end", "date", required=True),
        Column("max_children", "count", required=True, largest=CHILDREN_MOST),
        Column("place", "choice", required=True, choices=tuple(CarePlaceKind.values)),
        Column("house_no", "id"),
        *PLACE,
        Column("employer_kind", "choice", required=True, choices=tuple(EmployerKind.values)),
        Column("publication_authorised_on", "date"),
        Column("hides_address", "flag"),
        Column("hides_email", "flag"),
        Column("hides_phone", "flag"),
        Column("stopped_on", "date"),
        Column("updated_at", "instant", required=True),
    ),
)
DESKS = FlowKind(
    name="childcare-desks",
    benefit=BENEFIT,
    fund="fund",
    table="monenfant_childcaredesk",
    key=("desk_no",),
    order=("updated_at",),
    derive=_desks,
    rules=(*PLACE_RULES, FUND_RULE),
    columns=(
        Column("desk_no", "id", required=True),
        Column("kind", "choice", required=True, choices=tuple(DeskKind.values)),
        Column("name", "free", required=True),
        *PLACE,
        Column("web", "web"),
        Column("fund", "fund"),
        Column("served", "communes"),
        Column("updated_at", "instant", required=True),
    ),
)


def register_kinds() -> None:
    """Make the kinds of the offer known to the exchange."""
    for kind in (STRUCTURES, APPROVALS, DESKS):
        register(kind)
