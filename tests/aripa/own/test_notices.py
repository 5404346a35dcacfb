"""A parent's address for notices: confirmed by its link, neutral, and nobody else's."""

import re

import pytest
from django.core import mail
from django.test import Client

from portal.notices.models import Contact

pytestmark = pytest.mark.django_db


def test_an_address_is_given_confirmed_and_discreet(
    laure: Client, marc: Client, settings, django_capture_on_commit_callbacks
) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_ADDRESS = "https://portail.example"
    assert laure.post("/famille/pension/avis/", {"address": "abri"}).status_code == 422

    with django_capture_on_commit_callbacks(execute=True):
        laure.post("/famille/pension/avis/", {"address": "abri@exemple.fr"})

    link = re.search(r"https://portail.example(/famille/pension/avis/\S+)", mail.outbox[0].body)
    assert link is not None
    assert marc.get(link[1]).status_code == 410
    assert "abri@exemple.fr" in laure.get(link[1], follow=True).content.decode()
    contact = Contact.objects.get()
    assert (contact.discreet, contact.confirmed_at is not None) == (True, True)
