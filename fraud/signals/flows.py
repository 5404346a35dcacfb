"""Nine kinds of files received to be compared with what the portal holds; each row that is wrong says what to correct."""

import polars as pl

from fraud.models import CareSide
from portal.exchange.cells import Column
from portal.exchange.flows import FlowKind, RowRule, register
from portal.people.identity import name_keys
from portal.people.vault import lookup_keys

BENEFIT = "fraud"
NIR = {"nir": "NIR"}
FIRST_YEAR, LAST_YEAR = 2019, 2100
SOURCES = ("TAX", "RNCPS", "EMPLOYMENT", "HEALTH_FUND", "FAMILY_FUND")


def _minutes(text: pl.Expr) -> pl.Expr:
    """``07:30`` as minutes of the day."""
    return text.str.head(2).cast(pl.Int64) * 60 + text.str.slice(3, 2).cast(pl.Int64)


def _care_days(frame: pl.DataFrame) -> pl.DataFrame:
    """Hours as minutes; hours that are empty say that the child did not come."""
    return frame.with_columns(
        arrived=_minutes(pl.col("hours").str.head(5)),
        departed=_minutes(pl.col("hours").str.slice(6, 5)),
        billed_minutes=pl.col("billed_hours").fill_null(0) * 60 // 100,
    ).drop("hours", "billed_hours")


def _creche_days(frame: pl.DataFrame) -> pl.DataFrame:
    return _care_days(frame).rename({"cnaf_id": "provider_no"})


def _minder_days(frame: pl.DataFrame) -> pl.DataFrame:
    return _care_days(frame).rename({"employee_no": "provider_no"})


def _addresses(frame: pl.DataFrame) -> pl.DataFrame:
    """The address becomes a key at once: what is compared cannot be read."""
    plain = frame.select(address=name_keys(pl.concat_str("address", "postcode", separator=" ")))["address"]
    keys = lookup_keys(plain, "ADDRESS").rename({"key": "address_key", "value": "plain"})
    return (
        frame.with_columns(plain=plain)
        .join(keys, on="plain", how="left", maintain_order="left")
        .drop("plain", "address", "postcode", "nir")
    )


def _without_nir(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop("nir")


def _pay(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({"net_pay": "net_cents"}).drop("nir")


def _resources(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({"net_resources": "net_cents"}).drop("nir")


def _allowances(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({"paid_on": "dated"})


def _attendance(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({"said_on": "dated"})


ONE_RANGE = RowRule(
    pl.col("hours").str.contains("|", literal=True),
    "hours",
    "one_range",
    "Une ligne dit une seule plage d’heures : de la première arrivée au dernier départ du jour.",
)
FORWARD = RowRule(
    pl.col("ends_on") <= pl.col("starts_on"), "ends_on", "period_reversed", "La fin doit venir après le début."
)
QUARTER = RowRule(
    ~pl.col("quarter").dt.month().is_in([1, 4, 7, 10]), "quarter", "bad_value",
    "Un trimestre est dit par son premier mois : janvier, avril, juillet ou octobre.",
)  # fmt: skip
SCHOOL_YEAR = RowRule(
    pl.col("school_year") < FIRST_YEAR, "school_year", "bad_value", f"L’année de la rentrée, depuis {FIRST_YEAR}."
)
CHILD = Column("child_id", "id", required=True)
FUND, BENEFICIARY = Column("fund", "fund", required=True), Column("beneficiary_no", "id", required=True)
REFERENCE, PERSON = Column("reference_no", "id", required=True), Column("nir", "free", required=True)
OF_DAY = (CHILD, Column("day", "date", required=True), Column("hours", "opening"), Column("billed_hours", "hours"))
YEAR = Column("school_year", "count", required=True, largest=LAST_YEAR)

KINDS = (
    FlowKind(
        name="creche-days", benefit=BENEFIT, table="fraud_careday", key=("child_id", "day", "provider_no"),
        derive=_creche_days, constant={"side": CareSide.CRECHE.value}, rules=(ONE_RANGE,),
        columns=(Column("cnaf_id", "id", required=True), *OF_DAY),
    ),
    FlowKind(
        name="childminder-days", benefit=BENEFIT, table="fraud_careday", key=("child_id", "day", "provider_no"),
        derive=_minder_days, constant={"side": CareSide.CHILDMINDER.value}, rules=(ONE_RANGE,),
        columns=(Column("employee_no", "id", required=True), Column("employer_no", "id", required=True), *OF_DAY),
    ),
    FlowKind(
        name="declared-addresses", benefit=BENEFIT, table="fraud_knownaddress", key=("source", "nir_key", "starts_on"),
        derive=_addresses, identified=NIR, rules=(FORWARD,),
        columns=(Column("source", "choice", required=True, choices=SOURCES), PERSON, Column("address", "text", required=True),
                 Column("postcode", "postcode", required=True), Column("starts_on", "date", required=True),
                 Column("ends_on", "date")),
    ),
    FlowKind(
        name="employer-pay", benefit=BENEFIT, table="fraud_employerpay", key=("nir_key", "month", "employer_siret"),
        derive=_pay, identified=NIR, money="net_pay",
        columns=(PERSON, Column("employer_siret", "siret", required=True), Column("month", "month", required=True),
                 Column("net_pay", "amount", required=True)),
    ),
    FlowKind(
        name="declared-resources", benefit=BENEFIT, table="fraud_declaredresource", key=("nir_key", "quarter", "fund"),
        derive=_resources, identified=NIR, money="net_resources", fund="fund", rules=(QUARTER,),
        columns=(PERSON, FUND, Column("quarter", "month", required=True), Column("net_resources", "amount", required=True)),
    ),
    FlowKind(
        name="rnipp-deaths", benefit=BENEFIT, table="fraud_knowndeath", key=("nir_key",), derive=_without_nir,
        identified=NIR, columns=(PERSON, Column("died_on", "date", required=True)),
    ),
    FlowKind(
        name="school-allowances", benefit=BENEFIT, table="fraud_schoolfact", key=("reference_no",),
        derive=_allowances, constant={"nature": "ALLOWANCE"}, fund="fund", rules=(SCHOOL_YEAR,),
        columns=(REFERENCE, FUND, BENEFICIARY, CHILD, YEAR, Column("paid_on", "date", required=True)),
    ),
    FlowKind(
        name="school-attendance", benefit=BENEFIT, table="fraud_schoolfact", key=("reference_no",),
        derive=_attendance, constant={"nature": "ATTENDANCE"}, fund="fund", rules=(SCHOOL_YEAR,),
        columns=(REFERENCE, FUND, BENEFICIARY, CHILD, YEAR, Column("is_enrolled", "flag", required=True),
                 Column("said_on", "date", required=True)),
    ),
    FlowKind(
        name="proven-stays", benefit=BENEFIT, table="fraud_provenstay", key=("reference_no",), derive=_without_nir,
        identified=NIR, fund="fund", rules=(FORWARD,),
        columns=(REFERENCE, FUND, PERSON, Column("paper", "free", required=True), Column("starts_on", "date", required=True),
                 Column("ends_on", "date", required=True)),
    ),
)  # fmt: skip
# Not a file: what families and agents give, which the portal holds.
GIVEN_PAPERS = "papers"
WORDS = {
    GIVEN_PAPERS: "Pièces remises aux dossiers",
    "creche-days": "Jours de présence en crèche", "childminder-days": "Jours de garde chez les assistants maternels",
    "declared-addresses": "Adresses connues des organismes", "employer-pay": "Salaires déclarés par les employeurs (DSN)",
    "declared-resources": "Ressources déclarées du trimestre", "rnipp-deaths": "Décès (RNIPP)",
    "school-allowances": "Allocations de rentrée versées", "school-attendance": "Inscriptions scolaires",
    "proven-stays": "Séjours hors de France prouvés", "accounts": "Comptes employeurs (Pajemploi)",
    "rights_fund": "Droits des caisses", "declarations": "Déclarations (Pajemploi)", "parents": "Parents des pensions",
    "titles": "Titres des pensions", "childminder-approvals": "Agréments des départements",
}  # fmt: skip


def register_kinds() -> None:
    """Make the kinds of files that are compared known to the exchange."""
    for kind in KINDS:
        register(kind)
