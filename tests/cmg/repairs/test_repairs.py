"""A family repaired: previewed in euros, entered like a file, undone; and what nobody may do."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cmg.models import Account, Employee, Repair, Right, Settlement
from cmg.reconciliation.catalogue import catalogue
from cmg.remedies.limits import RemedyRefused
from cmg.repairs.acts import ACTS, Asked, acts_for
from cmg.repairs.entering import Change, ChangedMeanwhile, enter, undo
from cmg.repairs.previewing import MonthEffect, preview
from portal.banking.models import PaymentOrder
from portal.exchange.models import ReceivedFile
from tests.cmg.files import nir_with_key
from tests.cmg.remedies.families import DAY, PAYOUT, Files, closed, moved_away, received

AT = datetime(2026, 10, 26, 8, 0, tzinfo=UTC)


def account() -> Account:
    return Account.objects.get(employer_no="E1", known_until__isnull=True)


def right(side: str = "F") -> Right:
    return Right.objects.get(side=side, known_until__isnull=True)


def do(code: str, *, by: str = "thomas", reason: str = "vérifié avec la famille", **values: object) -> Repair:
    side = "P" if code == "END_COPY" else "F"
    asked = Asked(account(), AT, right(side) if ACTS[code].needs_right else None, values)
    return enter(ACTS[code].plan(asked), act=code, employer_no="E1", reason=reason, by=by, at=AT)


def effect_of(code: str, **values: object) -> MonthEffect:
    [effect] = preview("E1", lambda: do(code, **values), on=DAY)
    return effect


def other_nir(files: Files) -> None:
    files["accounts"][0]["nir"] = nir_with_key("2840163001002")


def no_copy(files: Files) -> None:
    files["rights_pajemploi"].clear()


def richer_copy(files: Files) -> None:
    files["rights_pajemploi"][0]["annual_resources"] = "60000"


def ended_at_fund(files: Files) -> None:
    files["rights_fund"][0] |= {"status": "CLOSED", "end": "2026-09-01"}


def licence_over(files: Files) -> None:
    files["employees"][0]["licence_end"] = "2026-09-01"


def other_employer(files: Files) -> None:
    for kind in ("rights_fund", "rights_pajemploi"):
        files[kind][0]["employer_no"] = "E7"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "code", "act", "values"),
    [
        (moved_away, "CMG-013", "RELINK_NUMBER", {}),
        (other_nir, "CMG-012", "COPY_NIR", {}),
        (other_nir, "CMG-012", "TYPE_NIR", {"nir": nir_with_key("2840163001001")}),
        (other_employer, "CMG-014", "NAME_EMPLOYER", {}),
        (licence_over, "CMG-034", "REGISTER_EMPLOYEE", {"employee_no": "S1", "licence_end": date(2030, 1, 1)}),
    ],
)
def test_a_held_family_is_repaired_and_its_month_settled(
    tmp_path: Path, change: object, code: str, act: str, values: dict[str, object]
) -> None:
    received(tmp_path, change)  # type: ignore[arg-type]
    closed()
    assert code in Settlement.objects.get().anomaly_codes
    assert act in {one.code for one in acts_for({code})}

    effect = effect_of(act, **values)

    assert (effect.status_before, effect.status_after) == ("HELD", "SETTLED"), effect
    assert (effect.debit_after_cents, effect.payout_after_cents) == (0, PAYOUT)
    assert effect.held_before_cents > 0 == effect.held_after_cents
    assert not Repair.objects.exists(), "a preview leaves nothing"
    do(act, **values)
    run = closed()
    assert Settlement.objects.get(run=run).status == "SETTLED"
    assert not PaymentOrder.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("change", [no_copy, richer_copy])
def test_the_right_of_the_fund_is_taken_again(tmp_path: Path, change: object) -> None:
    received(tmp_path, change)  # type: ignore[arg-type]

    do("COPY_RIGHT")

    copy = right("P")
    assert (copy.annual_resources_cents, copy.right_no, copy.decided_at) == (3_000_000, "R1", right("F").decided_at)
    with pytest.raises(RemedyRefused, match="rien à changer"):
        do("COPY_RIGHT")


@pytest.mark.django_db
def test_pajemploi_ends_what_the_fund_has_not(tmp_path: Path) -> None:
    received(tmp_path, ended_at_fund)

    effect = effect_of("END_COPY", ends_on=date(2026, 9, 1))

    assert (effect.codes_before, effect.codes_after) == ("CMG-006", "")
    assert effect.payout_after_cents == 0 < effect.debit_after_cents
    with pytest.raises(RemedyRefused, match="premier jour"):
        do("END_COPY", ends_on=date(2024, 12, 31))


@pytest.mark.django_db
def test_the_fund_decides_again_and_both_sides_follow(tmp_path: Path) -> None:
    received(tmp_path)

    do("CHANGE_RIGHT", by="nathalie", annual_resources_cents=2_400_000)

    assert right("F").annual_resources_cents == right("P").annual_resources_cents == 2_400_000
    assert right("F").decided_at == AT
    assert Right.objects.filter(known_until=AT).count() == 2
    for wrong in ({"dependent_children": 0}, {"annual_resources_cents": -1}, {"ends_on": date(2020, 1, 1)}):
        with pytest.raises(RemedyRefused):
            do("CHANGE_RIGHT", by="nathalie", **wrong)


@pytest.mark.django_db
def test_a_sibling_gets_the_same_right(tmp_path: Path) -> None:
    def two_children(files: Files) -> None:
        for kind in ("rights_fund", "rights_pajemploi"):
            files[kind][0]["dependent_children"] = "2"
        second = files["declarations"][0] | {
            "declaration_no": "D2",
            "child_ids": "C2",
            "child_birth_dates": "2025-01-05",
        }
        files["declarations"].append(second)

    received(tmp_path, two_children)
    closed()
    assert "CMG-009" in Settlement.objects.get(declaration_no="D2").anomaly_codes

    effect = effect_of("OPEN_FOR_CHILD", child_id="C2", child_birth_date=date(2025, 1, 5))

    assert (effect.status_before, effect.status_after, effect.debit_after_cents) == ("HELD", "SETTLED", 0)


@pytest.mark.django_db
def test_a_repair_is_kept_like_a_file_and_can_be_undone(tmp_path: Path) -> None:
    received(tmp_path, moved_away)
    repair = do("RELINK_NUMBER")
    assert (account().beneficiary_no, account().file_id) == ("B1", repair.file_id)
    assert ReceivedFile.objects.get(pk=repair.file_id).sender == "portail:thomas"

    undone = undo(repair_pk=repair.pk, reason="ce n’était pas elle", by="nathalie", at=AT.replace(hour=9))

    assert account().beneficiary_no == "B9"
    assert undone.undoes == repair
    assert Account.objects.filter(employer_no="E1").count() == 3
    with pytest.raises(RemedyRefused, match="déjà annulée"):
        undo(repair_pk=repair.pk, reason="encore", by="nathalie", at=AT)


@pytest.mark.django_db
def test_two_at_once_the_second_is_told(tmp_path: Path) -> None:
    received(tmp_path, moved_away)
    stale = account()
    do("RELINK_NUMBER")

    with pytest.raises(ChangedMeanwhile, match="pendant votre lecture"):
        enter(
            [Change(Account, stale, {"fund": "CAF15"})], act="TEST", employer_no="E1", reason="trop tard", by="nathalie",
            at=AT,
        )  # fmt: skip
    assert account().fund == "CAF63"


@pytest.mark.django_db
def test_no_reason_no_repair_and_a_wrong_nir_is_refused(tmp_path: Path) -> None:
    received(tmp_path, other_nir)

    with pytest.raises(RemedyRefused, match="pourquoi"):
        do("COPY_NIR", reason="  ")
    with pytest.raises(RemedyRefused, match="deux derniers chiffres"):
        do("TYPE_NIR", nir="2 84 01 63 001 001 00")
    with pytest.raises(RemedyRefused, match="numéro de la personne"):
        do("REGISTER_EMPLOYEE", employee_no="")
    assert not Repair.objects.exists()
    assert Employee.objects.count() == 1


def test_every_disagreement_on_data_has_an_act() -> None:
    answered = {code for act in ACTS.values() for code in act.answers}
    # The others are controls of our own settlements, answered by computing again, by the family's account, by a
    # person's decision on the month, or by merging.
    elsewhere = {
        "CMG-010", "CMG-015", "CMG-017", "CMG-018", "CMG-019", "CMG-020", "CMG-021", "CMG-022", "CMG-023", "CMG-024",
        "CMG-027", "CMG-029", "CMG-030", "CMG-033", "CMG-036", "CMG-037", "CMG-040",
    }  # fmt: skip

    assert answered | elsewhere == set(catalogue())
    assert not answered & elsewhere
    assert all(act.desk in ("FUND_CASEWORKER", "PAJEMPLOI_CASEWORKER") for act in ACTS.values())
