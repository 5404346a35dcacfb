"""Issue of a signed run: ledger entries and payment orders in one transaction, then the bank files.

An award moves the difference with what earlier runs settled. What rises pays first what the family received in excess of the same
month; the rest leaves. What falls takes back first what was given up or waits as a
small sum, then what never left, then what came back from the bank; only the rest was paid in excess, and is nobody's debit:
it is noted.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import polars as pl
from django.db import transaction
from django.utils import timezone

from portal.audit.operations import journal
from portal.banking.issue import write_bank_files
from portal.banking.open_items import open_without_account
from portal.banking.operations import prepare_orders
from portal.batches import operations as batches
from portal.batches.models import Run, RunState
from portal.batches.operations import RunNotIssuable
from portal.batches.slicing import buckets_of
from portal.benefits.holding import hold_standings
from portal.benefits.models import Award, BenefitOverpayment, OverpaymentCause, OverpaymentState
from portal.benefits.persons.selectors import SUBJECT
from portal.benefits.rules.figures import missing_words
from portal.benefits.running.causes import Facts, FactsOf
from portal.benefits.running.checking import wrong_awards
from portal.benefits.running.closing import ISSUED_STATES, digests_of
from portal.benefits.running.decided_before import Before, before_of
from portal.benefits.running.due_again import parts_of
from portal.benefits.running.kinds import Kind, day_kept, kind_of
from portal.benefits.running.loading import Buckets
from portal.benefits.running.standing import missed_of, settled_of, standing_of
from portal.benefits.small.applying import WaitingChanged, record
from portal.benefits.small.contesting import contest
from portal.benefits.small.due_again import pay_debts
from portal.benefits.small.overpaying import BY_RUNS, Overpaid, OverpaymentRefused, note, note_unclaimed
from portal.benefits.small.owed import Told
from portal.benefits.small.withdrawing import never_paid_of, take_back
from portal.bulk import read_frame
from portal.exchange.buckets import BUCKETS
from portal.ledger.models import Account
from portal.ledger.operations import post_many
from portal.legislation.calendar import banking_day_from, nth_business_day
from portal.legislation.parameters import NoParameterInForce

HOUR = 16
OVERPAID, UNCLAIMED, UNDUE = "BENEFIT_OVERPAYMENT", "BENEFIT_UNCLAIMED", "BENEFIT_UNDUE"
DUE_AGAIN = "BENEFIT_DUE_AGAIN"
DECIDED = "Remise ou annulée auparavant, puis due, puis de nouveau en trop : elle ne se réclame pas une seconde fois."
AWARDS = {
    "award_id": pl.Int64, "family": pl.String, "status": pl.String, "gross_cents": pl.Int64, "crds_cents": pl.Int64,
    "net_cents": pl.Int64, "already_cents": pl.Int64, "due_again_cents": pl.Int64, "released_cents": pl.Int64,
    "recovered_cents": pl.Int64, "paid_cents": pl.Int64,
}  # fmt: skip
ACCOUNTS = {"family": pl.String, "name": pl.String, "iban_key": pl.String}
LEGS = (
    "charge", Account.CRDS_WITHHELD.name, Account.BENEFIT_PAYOUTS.name, Account.BENEFIT_RETURNED.name,
)  # fmt: skip
UNSIGNED = "Des lignes de cet arrêté ne sont d’aucune de ses tranches : personne ne les a signées. Clôturez à nouveau, puis signez."
STALE = "De l’argent a bougé depuis le calcul pour {} famille(s) : clôturez à nouveau, puis signez."


def issue_run(*, run_pk: int, out: Path, on: date, by: str) -> dict[str, int]:
    """Issue a signed run. Counts and cents by purpose. On a run already issued, writes the same bank files again alone.

    Refuses (RunNotIssuable) without both signatures on the present digest, when a file changed the inputs, when an award
    is not what the rules give again from its facts, or when money moved since it was calculated.
    """
    at = timezone.make_aware(datetime.combine(on, datetime.min.time().replace(hour=HOUR)))
    with transaction.atomic():
        run = Run.objects.select_for_update(of=("self",)).get(pk=run_pk)
        if run.state not in ISSUED_STATES:
            hold_standings()
            _check_issuable(run)
            done = _issue_movements(run, on)
            run.issued_at, run.totals = at, run.totals | {"movements": done}
            run.save(update_fields=["issued_at", "totals"])
            batches.move_run(run_pk=run.pk, to=RunState.ISSUED, by=by, reason="deux signatures")
            journal(actor=by, action="benefits.run.issued", subject=f"run:{run.pk}", detail=done, at=at)
    run.refresh_from_db()
    assert run.issued_at is not None
    write_bank_files(run_pk, out, created_at=run.issued_at, day=on, series=kind_of(run).series)
    return {str(key): int(value) for key, value in run.totals["movements"].items()}


def _check_issuable(run: Run) -> None:
    batches.check_signed(run)
    if run.inputs_digest != digests_of(run)[0]:
        raise RunNotIssuable(
            "Des fichiers sont arrivés depuis le calcul, ou une petite somme a bougé : clôturez à nouveau, puis signez "
            "si l’empreinte change."
        )
    if why := why_not_to_sign(run):
        raise RunNotIssuable(why)
    if wrong := wrong_awards(run):
        raise RunNotIssuable(f"Le contrôle avant envoi trouve des montants faux ({wrong[0]}). Rien n’est parti.")


def unexplained_cents(run: Run) -> int:
    """What the funds bear, less everything that it becomes: zero, or a cent is nowhere."""
    sums = run.totals["sums"]
    became = (
        "crds_change_cents", "paid_cents", "put_aside_cents", "given_up_cents", "recovered_cents", "due_again_cents",
    )  # fmt: skip
    # Runs that were closed before anything could be due again do not say it.
    return int(sums["gross_change_cents"] - sum(sums.get(name, 0) for name in became) + sums["excess_cents"])


def why_not_to_sign(run: Run) -> str:
    """Totals that do not balance are not signed."""
    if unexplained_cents(run):
        return "Les totaux ne s’équilibrent pas : l’arrêté ne se signe pas."
    return ""


def _issue_movements(run: Run, day: date) -> dict[str, int]:
    done: Counter[str] = Counter()
    parts = list(run.slices.order_by("number"))
    if Award.objects.filter(run=run).exclude(slice_number__in=[part.number for part in parts]).exists():
        raise RunNotIssuable(UNSIGNED)
    moved = [_move(run, _stored(run, part.number), buckets_of(part), day, done) for part in parts]
    # After every slice: their first line of the journal keeps everybody else's waiting until the end of the issue.
    for slice_ in moved:
        for row in slice_.falls:
            _take_away(row, slice_.before.get(row["family"], []), run, day, done)
        pay_debts(dict(slice_.again.select("debt", "amount_cents").iter_rows()), run_pk=run.pk, on=day)
        families = slice_.again.group_by("family").agg(pl.col("amount_cents").sum())
        _count(done, DUE_AGAIN, families["amount_cents"].to_list())
    try:
        record(run_pk=run.pk, day=day)
    except WaitingChanged as changed:
        raise RunNotIssuable(str(changed)) from changed
    return dict(done)


def _stored(run: Run, number: int) -> pl.DataFrame:
    """The awards of a slice that say anything about money; a hold moves nothing."""
    columns = ", ".join(f"a.{name}" for name in AWARDS if name not in ("award_id", "family"))
    return read_frame(
        f"SELECT a.id, a.fund || '/' || a.beneficiary_no, {columns} FROM benefits_award a "
        "WHERE a.run_id = %s AND a.slice_number = %s AND a.status <> 'HELD' ORDER BY a.fund, a.beneficiary_no",
        AWARDS,
        (run.pk, number),
    )


@dataclass(frozen=True)
class Moved:
    """What is left to do of a slice: the rows of which something is in excess, what was decided before of the same, and which
    debts are due again by how much (columns due_again.PARTS)."""

    falls: list[dict[str, Any]]
    before: dict[str, list[Before]]
    again: pl.DataFrame


def _move(run: Run, awards: pl.DataFrame, buckets: Buckets, day: date, done: Counter[str]) -> Moved:
    """Book and order what a slice pays."""
    kind = kind_of(run)
    standing = _with_standing(run, kind, awards)
    facts_of = _facts_of(run)
    again = parts_of(run, standing, facts_of)
    _check_due_again(standing, again)
    before = before_of(run, standing, facts_of)
    cancelled = {family: sum(one.cents for one in rows if one.is_cancelled) for family, rows in before.items()}
    legs = _legs(
        standing.with_columns(
            cancelled_cents=pl.col("family").replace_strict(cancelled, default=0, return_dtype=pl.Int64)
        )
    )
    post_many(*_entries(legs, run, kind, day))
    paid = legs.filter(pl.col("paid_cents") > 0)
    orders, lacking = _orders(paid, accounts_of(paid["family"], buckets), run, kind, day)
    prepare_orders(orders.drop("family"))
    open_without_account(lacking.select(waits_as=_waits_as(kind, run), amount_cents="paid_cents"), on=day)
    _count(done, kind.purpose, orders["amount_cents"].to_list())
    return Moved(legs.filter(pl.col("excess_cents") > 0).to_dicts(), before, again)


def _count(done: Counter[str], name: str, amounts: Sequence[int]) -> None:
    if amounts:
        done.update({f"{name}_count": len(amounts), f"{name}_cents": sum(amounts)})


def _with_standing(run: Run, kind: Kind, awards: pl.DataFrame) -> pl.DataFrame:
    """The awards with where their families stand now. Raises RunNotIssuable when money that they count on has moved."""
    families = awards["family"].to_list()
    # A first run corrects nothing.
    settled = settled_of(kind, run.month, families if run.ordinal > 1 else [])
    settled = settled.rename({"already_cents": "settled_cents"})
    # Only a fall looks at where the family stands: to whom nothing was settled, nothing can fall.
    former = awards.filter(pl.col("already_cents") > 0)["family"].to_list()
    never_paid = never_paid_of(kind.benefit.value, run.month, former, run_pk=run.pk)
    known = awards
    for other in (settled, never_paid, missed_of(kind, run.month, former), standing_of(kind, former)):
        known = known.join(other, on="family", how="left", maintain_order="left")
    known = known.with_columns(pl.col(pl.Int64).fill_null(0))
    _check_not_stale(known.filter(pl.col("already_cents") != pl.col("settled_cents") + pl.col("due_again_cents")))
    return known


def _check_due_again(known: pl.DataFrame, again: pl.DataFrame) -> None:
    """What awards count as received already is what their families have now."""
    paid = again.group_by("family").agg(now_cents=pl.col("amount_cents").sum())
    checked = known.join(paid, on="family", how="left")
    _check_not_stale(checked.filter(pl.col("due_again_cents") != pl.col("now_cents").fill_null(0)))


def _check_not_stale(moved: pl.DataFrame) -> None:
    if moved.height:
        raise RunNotIssuable(STALE.format(moved.height))


def _facts_of(run: Run) -> FactsOf:
    def read(families: Sequence[str]) -> dict[str, Facts]:
        told = read_frame(
            "SELECT w.family, a.facts::text FROM unnest(%s::text[]) AS w (family) JOIN benefits_award a ON a.run_id = %s "
            "AND a.fund = split_part(w.family, '/', 1) AND a.beneficiary_no = substr(w.family, strpos(w.family, '/') + 1)",
            {"family": pl.String, "facts": pl.String},
            (list(families), run.pk),
        )
        return {family: json.loads(facts) for family, facts in told.iter_rows()}

    return read


def _legs(rows: pl.DataFrame) -> pl.DataFrame:
    """The cents of each account (columns LEGS): every row sums to zero. What is put aside, given up, released or deducted is
    booked beside it by `small.record`; what was never paid, or paid in excess (both in `excess_cents`), stays at the fund's
    charge until it is taken back or noted; what is due again is owed until it pays its debts.
    """
    zero = pl.lit(0, dtype=pl.Int64)
    granted = pl.col("status").is_in(["PAID", "DEFERRED", "WAIVED"])
    now = {name: pl.when(granted).then(name).otherwise(zero) for name in ("gross_cents", "crds_cents", "net_cents")}
    found = rows.with_columns(
        rise=pl.max_horizontal(now["net_cents"] - pl.col("already_cents"), zero),
        fall=pl.max_horizontal(pl.col("already_cents") - now["net_cents"], zero),
    )
    never_paid = pl.min_horizontal("fall", pl.col("given_up_cents") + pl.col("waiting_cents"))
    cancelled = pl.min_horizontal(pl.col("fall") - never_paid, "cancelled_cents")
    # Beyond what this month's transfers did not bring, it is another month's money: that one is not taken unheard.
    missed = pl.min_horizontal(pl.col("fall") - never_paid - cancelled, "missed_cents")
    found = found.with_columns(undone=pl.min_horizontal(missed, "unsent_cents"))
    found = found.with_columns(BENEFIT_RETURNED=pl.min_horizontal(missed - pl.col("undone"), "returned_cents"))
    excess = pl.col("fall") - pl.col("undone") - pl.col("BENEFIT_RETURNED")
    return found.with_columns(
        excess_cents=excess,
        charge=now["gross_cents"] - pl.col("old_gross_cents") + excess,
        CRDS_WITHHELD=pl.col("old_crds_cents") - now["crds_cents"],
        BENEFIT_PAYOUTS=pl.col("undone") - pl.col("rise") - pl.col("due_again_cents"),
    )


def _take_away(row: dict[str, Any], before: list[Before], run: Run, day: date, done: Counter[str]) -> None:
    """What a family has in excess: what was given up of it, or waits as a small sum, was never paid and is taken back; what a
    decision gave up `before` stays with the family; the rest is noted, contested as it was."""
    fund, _, number = str(row["family"]).partition("/")
    left = int(row["excess_cents"])
    what = Overpaid(fund, number, kind_of(run).benefit.value, OverpaymentCause.CORRECTED, left, run.month)
    undue = take_back(what=what, run_pk=run.pk, on=day)
    _count(done, UNDUE, [undue] if undue else [])
    left -= undue
    unclaimed = 0
    for one in before:
        if cents := min(left, one.cents):
            part, key = replace(what, amount_cents=cents), _key(what, run, f":{one.debt}")
            note_unclaimed(what=part, why=DECIDED, form_key=key, by=BY_RUNS, on=day, run_pk=run.pk, rests_on=one.debt)
            left, unclaimed = left - cents, unclaimed + cents
    if left:
        noted = _note(replace(what, amount_cents=left), run, day)
        if noted.state == OverpaymentState.UNCLAIMED:
            unclaimed += left
        else:
            _count(done, OVERPAID, [left])
        waits = next((one for one in before if one.contested_as), None)
        if waits and noted.state == OverpaymentState.TO_RECOVER:
            told = Told(waits.contested_as, waits.contested_on or day, _key(what, run, ":contested"), BY_RUNS, day)
            contest(overpayment_pk=noted.pk, told=told)
    _count(done, UNCLAIMED, [unclaimed] if unclaimed else [])


def _key(what: Overpaid, run: Run, part: str = "") -> UUID:
    prefix = kind_of(run).key_prefix(run.month)
    return uuid5(NAMESPACE_URL, f"{prefix}{what.fund}/{what.beneficiary_no}:{run.ordinal}{part}")


def _note(what: Overpaid, run: Run, day: date) -> BenefitOverpayment:
    """A debt, or given up when it is small: a run does not know the cause, and adds it to nothing. What is too old to be claimed
    stays at the fund's charge. Raises RunNotIssuable while nobody knows the threshold: unknown, it makes nothing
    small, and nothing a debt."""
    key, reason = _key(what, run), f"arrêté {run.ordinal} de {kind_of(run).period_words(run.month)}"
    try:
        return note(what=what, reason=reason, form_key=key, by=BY_RUNS, on=day, run_pk=run.pk)[0]
    except NoParameterInForce as missing:
        raise RunNotIssuable(f"Rien n’est parti. {missing_words(missing)}") from missing
    except OverpaymentRefused as refused:
        return note_unclaimed(what=what, why=str(refused), form_key=key, by=BY_RUNS, on=day, run_pk=run.pk)


def _entries(legs: pl.DataFrame, run: Run, kind: Kind, day: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    moving = legs.filter(pl.any_horizontal(pl.col(name) != 0 for name in LEGS))
    keyed = moving.with_columns(
        key=pl.format("{}{}:{}", pl.lit(kind.key_prefix(run.month)), "family", pl.lit(run.ordinal)),
        subject=pl.lit(SUBJECT) + pl.col("family"),
        dated=pl.lit(day),
        label=pl.lit(f"{kind.benefit} {kind.period_words(run.month)}, arrêté {run.ordinal}"),
        run_id=pl.lit(run.pk),
    )
    numbers = {name: int(kind.charge if name == "charge" else Account[name]) for name in LEGS}
    unpivoted = keyed.select("key", *LEGS).unpivot(LEGS, index="key", variable_name="name", value_name="amount_cents")
    account = pl.col("name").replace_strict(numbers, return_dtype=pl.Int16)
    lines = unpivoted.filter(pl.col("amount_cents") != 0).with_columns(account=account).drop("name")
    return keyed.select("key", "subject", "dated", "label", "run_id"), lines


def _waits_as(kind: Kind, run: Run) -> pl.Expr:
    """Whose account is missing, and the reference that the order will bear: `paying_again` finds both there."""
    return pl.format("family:{} {}{}", "family", pl.lit(kind.reference(run)), "award_id")


def _orders(
    paid: pl.DataFrame, accounts: pl.DataFrame, run: Run, kind: Kind, day: date
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """(orders, lacking): the transfers of awards that pay, and the awards whose family has no account to be paid on."""
    joined = paid.join(accounts, on="family", how="left", maintain_order="left")
    can = pl.col("iban_key").is_not_null()
    soonest = banking_day_from(nth_business_day(day, 2))
    orders = joined.filter(can).select(
        "family", "name", "iban_key",
        run_id=pl.lit(run.pk), kind=pl.lit("CREDIT"), purpose=pl.lit(kind.purpose),
        subject=pl.lit(SUBJECT) + pl.col("family"),
        end_to_end_id=pl.format("{}{}", pl.lit(kind.reference(run)), "award_id"),
        mandate_ref=pl.lit(""), mandate_signed_on=pl.lit(None, dtype=pl.Date), amount_cents="paid_cents",
        due_on=pl.lit(banking_day_from(max(soonest, day_kept(run, "paid_on")))),
        remittance=pl.lit(f"{kind.words} {run.month:%Y}" if kind.benefit == "ARS" else f"{kind.words} {run.month:%m/%Y}"),
        settlement_id=pl.lit(None, dtype=pl.Int64),
    )  # fmt: skip
    return orders, joined.filter(~can)


def accounts_of(families: pl.Series, buckets: Buckets = (0, BUCKETS)) -> pl.DataFrame:
    """Whom to pay, and where when the account is a true one; the bank reads seventy characters of a name. `buckets` are those
    of the families: the files of the others are not read."""
    return read_frame(
        """
        SELECT f.fund || '/' || f.beneficiary_no, left(f.last_name || ' ' || f.first_names, 70),
               CASE WHEN f.iban_valid THEN f.iban_key END
        FROM unnest(%s::text[]) AS wanted (family)
        JOIN benefits_familyfile f ON f.beneficiary_no = substr(wanted.family, strpos(wanted.family, '/') + 1)
             AND f.fund = split_part(wanted.family, '/', 1) AND f.known_until IS NULL
             AND f.bucket >= %s AND f.bucket < %s
        """,
        ACCOUNTS,
        (families.to_list(), *buckets),
    )
