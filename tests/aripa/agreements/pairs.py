"""Two parents who agree: Amélie receives, Romain pays, for Jade and Louis. Through the pages, as they would."""

import time
from datetime import date
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aripa.agreements.inviting import code_of
from aripa.agreements.text import digest_of
from aripa.models import Agreement
from tests.aripa.own.cases import client_of
from tests.aripa.own.test_acts import PNG

DAY = date(2026, 10, 26)
BASE = "/famille/pension/accord"
AMELIE = {"given_name": "Amélie", "family_name": "CHEVALIER", "birthdate": "1992-02-11"}
ROMAIN = {"given_name": "Romain", "family_name": "GAILLARD", "birthdate": "1990-07-03"}
CONDITIONS = {"fear": "non", "couple": "COHABITATION", "title": "non", "step": "non"}
ENTERING = {"fear": "non", "title": "non", "step": "non"}
PLACE = {"party": "CREDITOR"}
OTHER = {"other_name": "Gaillard", "other_first": "Romain", "other_born": "1990-07-03"}
JADE = {"name_1": "Jade Gaillard", "born_1": "2018-03-02", "stay_1": "STANDARD"}
LOUIS = {"name_2": "Louis Gaillard", "born_2": "2021-06-15", "stay_2": "STANDARD"}
AMOUNTS = {"amount_1": "180", "amount_2": "177,00"}
TERMS = {"index": "NONE_MENTIONED", "way": "SERVICE"}
RESOURCES = {"own_annual": "18 000"}
HOME_A = {
    "address": "4 rue de la Treille",
    "postcode": "63000",
    "city": "Clermont-Ferrand",
    "body": "CAF",
    "recipient": "oui",
}
HOME_R = {"address": "8 avenue de Paris", "postcode": "15000", "city": "Aurillac", "body": "CAF", "recipient": "non"}


def amelie(number: str = "") -> Client:
    return client_of("amelie", number, **AMELIE)


def romain(number: str = "") -> Client:
    return client_of("romain", number, **ROMAIN)


def the_one() -> Agreement:
    return Agreement.objects.select_related("first", "second").get()


def fill(client: Client, slug: str, answers: dict[str, str], **more: str) -> Any:
    """One page read, then sent."""
    url = f"{BASE}/{the_one().key}/{slug}/"
    return client.post(url, {"read": read_of(client, slug)} | answers | more)


def read_of(client: Client, slug: str) -> str:
    return str(client.get(f"{BASE}/{the_one().key}/{slug}/").context["read"])


def begin(client: Client, **instead: str) -> Any:
    return client.post(f"{BASE}/commencer/", CONDITIONS | {"key": str(uuid4())} | instead)


def written(client: Client) -> None:
    """The first parent's part, to the invitation."""
    begin(client)
    fill(client, "place", PLACE)
    fill(client, "autre-parent", OTHER)
    fill(client, "enfants", JADE, step="more")
    fill(client, "enfants", JADE | LOUIS)


def invited(client: Client) -> str:
    """The code that the first parent passes on."""
    written(client)
    client.post(f"{BASE}/{the_one().key}/inviter/", {"key": str(uuid4())})
    return code_of(the_one())


def enter(client: Client, code: str, **instead: str) -> Any:
    return client.post(f"{BASE}/code/", ENTERING | {"code": code} | instead)


def give_papers(client: Client, *kinds: str) -> None:
    for kind in kinds:
        paper = SimpleUploadedFile(f"{kind}.png", PNG + kind.encode())
        client.post(f"{BASE}/{the_one().key}/pieces/", {"kind": kind, "paper": paper})


def both_ready(first: Client, second: Client) -> Agreement:
    """Everything but the signatures."""
    enter(second, invited(first))
    fill(second, "ressources", RESOURCES)
    fill(second, "vous", HOME_R)
    give_papers(second, "identity", "resources")
    fill(first, "montants", AMOUNTS)
    fill(first, "prix", TERMS)
    fill(first, "vous", HOME_A)
    give_papers(first, "identity", "children", "visiting")
    return the_one()


def factor(client: Client) -> None:
    session = client.session
    session["factor_at"] = time.time()
    session.save()


def sign(client: Client, **instead: str) -> Any:
    """Sign the text as it is, with a fresh factor and the statement."""
    factor(client)
    one = the_one()
    sent = {"key": str(uuid4()), "digest": digest_of(one), "stated": "1"}
    return client.post(f"{BASE}/{one.key}/signer/", sent | instead)


def filed(first: Client, second: Client) -> Agreement:
    """Signed by both: at the fund."""
    both_ready(first, second)
    sign(first)
    sign(second)
    return the_one()


def page_of(client: Client, rest: str = "") -> str:
    return str(client.get(f"{BASE}/{the_one().key}/{rest}").content.decode()).replace("\u00a0", " ")
