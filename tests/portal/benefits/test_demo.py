"""The named families of the demonstration enter whole, are linked to their parents once, and tell what they are there for."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount

from portal.accounts.models import Door, FamilyLink, User
from portal.benefits.demo import families
from portal.benefits.demo.people import NAMED
from portal.benefits.models import FamilyFile
from portal.benefits.persons.asking import asked_of, expected_cents, terms_on
from portal.benefits.persons.selectors import Family, own_family
from portal.benefits.rules.aeeh import AeehChild, aeeh_of_child
from tests.aripa.agents import on_day
from tests.portal.access import DAY

pytestmark = pytest.mark.django_db
NUMBERS = {one.last_name: one.number for one in NAMED}


@pytest.fixture(autouse=True)
def loaded(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_day(settings, DAY, demo=True)
    monkeypatch.setattr(families, "FAMILIES", 20)
    julien = User.objects.create(username="parent-julien", door=Door.FAMILY)
    claims = {"given_name": "Julien", "family_name": "FAURE", "birthdate": "1985-03-14"}
    SocialAccount.objects.create(user=julien, provider="franceconnect", uid="julien", extra_data=claims)
    families.load(tmp_path, DAY)


def named(last_name: str) -> Family:
    found = own_family(f"family:CAF63/{NUMBERS[last_name]}")
    assert found is not None
    return found


def test_all_enter_and_a_second_loading_changes_nothing(tmp_path: Path) -> None:
    known = FamilyFile.objects.count()
    assert known == 20 + len(NAMED)

    told = families.load(tmp_path / "again", DAY)

    assert FamilyFile.objects.count() == known
    assert "0 parents reliés" in told
    assert FamilyLink.objects.get().subject == f"family:CAF63/{NUMBERS['Faure']}"


def test_one_euro_above_the_ceiling_takes_one_euro_off() -> None:
    """429.01 and 452.67, less one euro, then CRDS; Karine's 12.01 are under fifteen euros."""
    assert 876_00 < (expected_cents(named("Perrin"), terms_on(DAY)[0]) or 0) < 880_68
    assert expected_cents(named("Rolland"), terms_on(DAY)[0]) == 0


def test_of_the_boy_of_seventeen_an_answer_is_awaited() -> None:
    assert [(one.child.name, one.told, one.gain_cents) for one in asked_of(named("Faure"), [], terms_on(DAY)[0])] == [
        ("Enzo", None, 466_02)
    ]


def test_complement_three_and_the_lone_parents_increase() -> None:
    family = named("Benali")
    decision = family.children[0].decisions[0]

    found = aeeh_of_child(
        AeehChild(
            incapacity_rate=decision.incapacity_rate, complement=decision.complement,
            complement_by_help=decision.complement_by_help, isolated_parent=bool(family.file.isolated_parent),
        ),
        month=date(2026, 10, 1), territory="METROPOLE",
    )  # fmt: skip

    assert found["total_cents"] == 153_01 + 439_91 + 86_07
