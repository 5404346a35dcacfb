"""Émilie Chabrol in 2019 (worked example C01): a right closed by mistake, three months debited, and what was done since.

June is whole again. July and August wait for the second person who approves them, with an advance of 670,00 € to net.
"""

from datetime import date

from cmg.demo.acting import Acting, moment
from cmg.demo.families import Row, chabrol_nir
from cmg.models import Account, Refund, Right, Side
from cmg.models.remedies import Origin
from cmg.population import demo
from cmg.remedies.advances import grant_advance, propose_advance
from cmg.remedies.refunds import request_refund, verify_refund
from cmg.repairs import regularising
from cmg.repairs.acts import ACTS, Asked
from cmg.repairs.entering import enter
from portal.casework.models import Dossier

EMPLOYER_NO = demo.EMPLOYER_NO
JUNE, JULY, AUGUST = date(2019, 6, 1), date(2019, 7, 1), date(2019, 8, 1)
RIGHT_NO, CHILD = "R43-4300772190-01", "E63-2118457-01"
ROSE_BORN, SCHOOL = date(2018, 5, 17), date(2021, 9, 1)
ADVANCE_CENTS = 67_000
CALLED = "famille"


def files(month: date) -> dict[str, list[Row]]:
    """What came for 2019: the right that the fund closed by mistake on 1 June, and one declaration of `month`."""
    right = {
        "right_no": RIGHT_NO, "fund": demo.FORMER_FUND, "beneficiary_no": demo.FORMER_NO, "nir": chabrol_nir(),
        "employer_no": EMPLOYER_NO, "child_id": CHILD, "child_first_name": "Rose", "child_birth_date": str(ROSE_BORN),
        "care_mode": "CHILDMINDER", "status": "ACTIVE", "start": "2018-09-01", "end": str(JUNE),
        "annual_resources": "30000", "dependent_children": "2", "isolated_parent": "0", "aah": "0",
        "aeeh_children": "0", "prepare": "NONE", "shared_residence": "0", "sequence_no": "",
        "decided_at": "2019-05-20T09:00:00+02:00", "received_at": "2019-05-21T09:00:00+02:00",
    }  # fmt: skip
    employee = {
        "employee_no": "S4300077218", "employer_no": EMPLOYER_NO, "employee_kind": "CHILDMINDER",
        "licence_no": "AM043000118", "licence_end": "2023-03-01", "registered_on": "2018-09-03",
    }  # fmt: skip
    rights = [right] if month == JUNE else []
    return {
        "rights_fund": rights, "rights_pajemploi": rights, "employees": [employee] if month == JUNE else [],
        "declarations": [_declaration(month)],
    }  # fmt: skip


def _declaration(month: date) -> Row:
    return {
        "declaration_no": f"D{month:%Y%m}{EMPLOYER_NO}", "version": "1", "kind": "ORIGINAL",
        "employer_no": EMPLOYER_NO, "employee_no": "S4300077218", "care_month": f"{month:%Y-%m}", "child_ids": CHILD,
        "child_birth_dates": str(ROSE_BORN), "net_salary": "500.00", "maintenance_allowance": "60.00",
        "meal_allowance": "", "mileage": "", "terminal_indemnities": "", "hours": "144", "specific_hours": "",
        "days": "18", "withholding_tax": "", "received_at": f"{month:%Y-%m}-25T18:00:00+02:00",
    }  # fmt: skip


def debited_then_repaired(acting: Acting) -> None:
    """June to September 2019, in the order of the days."""
    acting.receive("2019-06", files(JUNE))
    acting.month(JUNE, date(2019, 6, 26), bank_days=5)
    request_refund(
        employer_no=EMPLOYER_NO, month=JUNE, words="Je n’aurais rien dû payer.", by=CALLED, on=date(2019, 7, 2)
    )
    _decide_again(JULY, "Le droit avait été clos par erreur au 1er juin.", date(2019, 7, 10))
    _june_made_whole(acting, date(2019, 7, 12))

    acting.receive("2019-07", files(JULY))
    acting.month(JULY, date(2019, 7, 26), bank_days=5)
    request_refund(employer_no=EMPLOYER_NO, month=JULY, words="Encore prélevée.", by=CALLED, on=date(2019, 8, 2))
    _advance(acting, date(2019, 8, 20))

    acting.receive("2019-08", files(AUGUST))
    acting.month(AUGUST, date(2019, 8, 26), bank_days=5)
    request_refund(employer_no=EMPLOYER_NO, month=AUGUST, words="Août aussi.", by=CALLED, on=date(2019, 9, 2))
    _decide_again(SCHOOL, "Droit reçu en retard : ouvert jusqu’à l’école.", date(2019, 9, 30))


def _decide_again(until: date, reason: str, on: date) -> None:
    """The fund decides again on the right: it lasts until `until`, the first day no longer covered."""
    at = moment(on, 10, 30)
    account = Account.objects.get(employer_no=EMPLOYER_NO, known_until__isnull=True)
    right = Right.objects.get(right_no=RIGHT_NO, side=Side.FUND, known_until__isnull=True)
    changes = ACTS["CHANGE_RIGHT"].plan(Asked(account, at, right, {"ends_on": until}))
    enter(changes, act="CHANGE_RIGHT", employer_no=EMPLOYER_NO, reason=reason, by="nathalie", at=at)


def _june_made_whole(acting: Acting, on: date) -> None:
    found = regularising.propose_regularisation(
        employer_no=EMPLOYER_NO, reason="Droit de juin rétabli.", by="nathalie", on=on
    )
    assert found is not None
    regularising.execute_regularisation(regularisation_pk=found.pk, out=acting.out, by="nathalie", on=on)
    acting.bank(on, days=5)


def _advance(acting: Acting, on: date) -> None:
    """670,00 € asked on the 19th, granted and sent on the 20th, for July and August."""
    advance = propose_advance(
        employer_no=EMPLOYER_NO, months=[JULY, AUGUST], amount_cents=ADVANCE_CENTS, origin=Origin.ASKED,
        reason="La famille attend l’aide de juillet et d’août.", by=CALLED, on=date(2019, 8, 19),
    )  # fmt: skip
    grant_advance(advance_pk=advance.pk, by="nathalie", on=on)
    acting.day_files(on)
    acting.bank(on, days=5)


def july_and_august_proposed(dossier: Dossier) -> None:
    """What S6 walks: the list of movements, signed by Nathalie on 30 September 2019, that a second person approves."""
    found = regularising.propose_regularisation(
        employer_no=EMPLOYER_NO, reason="Droit de juillet et d’août reçu en retard (C01).", by="nathalie",
        on=date(2019, 9, 30), dossier=dossier,
    )  # fmt: skip
    assert found is not None
    for refund in Refund.objects.filter(employer_no=EMPLOYER_NO, state="REQUESTED").order_by("care_month"):
        month = found.months.get(care_month=refund.care_month)
        verify_refund(refund_pk=refund.pk, due_cents=month.debit_due_cents, by="thomas")
