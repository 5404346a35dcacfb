"""What a family reads of its rights: which day each change takes effect, and what today's values give."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cmg.declaring.rights import changes_of, full_amount_until, is_open_on
from cmg.models import CareMode, Right, RightStatus
from tests.cmg.declaring.families import MONDAY, parent, received

NBSP = "\u00a0"


def right(born: date, mode: CareMode = CareMode.CHILDMINDER, **changes: object) -> Right:
    known = {"status": RightStatus.ACTIVE, "starts_on": date(2025, 1, 1), "ends_on": None, "isolated_parent": False}
    return Right(child_birth_date=born, care_mode=mode, **(known | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "one", "days"),
    [
        ("a childminder: six years alone", right(date(2024, 3, 10)), [date(2030, 4, 1)]),
        ("at home: three years too", right(date(2024, 3, 10), CareMode.HOME_EMPLOYEE), [date(2027, 4, 1), date(2030, 4, 1)]),
        ("at home, three years passed", right(date(2023, 9, 10), CareMode.HOME_EMPLOYEE), [date(2029, 10, 1)]),
        ("at home, three years this month: still to come", right(date(2023, 10, 31), CareMode.HOME_EMPLOYEE),
         [date(2026, 11, 1), date(2029, 11, 1)]),
        ("a structure keeps the full amount until 31 August", right(date(2024, 3, 10), CareMode.MICRO_CRECHE),
         [date(2027, 9, 1), date(2030, 4, 1)]),
        ("alone, direct employment: twelve years", right(date(2024, 3, 10), isolated_parent=True), [date(2036, 4, 1)]),
        ("alone, structure: six years", right(date(2024, 3, 10), CareMode.MICRO_CRECHE, isolated_parent=True),
         [date(2027, 9, 1), date(2030, 4, 1)]),
        ("ended before the birthday", right(date(2024, 3, 10), ends_on=date(2027, 1, 1)), [date(2027, 1, 1)]),
        ("ended already", right(date(2024, 3, 10), ends_on=date(2026, 10, 26)), []),
    ],
)  # fmt: skip
def test_what_changes_next(words: str, one: Right, days: list[date]) -> None:
    assert [coming.day for coming in changes_of(one, MONDAY)] == days, words


@pytest.mark.parametrize(
    ("born", "first"),
    [
        (date(2024, 8, 31), date(2027, 9, 1)), (date(2024, 9, 1), date(2027, 10, 1)), (date(2024, 1, 1), date(2027, 9, 1)),
        (date(2024, 12, 31), date(2028, 1, 1)),
    ],
)  # fmt: skip
def test_the_full_amount_of_structures(born: date, first: date) -> None:
    assert full_amount_until(born) == first


def test_a_right_covers_the_day_before_its_end() -> None:
    assert is_open_on(right(date(2024, 3, 10), ends_on=date(2026, 10, 27)), MONDAY)
    assert not is_open_on(right(date(2024, 3, 10), ends_on=MONDAY), MONDAY)
    assert not is_open_on(right(date(2024, 3, 10), status=RightStatus.SUSPENDED), MONDAY)
    assert is_open_on(right(date(2024, 3, 10), status=RightStatus.CLOSED, ends_on=date(2026, 11, 1)), MONDAY)


@pytest.mark.django_db
def test_the_page(tmp_path: Path, settings: Any) -> None:
    settings.PORTAL_DAY = MONDAY
    received(tmp_path)
    client = Client()
    client.force_login(parent())

    page = client.get("/famille/droits/").content.decode()

    assert "Le prochain changement est le lundi 1er avril 2030, pour Léa." in page
    assert f"30{NBSP}000,00{NBSP}€" in page
    assert f"428,70{NBSP}€ d’aide, 468,15{NBSP}€ de cotisations prises en charge. Il vous reste 197,30{NBSP}€" in page
    assert 'name="annual_resources" value="30000"' in page
    unlinked = Client()
    unlinked.force_login(parent("luc", "nobody"))
    assert unlinked.get("/famille/droits/").status_code == 302
