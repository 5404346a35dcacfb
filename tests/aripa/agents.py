"""Agents of ARIPA in tests: their accounts, their clients, and a lived portal."""

import re
from datetime import date
from typing import Any

from django.test import Client

from portal.accounts.models import Posting, Role, User

LIVED = date(2026, 2, 20)


def agent(name: str, *funds: str, role: Role = Role.ARIPA_CASEWORKER) -> User:
    user = User.objects.create(username=name, first_name=name.capitalize(), last_name="Test")
    for fund in funds or ("CAF63",):
        Posting.objects.create(user=user, role=role, fund=fund, starts_on=date(2020, 1, 1))
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def on_day(settings: Any, day: date = LIVED, *, demo: bool = False) -> None:
    settings.PORTAL_DAY, settings.PORTAL_DEMO = day, demo


def text_of(answer: Any) -> str:
    """The page, without the tokens of its forms: letters at random, where any short word may stand."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", answer.content.decode()).replace("\u00a0", " ")
