"""What may be announced: a day to come, a month not issued, a value that somebody answers for."""

from datetime import date
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from portal.accounts.permissions import moment_on
from portal.batches.models import Run
from portal.benefits.models import Uprating, UpratingLine
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.uprating import guards
from portal.benefits.uprating.guards import Announced, ProposalRefused, read_value, standing_of
from portal.benefits.uprating.operations import Proposal, propose
from tests.portal.benefits.uprating.worlds import SOURCE, announced, november

DAY = date(2026, 10, 26)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("488,20", 48820), ("488.2", 48820), ("1 305,10 €", 130510), ("488", 48800), ("0", None), ("-488", None),
     ("488,201", None), ("４８８", None), ("", None), ("abc", None)],
)  # fmt: skip
def test_an_amount_as_people_write_it(typed: str, cents: int | None) -> None:
    assert read_value(typed) == cents


@pytest.mark.parametrize(
    ("value", "asks_two"),
    # 478.16 in force: ten per cent are 47.816 €.
    [(488_20, False), (525_97, False), (525_98, True), (4_781_60, True), (430_35, False), (430_34, True)],
)
def test_a_large_change_asks_for_two(value: int, asks_two: bool) -> None:  # noqa: FBT001
    assert standing_of(announced(value, date(2026, 11, 1))).asks_two is asks_two


def test_ten_per_cent_exactly_is_not_a_large_change() -> None:
    at_500 = benefit_parameters().with_line("bmaf", announced(500_00, date(2026, 11, 1)).line("test"))
    december = date(2026, 12, 1)

    assert [standing_of(announced(cents, december), at_500).asks_two for cents in (550_00, 550_01, 450_00, 449_99)] == [
        False, True, False, True,
    ]  # fmt: skip


def test_a_figure_that_nobody_knows_is_guarded_by_the_last_one_known() -> None:
    standing = standing_of(announced(1_305_10, date(2027, 4, 1), "aeeh.complement_6_amount"))

    assert (standing.before_cents, standing.known_cents, standing.asks_two) == (None, 1_288_13, False)
    assert standing_of(announced(13_051_00, date(2027, 4, 1), "aeeh.complement_6_amount")).asks_two


def refused(one: Announced, *, reason: str = "", source: str = SOURCE) -> dict[str, str]:
    with pytest.raises(ProposalRefused) as told:
        propose(form_key=uuid4(), proposal=Proposal(one, source, reason, "helene", moment_on(DAY)), on=DAY)
    return told.value.errors


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "day", "field", "words"),
    [
        (488_20, date(2026, 9, 1), "from_day", "est passé"),
        (488_20, date(2026, 11, 15), "from_day", "premier jour d’un mois"),
        (478_16, date(2026, 11, 1), "value", "rien ne changerait"),
        (470_00, date(2026, 11, 1), "reason", "plus bas"),
    ],
)
def test_wrong_lines_are_refused(value: int, day: date, field: str, words: str) -> None:
    errors = refused(announced(value, day))

    assert list(errors) == [field]
    assert words in errors[field]
    assert not Uprating.objects.exists()


@pytest.mark.django_db
def test_the_present_month_may_be_announced_until_it_is_issued(monkeypatch: pytest.MonkeyPatch) -> None:
    # The database makes every run begin with its calculation: such a one stands here for an issued one.
    monkeypatch.setattr(guards, "ISSUED_STATES", ("RUNNING",))
    asked = {"kind": "aeeh-month", "ordinal": 1, "day": DAY, "parameters_digest": "", "rule_version": "x",
             "started_at": moment_on(DAY)}  # fmt: skip
    Run.objects.create(month=date(2026, 9, 1), **asked)
    assert november(day=date(2026, 10, 1)).from_day == date(2026, 10, 1)

    Run.objects.create(month=date(2026, 11, 1), **asked)

    assert "11/2026 est déjà émis" in refused(announced(488_20, date(2026, 11, 1)))["from_day"]
    assert november(day=date(2026, 12, 1)).from_day == date(2026, 12, 1)


@pytest.mark.django_db
def test_a_lower_value_with_a_word_and_never_without_in_the_database() -> None:
    assert november(value_cents=470_00, reason="décret de rectification").value_cents == 470_00

    with pytest.raises(IntegrityError, match="uprating_lower_with_a_word"), transaction.atomic():
        Uprating.objects.create(
            form_key=uuid4(), key="bmaf", from_day=date(2027, 4, 1), value_cents=1, before_cents=2, source="x",
            asks_two=False, proposed_by="x", proposed_at=moment_on(DAY),
        )  # fmt: skip


@pytest.mark.django_db
def test_announced_twice_it_is_the_first_and_another_of_the_day_is_refused() -> None:
    key = uuid4()
    proposal = Proposal(announced(488_20, date(2026, 11, 1)), SOURCE, "", "helene", moment_on(DAY))

    first, again = propose(form_key=key, proposal=proposal, on=DAY)
    second, twice = propose(form_key=key, proposal=proposal, on=DAY)

    assert (first.pk, again, twice) == (second.pk, False, True)
    assert "déjà annoncé" in refused(announced(489_00, date(2026, 11, 1)))["from_day"]
    assert list(refused(announced(488_20, date(2026, 12, 1)), source="?")) == ["source"]


@pytest.mark.django_db
def test_the_command_tells_the_same_and_keeps_no_family(received: None) -> None:
    out = StringIO()

    call_command("preview_uprating", "bmaf", "2026-11-01", "4881.60", "--on", "2026-10-26", stdout=out)

    told = out.getvalue()
    assert "BMAF au 01/11/2026 : 4\u00a0881,60\u00a0€ au lieu de 478,16\u00a0€" in told
    assert "ARS, rentrée 2027 : ne se calcule pas encore" in told
    assert "deux personnes" in told
    assert not UpratingLine.objects.exists()
    assert not Uprating.objects.exists()
    with pytest.raises(CommandError, match="est passé") as past:
        call_command("preview_uprating", "bmaf", "2026-04-01", "480.00", "--on", "2026-10-26", stdout=out)
    assert past.value.returncode == 2
