"""The frames of a slice, read from the database."""

from datetime import date

import polars as pl

from cmg.closing.families import Families
from cmg.reconciliation.sides import Received, next_month
from portal.batches.models import Run
from portal.bulk import read_frame

INSTANT = pl.Datetime("us", "UTC")

DECLARATION_SCHEMA = {
    "id": pl.Int64, "declaration_no": pl.String, "version": pl.Int64, "kind": pl.String, "employer_no": pl.String,
    "employee_no": pl.String, "child_ids": pl.String, "child_birth_dates": pl.String, "net_salary_cents": pl.Int64,
    "maintenance_allowance_cents": pl.Int64, "meal_allowance_cents": pl.Int64, "mileage_cents": pl.Int64,
    "terminal_indemnities_cents": pl.Int64, "hours_hundredths": pl.Int64, "specific_hours_hundredths": pl.Int64,
    "days": pl.Int64, "withholding_tax_cents": pl.Int64, "received_at": INSTANT,
}  # fmt: skip
ACCOUNT_SCHEMA = {
    "employer_no": pl.String, "nir_key": pl.String, "nir_valid": pl.Boolean, "name": pl.String, "fund": pl.String,
    "beneficiary_no": pl.String, "iban_key": pl.String, "iban_valid": pl.Boolean, "mandate_ref": pl.String,
    "mandate_signed_on": pl.Date, "all_in_one": pl.Boolean, "known": pl.Boolean,
}  # fmt: skip
RIGHT_COLUMNS = {
    "id": pl.Int64, "side": pl.String, "fund": pl.String, "beneficiary_no": pl.String, "nir_key": pl.String,
    "nir_valid": pl.Boolean, "employer_no": pl.String, "child_id": pl.String, "child_birth_date": pl.Date,
    "care_mode": pl.String, "status": pl.String, "starts_on": pl.Date, "ends_on": pl.Date,
    "annual_resources_cents": pl.Int64, "dependent_children": pl.Int64, "isolated_parent": pl.Boolean,
    "aah": pl.Boolean, "aeeh_children": pl.Int64, "prepare": pl.String, "shared_residence": pl.Boolean,
    "sequence_no": pl.Int64, "decided_at": INSTANT, "received_at": INSTANT, "transition_supplement_cents": pl.Int64,
}  # fmt: skip
REQUEST_SCHEMA = {
    "employer_no": pl.String, "fund": pl.String, "child_id": pl.String, "care_mode": pl.String, "filed_on": pl.Date,
    "decided_on": pl.Date, "child_birth_date": pl.Date,
}  # fmt: skip
EMPLOYEE_SCHEMA = {
    "employer_no": pl.String, "employee_no": pl.String, "employee_kind": pl.String, "licence_end": pl.Date,
}  # fmt: skip
NUMBER_SCHEMA = {"employer_no": pl.String, "fund": pl.String, "beneficiary_no": pl.String, "until": pl.Date}
FINDING_SCHEMA = {"code": pl.String, "employer_no": pl.String, "child_id": pl.String, "detail": pl.String}


def load_declarations(run: Run, families: Families) -> pl.DataFrame:
    """Every declaration version of the run's month, with whether one of its number was already issued, and how.

    `issued_all_in_one` is null for a number never issued. Who pays the employee does not change once it was issued.
    """
    # A month never issued has nothing to look for among its settlements. As a scalar the subquery is asked per
    # declaration, through the family's index; as an EXISTS it would read the whole month for each slice.
    issued = (
        """(SELECT s.id FROM cmg_settlement s JOIN batches_run r ON r.id = s.run_id
            WHERE s.employer_no = d.employer_no AND s.care_month = d.care_month
              AND s.declaration_no = d.declaration_no AND r.state IN ('ISSUED', 'RECONCILED')
              AND NOT r.dry_run LIMIT 1) IS NOT NULL"""
        if run.ordinal > 1
        else "false"
    )
    all_in_one = (
        """(SELECT s.all_in_one FROM cmg_settlement s JOIN batches_run r ON r.id = s.run_id
            WHERE s.employer_no = d.employer_no AND s.care_month = d.care_month
              AND s.declaration_no = d.declaration_no AND s.status IN ('SETTLED', 'HELD')
              AND r.state IN ('ISSUED', 'RECONCILED') AND NOT r.dry_run ORDER BY r.ordinal DESC LIMIT 1)"""
        if run.ordinal > 1
        else "NULL::boolean"
    )
    return read_frame(
        f"""
        SELECT {", ".join(f"d.{name}" for name in DECLARATION_SCHEMA)}, {issued}, {all_in_one}
        FROM cmg_declaration d
        WHERE d.care_month = %s AND {families.where("d")}
        """,
        DECLARATION_SCHEMA | {"issued": pl.Boolean, "issued_all_in_one": pl.Boolean},
        (run.month,),
    )


def _load_rights(run_pk: int, families: Families) -> pl.DataFrame:
    """Current rights linked to the slice's families: by their own employer number, or as `prepare` linked them."""
    columns = ", ".join(f"r.{name}" for name in RIGHT_COLUMNS)
    frame = read_frame(
        f"""
        SELECT {columns}, r.employer_no AS family
        FROM cmg_right r
        WHERE r.known_until IS NULL AND {families.where("r")} AND r.employer_no IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM cmg_rightlink l WHERE l.run_id = %s AND l.right_id = r.id)
        UNION ALL
        SELECT {columns}, l.employer_no AS family
        FROM cmg_rightlink l JOIN cmg_right r ON r.id = l.right_id
        WHERE l.run_id = %s AND {families.where("l")}
        """,
        RIGHT_COLUMNS | {"family": pl.String},
        (run_pk, run_pk),
    )
    return frame.with_columns(
        resources=pl.col("annual_resources_cents") // 100, supplement_cents=pl.col("transition_supplement_cents")
    ).drop("annual_resources_cents", "transition_supplement_cents")


def _load_requests(families: Families) -> pl.DataFrame:
    joins = (
        "a.fund = q.fund AND a.beneficiary_no = q.beneficiary_no",
        "a.nir_key = q.nir_key",
    )
    selects = [
        f"""SELECT a.employer_no, q.fund, q.child_id, q.care_mode, q.filed_on, q.decided_on, q.child_birth_date
            FROM cmg_request q JOIN cmg_account a ON {join} AND a.known_until IS NULL
            WHERE q.known_until IS NULL AND {families.where("a")}"""
        for join in joins
    ]
    return read_frame(" UNION ".join(selects), REQUEST_SCHEMA)


def _load_former_numbers(rights: pl.DataFrame, accounts: pl.DataFrame, month: date) -> pl.DataFrame:
    """The number that each account bore when `month` was over, for the few families with a right under another number.

    It is that of the first version still in force then: a link made since and undone says nothing of that month.
    """
    current = accounts.select("employer_no", "fund", "beneficiary_no")
    elsewhere = rights.join(
        current,
        left_on=["family", "fund", "beneficiary_no"],
        right_on=["employer_no", "fund", "beneficiary_no"],
        how="anti",
    )
    return read_frame(
        """
        SELECT DISTINCT ON (a.employer_no) a.employer_no, a.fund, a.beneficiary_no,
               (a.known_until AT TIME ZONE 'Europe/Paris')::date
        FROM cmg_account a
        WHERE a.employer_no = ANY (%s) AND a.known_until IS NOT NULL
          AND (a.known_until AT TIME ZONE 'Europe/Paris')::date >= %s
        ORDER BY a.employer_no, a.id
        """,
        NUMBER_SCHEMA,
        (elsewhere["family"].drop_nulls().unique().sort().to_list(), next_month(month)),
    )


def load_received(run_pk: int, month: date, declarations: pl.DataFrame, families: Families) -> Received:
    """What was received from both sides for the slice's families, as it counts for `month`."""
    accounts = read_frame(
        f"""
        SELECT a.employer_no, nir_key, nir_valid, last_name || ' ' || first_names, fund, beneficiary_no, iban_key,
               iban_valid, mandate_ref, mandate_signed_on, all_in_one, true
        FROM cmg_account a WHERE a.known_until IS NULL AND {families.where("a")}
        """,
        ACCOUNT_SCHEMA,
    )
    employees = read_frame(
        f"""
        SELECT e.employer_no, e.employee_no, e.employee_kind, e.licence_end
        FROM cmg_employee e WHERE e.known_until IS NULL AND {families.where("e")}
        """,
        EMPLOYEE_SCHEMA,
    )
    findings = read_frame(
        f"SELECT f.code, f.employer_no, f.child_id, f.detail FROM cmg_finding f "
        f"WHERE f.run_id = %s AND {families.where('f')}",
        FINDING_SCHEMA,
        (run_pk,),
    )
    lots = read_frame(
        "SELECT code, detail FROM cmg_finding WHERE run_id = %s AND bucket = -1",
        {"code": pl.String, "fund": pl.String},
        (run_pk,),
    )
    rights = _load_rights(run_pk, families)
    return Received(
        declarations=declarations,
        accounts=accounts,
        rights=rights,
        requests=_load_requests(families),
        employees=employees,
        findings=findings,
        lots=lots,
        former_numbers=_load_former_numbers(rights, accounts, month),
    )
