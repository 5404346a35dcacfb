"""A childminder's own space on 26 October 2026: her place published, her account, a client of each."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from monenfant.models import CarePlace, ProAccessGrant
from monenfant.publishing import publish_offer
from portal.accounts.models import Door, Posting, Role, User
from tests.monenfant.files import row, take_in

ON = date(2026, 10, 26)


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.PORTAL_DEMO, settings.PORTAL_DAY, settings.PORTAL_ADDRESS = False, ON, "https://portail.example"


def client_of(place: CarePlace | None, role: Role = Role.CHILDMINDER, **subject: Any) -> Client:
    user = User.objects.create(
        username=f"pro-{User.objects.count()}", first_name="Anne", last_name="Martin", door=Door.PROFESSIONAL
    )
    Posting.objects.create(user=user, role=role, starts_on=ON)
    if place is not None:
        ProAccessGrant.objects.create(user=user, place=place, start=ON)
    elif subject:
        ProAccessGrant.objects.create(user=user, start=ON, **subject)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def hers(tmp_path: Path) -> CarePlace:
    take_in(tmp_path, "childminder-approvals", row("childminder-approvals", hides_address=1))
    publish_offer(on=ON)
    return CarePlace.objects.get()


@pytest.fixture
def client(hers: CarePlace) -> Client:
    return client_of(hers)
