"""How a parent pays and is paid: means, day, account and mandate. One row of the parent serves all their cases."""

import secrets
from uuid import UUID

import polars as pl

from aripa.linking import own_cases
from aripa.models import ActKind, EventKind, Parent, ParentAct, PaymentMeans
from aripa.own.entering import NotPossible, Said, Who, act, current_parent, known_act
from portal.banking.typed import compact, errors_of
from portal.frame.refusals import FieldsRefused
from portal.people.vault import keep, lookup_key, lookup_keys

DAYS = (1, 10, 15)
OVER = ("REJECTED", "ENDED")


class WrongAccount(FieldsRefused):
    """What was typed of an account cannot be taken."""


def pays_somewhere(parent_no: str) -> bool:
    """Whether this parent is the one who pays in a case that is not over."""
    return any(one.debtor_no == parent_no and one.state not in OVER for one in own_cases(parent_no))


def change_account(
    *, key: UUID, who: Who, iban: str, holder: str, accepted: bool
) -> tuple[ParentAct, bool]:  # fmt: skip
    """Another account, with its mandate for who pays. Raises WrongAccount, NotPossible."""
    if known := known_act(key, who):
        return known, True
    needs_mandate = pays_somewhere(who.parent_no)
    errors = errors_of(iban=iban, holder=holder, accepted=accepted or not needs_mandate)
    if errors:
        raise WrongAccount(errors)
    number = compact(iban)
    keep(lookup_keys(pl.Series([number]), "IBAN"), "IBAN")
    cells = {
        "iban_key": lookup_key(number, "IBAN"), "iban_valid": True, "iban_tail": number[-4:],
        "bank_statement_on": who.day,
    }  # fmt: skip
    if needs_mandate:
        cells |= {"mandate_ref": f"SNP-{secrets.token_hex(8).upper()}", "mandate_signed_on": who.day}
    facts = {"tail": number[-4:], "mandate": cells.get("mandate_ref", "")}
    return act(key=key, who=who, kind=ActKind.ACCOUNT, said=Said(_announced(who), cells), facts=facts)


def _announced(who: Who) -> list[tuple[str, EventKind, dict[str, object]]]:
    """The new account is told to every case that is not over, on this parent's side."""
    return [
        (one.case_no, EventKind.BANK_DETAILS,
         {"party": "CREDITOR" if one.household_id == who.parent_no else "DEBTOR"})
        for one in own_cases(who.parent_no) if one.state and one.state not in OVER
    ]  # fmt: skip


def choose_means(*, key: UUID, who: Who, means: str, day: int) -> tuple[ParentAct, bool]:
    """The means of payment and its day (R. 582-6, R. 582-7). Raises NotPossible."""
    if known := known_act(key, who):
        return known, True
    if means not in PaymentMeans.values or day not in DAYS or not pays_somewhere(who.parent_no):
        raise NotPossible("Choisissez un moyen de paiement et un jour parmi ceux de la page.")
    cells = {"payment_means": means, "payment_day": day}
    return act(key=key, who=who, kind=ActKind.MEANS, said=Said(cells=cells), facts=dict(cells))


def own_parent(who: Who) -> Parent | None:
    """What we hold of this parent, with what they just gave."""
    return current_parent(who.parent_no, who.day)
