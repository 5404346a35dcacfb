"""The month beside the estimate: the same figures when nothing changed, else the one thing that explains it."""

import random
from pathlib import Path

import pytest

from cmg.declaring.comparing import estimate_difference
from cmg.declaring.sending import estimate_of, send
from cmg.models import Declaration, DeclarationEstimate, FamilyDraft, Settlement
from cmg.operations import close_month
from portal.exchange.operations import import_files
from tests.cmg.declaring.families import AT, MONDAY, MONTH, SUNDAY, drafted, parent, received
from tests.cmg.files import iban_with_key, nir_with_key, row, write, write_all
from tests.cmg.remedies.families import debited_home

pytestmark = pytest.mark.django_db
NBSP = "\u00a0"


def declared(typed: dict[str, str] | None = None) -> Declaration:
    user = parent()
    sent, _again = send(key=drafted(user, typed).key, by=user, at=AT, on=SUNDAY)
    assert sent.declaration is not None
    return sent.declaration


def decided(folder: Path, number: int, **changes: object) -> None:
    """A later decision of the fund, which both sides have."""
    cells = {"sequence_no": number, "decided_at": "2026-10-25T20:00:00+02:00", **changes}
    import_files([write(folder, kind, [row(kind, **cells)]) for kind in ("rights_fund", "rights_pajemploi")])


def test_nothing_is_said_when_the_figures_are_those_of_the_estimate(tmp_path: Path) -> None:
    received(tmp_path)
    declaration = declared()

    assert estimate_difference(declaration, on=MONDAY) == "", "not computed yet"
    close_month(month=MONTH, on=MONDAY)
    assert estimate_difference(declaration, on=MONDAY) == ""


def test_the_fact_that_changed_is_said_with_both_figures(tmp_path: Path) -> None:
    received(tmp_path)
    declaration = declared()
    decided(tmp_path / "late", 11, annual_resources="36000")
    close_month(month=MONTH, on=MONDAY)

    # 626.00 × (1 − 3 000 × 0.0619 % ÷ 4.91) = 389.24
    assert estimate_difference(declaration, on=MONDAY) == (
        f"Dimanche, nous avions prévu 428,70{NBSP}€ à recevoir. C’est 389,24{NBSP}€, parce que vos ressources annuelles "
        f"sont passées de 30{NBSP}000{NBSP}€ à 36{NBSP}000{NBSP}€."
    )
    assert estimate_difference(declaration, on=SUNDAY.replace(month=12)).startswith(
        "Le dimanche 25 octobre 2026, nous avions prévu"
    )


def test_two_figures_keep_their_verbs(tmp_path: Path) -> None:
    """A home employee: the aid rises and covers the contributions."""
    received(tmp_path, debited_home)
    declaration = declared({"hours": "130", "net_salary": "1600,00"})
    decided(tmp_path / "late", 11, care_mode="HOME_EMPLOYEE", annual_resources="30000")
    close_month(month=MONTH, on=MONDAY)

    assert estimate_difference(declaration, on=MONDAY) == (
        f"Dimanche, nous avions prévu 490,21{NBSP}€ à prélever et 0{NBSP}€ à recevoir. C’est 0{NBSP}€ à prélever et "
        f"547,35{NBSP}€ à recevoir, parce que vos ressources annuelles sont passées de 96{NBSP}000{NBSP}€ à "
        f"30{NBSP}000{NBSP}€."
    )


def test_a_hold_that_appears_says_what_waits(tmp_path: Path) -> None:
    received(tmp_path)
    declaration = declared()
    import_files([write(tmp_path / "late", "accounts", [row("accounts", beneficiary_no="B9",
                  updated_at="2026-10-25T21:00:00+02:00")])])  # fmt: skip
    close_month(month=MONTH, on=MONDAY)

    assert estimate_difference(declaration, on=MONDAY) == (
        f"Dimanche, nous avions prévu 0{NBSP}€ à prélever et 428,70{NBSP}€ à recevoir. Rien n’est prélevé pour l’instant. "
        "Votre dossier Caf et votre compte Pajemploi sont mal reliés. Nous vérifions que tout est bien à votre nom."
    )


def test_another_declaration_that_shares_the_maximum_is_the_cause(tmp_path: Path) -> None:
    """Nothing of this declaration changed: the first step that did is named."""
    received(tmp_path)
    declaration = declared()
    kept = DeclarationEstimate.objects.get(declaration=declaration)
    close_month(month=MONTH, on=MONDAY)
    kept.payout_cents += 100
    kept.steps = [one | {"value": "4,85 €"} if one["name"] == "reference_hourly_cost" else one for one in kept.steps]
    kept.save()

    told = estimate_difference(declaration, on=MONDAY)

    assert told == (
        f"Dimanche, nous avions prévu 429,70{NBSP}€ à recevoir. C’est 428,70{NBSP}€, parce que l’étape « coût horaire de "
        f"référence » donne 4,91{NBSP}€ au lieu de 4,85 €."
    )


def some_family(number: int, draw: random.Random) -> dict[str, list[dict[str, str]]]:
    """A family drawn: mode, resources, children, Pajemploi+."""
    at_home = draw.random() < 0.4
    mode = "HOME_EMPLOYEE" if at_home else "CHILDMINDER"
    nir = nir_with_key(f"2840163001{number:03d}")
    cells = {"employer_no": f"E{number}", "nir": nir, "beneficiary_no": f"B{number}"}
    right = cells | {
        "right_no": f"R{number}", "child_id": f"C{number}", "care_mode": mode, "sequence_no": 10 + number,
        "annual_resources": draw.randrange(0, 120_000), "dependent_children": draw.randint(1, 4),
        "isolated_parent": draw.randint(0, 1), "child_birth_date": f"{draw.randint(2021, 2025)}-03-10",
    }  # fmt: skip
    return {
        "accounts": [row("accounts", **cells, last_name=f"Martin{'abcdefghijklmnopqrstuvwxyz'[number]}",
                         iban=iban_with_key(str(number)), mandate_ref=f"M{number}", all_in_one=draw.randint(0, 1))],
        "rights_fund": [row("rights_fund", **right)],
        "rights_pajemploi": [row("rights_pajemploi", **right)],
        "employees": [row("employees", employer_no=f"E{number}", employee_no=f"S{number}", employee_kind=mode)],
    }  # fmt: skip


def typed_by(draw: random.Random) -> dict[str, str]:
    hours, net = draw.randint(1, 200), draw.randint(100, 250_000)
    return {
        "hours": str(hours), "days": str(draw.randint(1, 22)), "net_salary": f"{net // 100},{net % 100:02d}",
        "maintenance_allowance": f"{draw.randint(0, 120)},5", "meal_allowance": str(draw.randint(0, 60)),
        "withholding_tax": str(draw.choice([0, 0, 15])),
    }  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_the_estimate_is_the_settlement_when_nothing_else_changed(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    files: dict[str, list[dict[str, str]]] = {}
    for number in range(1, 9):
        for kind, rows in some_family(number, draw).items():
            files.setdefault(kind, []).extend(rows)
    import_files(write_all(tmp_path, files))
    expected = {}
    for number in range(1, 9):
        user = parent(f"parent{number}", f"E{number}")
        draft = drafted(user, typed_by(draw))
        found = estimate_of(FamilyDraft.objects.get(pk=draft.pk), at=AT, on=SUNDAY)
        sent, _again = send(key=draft.key, by=user, at=AT, on=SUNDAY)
        assert sent.declaration is not None
        expected[sent.declaration.pk] = (found.status, found.debit_cents, found.payout_cents, found.total_debit_cents)

    close_month(month=MONTH, on=MONDAY)

    got = {
        one.declaration_id: (one.status, one.debit_cents, one.payout_cents, one.total_debit_cents)
        for one in Settlement.objects.all()
    }
    assert got == expected
    assert len(set(expected.values())) == 8
    assert any(debit for _status, debit, _payout, _single in expected.values())
    for declaration in Declaration.objects.all():
        assert estimate_difference(declaration, on=MONDAY) == ""
