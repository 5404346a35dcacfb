"""What a declaration would give now: entered, settled like a month with everything else of its family, left nowhere.

The same code as the closing, so that the estimate is the settlement when nothing else has changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import transaction

from cmg.chapters import Chapter, chapters_of
from cmg.closing.loading import DECLARATION_SCHEMA
from cmg.closing.settling import Outcome
from cmg.closing.trial import try_month
from cmg.closing.verifying import STORED, rebuilt_facts
from cmg.declaring.told import Fact, facts_of
from cmg.explaining import settled_row
from cmg.models import Declaration, DeclarationEstimate
from cmg.reconciliation.catalogue import catalogue
from portal.bulk import read_frame
from portal.frame.templatetags.portal import money
from portal.legislation.parameters import NoParameterInForce

NO_FILE = 0
LIVE = ("SETTLED", "HELD")
UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Totals:
    """What leaves and arrives for the whole family in the month; of held declarations, what they wait for."""

    debit_cents: int = 0
    payout_cents: int = 0
    held: int = 0
    awaited_cents: int = 0


@dataclass(frozen=True)
class Estimate:
    """One declaration settled on what is known now. `status`: SETTLED, HELD, REJECTED (a copy), CANCELLED or UNKNOWN.

    `before` and `after` are the family's month without (when it was compared) and with it.
    """

    status: str
    debit_cents: int = 0
    payout_cents: int = 0
    total_debit_cents: int = 0
    all_in_one: bool = False
    payout_blocked: bool = False
    codes: tuple[str, ...] = ()
    chapters: list[Chapter] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    before: Totals = field(default_factory=Totals)
    after: Totals = field(default_factory=Totals)

    @property
    def sentence(self) -> str:
        return sentence_of(self)

    @property
    def has_others(self) -> bool:
        """Whether the family's month holds more than this declaration."""
        mine = (0, 0) if self.status != "SETTLED" else (self.debit_cents, self.payout_cents)
        return bool(self.after.held > (self.status == "HELD")) or mine != (
            self.after.debit_cents,
            self.after.payout_cents,
        )


def estimate(
    row: Mapping[str, Any], *, at: datetime, on: date, compared: bool = False, told: bool = True
) -> Estimate:  # fmt: skip
    """The estimate of a declaration (`row`: its columns); `compared`, with the family's month as it is without it;
    `told`, with its chapters and facts, which a page that only shows amounts does without.

    Nothing is kept of it.
    """
    employer_no, month = row["employer_no"], row["care_month"]
    try:
        before = totals_of(try_month(month, [employer_no], on=on)) if compared else Totals()
        with transaction.atomic():
            declared = Declaration.objects.create(file_id=NO_FILE, line=1, known_from=at, **row)
            outcome = try_month(month, [employer_no], on=on)
            found = _of(declared, outcome, before, told=told)
            transaction.set_rollback(True)
    except NoParameterInForce:
        return Estimate(UNKNOWN)
    return found


def totals_of(outcome: Outcome) -> Totals:
    rows = outcome.settlements
    leaving, held = rows.filter(pl.col("status") == "SETTLED"), rows.filter(pl.col("status") == "HELD")
    paid = leaving.filter(~pl.col("payout_blocked"))
    single, apart = pl.col("all_in_one"), ~pl.col("all_in_one")
    one_movement = leaving.filter(single)["total_debit_cents"]
    return Totals(
        int(leaving.filter(apart)["debit_cents"].sum()) + int(one_movement.clip(0, None).sum()),
        int(paid.filter(apart)["payout_cents"].sum()) - int(one_movement.clip(None, 0).sum()),
        held.height,
        int(held["payout_cents"].sum()),
    )


def _of(declared: Declaration, outcome: Outcome, before: Totals, *, told: bool) -> Estimate:
    row = outcome.settlements.row(by_predicate=pl.col("declaration_id") == declared.pk, named=True)
    chapters, facts = _explained(declared, outcome) if told and row["status"] in LIVE else ([], [])
    return Estimate(
        row["status"], row["debit_cents"], row["payout_cents"], row["total_debit_cents"], row["all_in_one"],
        row["payout_blocked"], tuple(code for code in row["anomaly_codes"].split("|") if code), chapters, facts,
        before, totals_of(outcome),
    )  # fmt: skip


def _explained(declared: Declaration, outcome: Outcome) -> tuple[list[Chapter], list[Fact]]:
    """The chapters and facts of the declaration, settled again with those of its family from the facts of the trial."""
    live = outcome.settlements.filter(pl.col("status").is_in(LIVE))
    columns = ", ".join(f"d.{name}" for name in DECLARATION_SCHEMA)
    received = read_frame(
        f"SELECT {columns} FROM cmg_declaration d WHERE d.id = ANY (%s)",
        DECLARATION_SCHEMA,
        (live["declaration_id"].to_list(),),
    )
    stored = live.select(pl.col(name.removeprefix("s_")).alias(name) for name in STORED).join(
        received, left_on="declaration_id", right_on="id"
    )
    settled = settled_row(rebuilt_facts(stored.with_columns(id="declaration_id")), declared.pk, declared.care_month)
    return chapters_of(settled, declared.care_month)[0], facts_of(settled)


def sentence_of(one: Estimate) -> str:
    """The estimate in one or two sentences, as the family reads it."""
    if one.status == UNKNOWN:
        return "Nous ne pouvons pas encore calculer ce mois : un barème manque. Vous pouvez déclarer quand même."
    if one.status == "REJECTED":
        return "Cette déclaration est déjà arrivée. Une seule compte : rien ne change."
    amounts = amounts_of(one)
    if one.status == "HELD":
        return f"Rien n’est prélevé pour l’instant. {reason_of(one.codes)} Une fois réglé : {foreseen(one)}."
    if one.payout_blocked:
        return f"{amounts} Ce versement attend. {reason_of(one.codes)}"
    return amounts


def amounts_of(one: Estimate) -> str:
    """``À prélever : 0 €. À recevoir : 461,53 €.``"""
    if one.all_in_one:
        cents = one.total_debit_cents
        if cents < 0:
            return f"À recevoir : {short(-cents)}."
        return f"À prélever en une fois, salaire compris et aide déduite : {short(cents)}."
    return f"À prélever : {short(one.debit_cents)}. À recevoir : {short(one.payout_cents)}."


def foreseen(one: Estimate | DeclarationEstimate) -> str:
    """``rien à prélever, 461,53 € à recevoir``, inside a sentence."""
    if one.all_in_one:
        verb = "à recevoir" if one.total_debit_cents < 0 else "à prélever en une fois"
        return f"{short(abs(one.total_debit_cents))} {verb}"
    debit = f"{short(one.debit_cents)} à prélever" if one.debit_cents else "rien à prélever"
    return f"{debit}, {short(one.payout_cents)} à recevoir"


def short(cents: int) -> str:
    return money(cents) if cents else "0\u00a0€"


def reason_of(codes: tuple[str, ...]) -> str:
    """The catalogue's first sentence to the family; what only a dossier can fill in is left to the month's page."""
    for code in codes:
        told = [part for part in catalogue()[code].family.split(". ") if "{" not in part]
        if told:
            return ". ".join(told).rstrip(".") + "."
    return "Nous vérifions une information."
