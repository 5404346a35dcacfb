"""Nobody signs for families that their posting does not open: the operation says who can, the database refuses the same."""

from collections.abc import Sequence
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from portal.accounts.models import Door, Posting, Role, User
from portal.accounts.permissions import moment_on
from portal.batches.models import Run, RunState, Signature
from portal.batches.operations import SignatureRefused, sign, sign_named, signature_refusal, start_run
from portal.batches.pages import seats_on
from portal.organisations.operations import load_directory

pytestmark = pytest.mark.django_db
DAY, SINCE = date(2026, 10, 26), date(2026, 1, 1)
FIRST, SECOND, AGENT = Role.AUTHORISING_OFFICER, Role.ACCOUNTING_OFFICER, Role.FUND_CASEWORKER


@pytest.fixture(autouse=True)
def directory() -> None:
    """The joint fund of Lozère holds its three branches since 2009."""
    load_directory()


def posted(name: str, role: Role, *places: str) -> User:
    """Somebody at some funds; ``CCSS48/FAMILY`` at a joint fund."""
    user = User.objects.create(username=name, first_name=name.capitalize(), last_name="Test", door=Door.AGENT)
    for place in places:
        fund, _slash, branch = place.partition("/")
        Posting.objects.create(user=user, role=role, fund=fund, branch=branch, starts_on=SINCE)
    return user


def to_sign(*, scope: Sequence[str] | None = None, funds: Sequence[str] | None = None) -> Run:
    run = start_run(
        kind="test", month=date(2026, 10, 1), ordinal=1, day=DAY, dry_run=False, slices=0, rows_total=0, inputs_digest="i",
        rule_version="1", parameters_digest="p", scope=scope,
    )  # fmt: skip
    Run.objects.filter(pk=run.pk).update(digest="d" * 64, funds=funds)
    Run.objects.filter(pk=run.pk).update(state=RunState.TO_SIGN)
    run.refresh_from_db()
    return run


def written(run: Run, user: User, role: Role) -> Signature:
    """By whoever writes in the table."""
    with transaction.atomic():
        return Signature.objects.create(run=run, user=user, role=role, digest=run.digest, signed_at=moment_on(DAY))


@pytest.mark.parametrize(
    ("case", "place"),
    [("at a fund", "CAF63"), ("at a joint fund, for families", "CCSS48/FAMILY"), ("at the former body", "CAF48")],
)
def test_an_officer_of_one_fund_signs_no_run_of_all_of_them(case: str, place: str) -> None:
    local, run = posted("local", FIRST, place), to_sign()
    posted("helene", FIRST, "")
    posted("bruno", SECOND, "")

    with pytest.raises(SignatureRefused) as refused:
        sign(run_pk=run.pk, username="local", on=DAY)
    assert "toutes les caisses" in str(refused.value), case
    assert "Helene Test (ordonnateur), puis Bruno Test (agent comptable)" in str(refused.value)
    with pytest.raises(IntegrityError, match="n'ouvre pas"):
        written(run, local, FIRST)
    assert not Signature.objects.exists()
    assert [seat.people for seat in seats_on(run, DAY)] == [["Helene Test"], ["Bruno Test"]], (
        "no seat is offered to them"
    )


def test_nor_in_second_after_a_national_officer() -> None:
    run, local = to_sign(), posted("local", SECOND, "CCSS48/FAMILY")
    posted("helene", FIRST, "")
    sign(run_pk=run.pk, username="helene", on=DAY)

    with pytest.raises(SignatureRefused, match="votre affectation est locale \\(CCSS48, famille\\)"):
        sign(run_pk=run.pk, username="local", on=DAY)
    with pytest.raises(IntegrityError, match="n'ouvre pas"):
        written(run, local, SECOND)


def test_the_two_national_officers_sign_and_one_who_is_posted_at_a_fund_as_well() -> None:
    run = to_sign()
    posted("helene", FIRST, "CAF63", "")
    posted("bruno", SECOND, "")
    for username in ("helene", "bruno"):
        sign(run_pk=run.pk, username=username, on=DAY)
    run.refresh_from_db()
    assert run.state == RunState.SIGNED


def test_of_another_branch_there_is_no_role_at_all() -> None:
    run, health = to_sign(), posted("sante", FIRST, "CCSS48/SICKNESS")
    assert signature_refusal(run, "sante", DAY) == "Votre rôle ne signe pas les arrêtés."
    with pytest.raises(IntegrityError, match="n'a pas ce rôle"):
        written(run, health, FIRST)


def test_without_any_national_officer_the_refusal_says_what_to_ask_for() -> None:
    posted("local", FIRST, "CAF63")
    assert "Demandez l’affectation nationale" in signature_refusal(to_sign(), "local", DAY)


@pytest.mark.parametrize(
    ("case", "role", "places", "funds", "signs"),
    [
        ("of the family's fund", AGENT, ["CAF63"], ["CAF63"], True),
        ("of another fund", AGENT, ["CAF43"], ["CAF63"], False),
        ("of one of two funds", AGENT, ["CAF63"], ["CAF43", "CAF63"], False),
        ("of both, by two postings", AGENT, ["CAF43", "CAF63"], ["CAF43", "CAF63"], True),
        ("of the joint fund that took it over", AGENT, ["CCSS48/FAMILY"], ["CAF48"], True),
        ("of the joint fund, another fund's family", AGENT, ["CCSS48/FAMILY"], ["CAF63"], False),
        ("funds unknown, a local", AGENT, ["CAF63"], None, False),
        ("posted nowhere opens nothing", AGENT, [""], ["CAF63"], False),
        ("a supervisor of the fund", Role.SUPERVISOR, ["CAF63"], ["CAF63"], True),
        ("a supervisor of another", Role.SUPERVISOR, ["CAF43"], ["CAF63"], False),
        ("a national supervisor, funds unknown", Role.SUPERVISOR, [""], None, True),
        ("Pajemploi", Role.PAJEMPLOI_CASEWORKER, [""], ["CAF63"], True),
    ],
)
def test_a_named_run_is_approved_by_who_opens_its_families(
    case: str, role: Role, places: list[str], funds: list[str] | None, signs: bool
) -> None:
    run, user = to_sign(scope=["E1"], funds=funds), posted("agent", role, *places)
    if signs:
        assert sign_named(run_pk=run.pk, username="agent", on=DAY).role == role, case
        return
    with pytest.raises(SignatureRefused, match="n’ouvre pas"):
        sign_named(run_pk=run.pk, username="agent", on=DAY)
    with pytest.raises(IntegrityError, match="n'ouvre pas"):
        written(run, user, role)


def test_an_officer_is_told_who_approves_a_named_run() -> None:
    run = to_sign(scope=["E1"], funds=["CAF63"])
    posted("helene", FIRST, "")
    assert "la gestion l’approuve" in signature_refusal(run, "helene", DAY)


def test_the_funds_of_a_run_are_those_of_its_families_and_never_change_once_computed() -> None:
    run = to_sign(scope=["E1"], funds=["CAF63"])
    with pytest.raises(IntegrityError, match="ne changent pas"), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(funds=["CAF43"])
    whole = start_run(
        kind="test", month=date(2026, 9, 1), ordinal=1, day=DAY, dry_run=False, slices=0, rows_total=0, inputs_digest="i",
        rule_version="1", parameters_digest="p",
    )  # fmt: skip
    for funds in (["CAF63"], []):
        with pytest.raises(IntegrityError, match="run_funds_of_named_families"), transaction.atomic():
            Run.objects.filter(pk=whole.pk).update(funds=funds)
