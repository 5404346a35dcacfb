"""The seven kinds of CMG files, as data (columns, keys, order) and the derivation of their rows."""

from datetime import date

import polars as pl

from cmg.models import CareMode, DeclarationKind, EmployeeKind, Prepare, RightStatus
from portal.banking.iban import ibans_valid
from portal.exchange.buckets import buckets_of
from portal.exchange.cells import Column
from portal.exchange.flows import FlowKind, RowRule, register
from portal.exchange.reading import LINE
from portal.people.identity import name_keys, nirs_valid

FIRST_MONTH = date(2019, 6, 1)
REGIME_B_FROM = date(2025, 9, 1)


NIR = {"nir": "NIR"}


def _nir(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(nir_valid=nirs_valid(frame["nir"]).fill_null(value=False)).drop("nir")


def _accounts(frame: pl.DataFrame) -> pl.DataFrame:
    return _nir(frame).with_columns(
        buckets_of(frame["employer_no"]).alias("bucket"),
        ibans_valid(frame["iban"]).fill_null(value=False).alias("iban_valid"),
        pl.col("iban").str.tail(4).fill_null("").alias("iban_tail"),
        pl.col("first_names").fill_null(""),
        pl.col("all_in_one").fill_null(value=False),
        # Some letters become two or more without their accents (œ, ﬁ).
        name_key=name_keys(pl.concat_str("last_name", "first_names", separator=" ", ignore_nulls=True)).str.head(210),
    ).drop("iban")  # fmt: skip


def _rights(frame: pl.DataFrame) -> pl.DataFrame:
    number = pl.concat_str("fund", pl.col("beneficiary_no").fill_null(""), separator=":")
    keyed = frame.select(pl.coalesce("employer_no", number)).to_series()
    return (
        _nir(frame)
        .with_columns(
            buckets_of(keyed).alias("bucket"),
            pl.col("transition_supplement").fill_null(0),
            pl.col("prepare").fill_null("NONE"),
        )
        .rename(
            {
                "start": "starts_on",
                "end": "ends_on",
                "annual_resources": "annual_resources_cents",
                "transition_supplement": "transition_supplement_cents",
            }
        )
    )


def _requests(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop("nir")


def _employees(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(buckets_of(frame["employer_no"]).alias("bucket"))


def _declarations(frame: pl.DataFrame) -> pl.DataFrame:
    """Children in the order of their identifiers, their birth dates with them; amounts not declared are zero."""
    pairs = frame.select(
        LINE, child=pl.col("child_ids").str.split("|"), birth=pl.col("child_birth_dates").str.split("|")
    )
    single = pairs["child"].list.len() == 1
    children = frame.select(LINE, "child_ids", "child_birth_dates")
    if not single.all():
        sorted_pairs = (
            pairs.filter(~single).explode("child", "birth").sort(LINE, "child").group_by(LINE, maintain_order=True)
            .agg(child_ids=pl.col("child").str.join("|"), child_birth_dates=pl.col("birth").str.join("|"))
        )  # fmt: skip
        children = pl.concat([children.filter(single), sorted_pairs])
    zero = [
        "net_salary", "maintenance_allowance", "meal_allowance", "mileage", "terminal_indemnities", "specific_hours",
        "withholding_tax",
    ]  # fmt: skip
    amounts = {name: f"{name}_cents" for name in zero if name != "specific_hours"}
    return (
        frame.with_columns(pl.col(zero).fill_null(0), buckets_of(frame["employer_no"]).alias("bucket"))
        .drop("child_ids", "child_birth_dates")
        .join(children, on=LINE)
        .rename(amounts | {"hours": "hours_hundredths", "specific_hours": "specific_hours_hundredths"})
    )


def _invoices(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("fnas_funded").fill_null(value=False)).rename(
        {"hours": "hours_hundredths", "amount": "amount_cents", "hourly_tariff": "hourly_tariff_cents"}
    )


MODES = tuple(CareMode.values)
RIGHT_COLUMNS = (
    Column("right_no", "id", required=True),
    Column("fund", "fund", required=True),
    Column("beneficiary_no", "id"),
    Column("nir", "free"),
    Column("employer_no", "id"),
    Column("child_id", "id", required=True),
    Column("child_first_name", "name"),
    Column("child_birth_date", "date", required=True),
    Column("care_mode", "choice", required=True, choices=MODES),
    Column("status", "choice", required=True, choices=tuple(RightStatus.values)),
    Column("start", "date", required=True),
    Column("end", "date"),
    Column("annual_resources", "amount_large"),
    Column("dependent_children", "count", largest=20),
    Column("isolated_parent", "flag"),
    Column("aah", "flag"),
    Column("aeeh_children", "count", largest=20),
    Column("prepare", "choice", choices=tuple(Prepare.values)),
    Column("shared_residence", "flag"),
    Column("sequence_no", "count", largest=10**15),
    Column("decided_at", "instant"),
    Column("received_at", "instant"),
    Column("transition_supplement", "amount"),
)
PERIOD = RowRule(pl.col("end") < pl.col("start"), "end", "period_reversed", "La fin est avant le début.")


def _of_regime_b_without_hours() -> pl.Expr:
    # A net salary that is missing or wrong is an error of its own: what else lacks is told with it.
    paid = (pl.col("net_salary") > pl.col("terminal_indemnities").fill_null(0)).fill_null(value=True)
    live = pl.col("kind") != "CANCELLATION"
    return (pl.col("care_month") >= REGIME_B_FROM) & pl.col("hours").is_null() & paid & live


def _declared_too_early() -> pl.Expr:
    """A declaration can be sent ahead for the next month, not for a later one."""
    received = pl.col("received_at").dt.convert_time_zone("Europe/Paris").dt.date().dt.month_start()
    return pl.col("care_month") > received.dt.offset_by("1mo")


def _born_after_the_month() -> pl.Expr:
    """Dates written so compare as texts: a birth date later than the last day of the month of care."""
    last_day = pl.col("care_month").dt.month_end().dt.to_string("%Y-%m-%d")
    return pl.col("child_birth_dates").str.split("|").list.max() > last_day


def register_kinds() -> None:
    """Make the CMG's kinds known to the exchange."""
    register(
        FlowKind(
            name="accounts",
            table="cmg_account",
            key=("employer_no",),
            order=("updated_at",),
            derive=_accounts,
            identified=NIR | {"iban": "IBAN"},
            fund="fund",
            columns=(
                Column("employer_no", "id", required=True),
                Column("nir", "free"),
                Column("last_name", "name", required=True),
                Column("first_names", "name"),
                Column("birth_date", "date"),
                Column("fund", "fund"),
                Column("beneficiary_no", "id"),
                Column("iban", "free"),
                Column("mandate_ref", "mandate"),
                Column("mandate_signed_on", "date"),
                Column("all_in_one", "flag"),
                Column("updated_at", "instant"),
            ),
        )
    )
    for name, side in (("rights_fund", "F"), ("rights_pajemploi", "P")):
        register(
            FlowKind(
                name=name,
                table="cmg_right",
                key=("right_no", "fund", "child_id"),
                order=("sequence_no", "decided_at"),
                constant={"side": side},
                derive=_rights,
                identified=NIR,
                money="annual_resources",
                fund="fund",
                columns=RIGHT_COLUMNS,
                optional=("transition_supplement",),
                rules=(PERIOD,),
            )
        )
    register(
        FlowKind(
            name="requests",
            table="cmg_request",
            key=("request_no", "fund"),
            order=("decided_on",),
            derive=_requests,
            identified=NIR,
            fund="fund",
            columns=(
                Column("request_no", "id", required=True),
                Column("fund", "fund", required=True),
                Column("beneficiary_no", "id"),
                Column("nir", "free"),
                Column("child_id", "id", required=True),
                Column("child_birth_date", "date"),
                Column("care_mode", "choice", required=True, choices=MODES),
                Column("filed_on", "date", required=True),
                Column("decided_on", "date"),
            ),
        )
    )
    register(
        FlowKind(
            name="employees",
            table="cmg_employee",
            key=("employer_no", "employee_no"),
            derive=_employees,
            columns=(
                Column("employee_no", "id", required=True),
                Column("employer_no", "id", required=True),
                Column("employee_kind", "choice", required=True, choices=tuple(EmployeeKind.values)),
                Column("licence_no", "id"),
                Column("licence_end", "date"),
                Column("registered_on", "date"),
            ),
        )
    )
    register(
        FlowKind(
            name="declarations",
            table="cmg_declaration",
            key=("declaration_no", "version"),
            derive=_declarations,
            money="net_salary",
            immutable=True,
            columns=(
                Column("declaration_no", "id", required=True),
                Column("version", "count", required=True, largest=999),
                Column("kind", "choice", required=True, choices=tuple(DeclarationKind.values)),
                Column("employer_no", "id", required=True),
                Column("employee_no", "id", required=True),
                Column("care_month", "month", required=True),
                Column("child_ids", "ids", required=True),
                Column("child_birth_dates", "dates", required=True),
                Column("net_salary", "amount"),
                Column("maintenance_allowance", "amount"),
                Column("meal_allowance", "amount"),
                Column("mileage", "amount"),
                Column("terminal_indemnities", "amount"),
                Column("hours", "hours"),
                Column("specific_hours", "hours"),
                Column("days", "count", largest=31),
                Column("withholding_tax", "amount"),
                Column("received_at", "instant", required=True),
            ),
            rules=(
                RowRule(
                    pl.col("child_ids").str.count_matches("|", literal=True)
                    != pl.col("child_birth_dates").str.count_matches("|", literal=True),
                    "child_birth_dates",
                    "children_mismatch",
                    "Il faut une date de naissance par enfant.",
                ),
                RowRule(
                    pl.col("child_ids").str.split("|").list.n_unique() != pl.col("child_ids").str.split("|").list.len(),
                    "child_ids",
                    "child_twice",
                    "Le même enfant figure deux fois dans la ligne.",
                ),
                RowRule(
                    pl.col("child_birth_dates")
                    .str.split("|")
                    .list.eval(pl.element().str.to_date("%Y-%m-%d", strict=False).is_null())
                    .list.any(),
                    "child_birth_dates",
                    "bad_value",
                    "Une des dates de naissance n’existe pas. Attendu : AAAA-MM-JJ.",
                ),
                RowRule(
                    (pl.col("kind") != "CANCELLATION") & pl.col("net_salary").is_null(),
                    "net_salary",
                    "required",
                    "Le salaire net manque : ce qui n’est pas connu ne vaut pas zéro.",
                ),
                RowRule(
                    pl.col("terminal_indemnities") > pl.col("net_salary"),
                    "terminal_indemnities",
                    "above_net_salary",
                    "Les indemnités de fin de contrat dépassent le salaire net qui les contient.",
                ),
                RowRule(
                    pl.col("care_month") < FIRST_MONTH,
                    "care_month",
                    "month_too_early",
                    "Le mois de garde est antérieur à juin 2019.",
                ),
                RowRule(
                    _declared_too_early(),
                    "care_month",
                    "month_too_late",
                    "Le mois de garde vient plus d’un mois après la réception de la déclaration.",
                ),
                RowRule(
                    _born_after_the_month(),
                    "child_birth_dates",
                    "born_after_month",
                    "Un des enfants serait né après le mois de garde.",
                ),
                RowRule(
                    _of_regime_b_without_hours(),
                    "hours",
                    "required",
                    "Les heures manquent : depuis septembre 2025 elles font partie du calcul.",
                ),
                RowRule(
                    pl.col("specific_hours") > pl.col("hours"),
                    "specific_hours",
                    "above_hours",
                    "Les heures spécifiques dépassent les heures du mois.",
                ),
                RowRule(pl.col("version") < 1, "version", "bad_value", "La version commence à 1."),
            ),
        )
    )
    register(
        FlowKind(
            name="structure_invoices",
            table="cmg_structureinvoice",
            key=("invoice_no", "fund"),
            derive=_invoices,
            money="amount",
            fund="fund",
            columns=(
                Column("invoice_no", "id", required=True),
                Column("fund", "fund", required=True),
                Column("beneficiary_no", "id", required=True),
                Column("child_id", "id", required=True),
                Column("care_mode", "choice", required=True, choices=MODES[2:]),
                Column("care_month", "month", required=True),
                Column("hours", "hours"),
                Column("amount", "amount", required=True),
                Column("hourly_tariff", "amount"),
                Column("fnas_funded", "flag"),
                Column("paid_on", "date"),
            ),
        )
    )
