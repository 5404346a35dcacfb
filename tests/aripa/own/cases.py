"""The two pairs of parents of the demonstration's story, put into tables and lived: not of the product, of its tests.

Sandra pays Julien, and her debit of October came back. Marc pays Laure, who is protected: three months in default, then
400 euros.
"""

from datetime import date
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.test import Client

from aripa.linking import SUBJECT
from aripa.models import Event, Title
from aripa.operations import run_days
from portal.accounts.models import Door, FamilyLink, LinkedBy, User
from tests.aripa.rows import event_row, parent_row, title_row

DAY = date(2026, 10, 26)
# What says where Laure lives or under which name: in every row that the portal holds of her.
LAURE = {
    "fund": "CAF29", "address": "14 venelle du Kergoat", "postcode": "29000", "city": "Quimper", "phone": "02 98 77 66 55",
    "email": "laure.abri@exemple.fr", "usual_name": "Kervella", "birth_name": "Besson", "first_names": "Laure",
    "birth_date": date(1991, 3, 4), "birth_place": "Landerneau", "employer_no": "EMP-QUIMPER-7", "iban_tail": "8642",
    "iban_key": "00000000-0000-4000-8000-00000000beef",
}  # fmt: skip
SECRETS = (
    "CAF29", "Kergoat", "29000", "Quimper", "QUIMPER", "02 98", "0298776655", "laure", "Laure", "Kervella", "KERVELLA",
    "Landerneau", "8642", "beef", "Finistère", "Douarnenez", "école", "Caisse d’allocations",
)  # fmt: skip


def faure(case: str = "FAURE-1", **said: Any) -> None:
    """Julien receives 250 euros a month for Lina from Sandra, who pays by debit on the tenth."""
    parent_row(f"P-{case}", fund="CAF63", birth_name="Faure", first_names="Julien", birth_date=date(1986, 2, 3),
               address="3 rue des Forges", postcode="63000", city="Clermont-Ferrand", iban_tail="1111")  # fmt: skip
    parent_row(f"D-{case}", fund="CAF63", birth_name="Meunier", first_names="Sandra", birth_date=date(1988, 5, 6),
               address="9 place du Marché", postcode="63200", city="Riom", iban_tail="2222")  # fmt: skip
    title_row(case, child_first_name="Lina", minute_no="25/01234", issuer="TJ Clermont-Ferrand", **said)
    event_row("2025-12-10", "INFORMATION", case, party="BOTH", reason="FULL")


def returned_in_october(case: str = "FAURE-1") -> None:
    event_row("2026-10-15", "DEBIT_RETURNED", case, month="2026-10", reason="AM04", amount_cents=250_00)


def reminded(case: str = "FAURE-1", on: str = "2026-10-20") -> None:
    event_row(on, "NOTICE_RECEIVED", case, letter="L08", party="DEBTOR", effective_on=on)


def besson(case: str = "BESSON-1", laure: dict[str, Any] | None = None, **said: Any) -> Title:
    """Laure, protected, receives 250 euros a month for Tom from Marc, who pays by transfer, and late."""
    parent_row(f"P-{case}", **(laure or LAURE))
    parent_row(f"D-{case}", fund="CAF63", birth_name="Tissier", first_names="Marc", birth_date=date(1985, 7, 8),
               address="2 impasse du Lavoir", postcode="63800", city="Cournon", payment_means="TRANSFER")  # fmt: skip
    title = title_row(case, child_first_name="Tom", violence=True, minute_no="25/09876", issuer="TJ Quimper",
                      in_kind="école de Douarnenez", **said)  # fmt: skip
    event_row("2025-12-10", "INFORMATION", case, party="BOTH", reason="FULL")
    event_row("2025-12-10", "ASF_CLAIM", case, reason="C1")
    return title


def paid(case: str = "BESSON-1", until: int = 7) -> None:
    for month in range(1, until):
        event_row(f"2026-{month:02d}-10", "PAYMENT_RECEIVED", case, means="TRANSFER", amount_cents=250_00)


def live(until: date = DAY) -> None:
    run_days(until=until)


def person(username: str, parent_no: str = "", **claims: str) -> User:
    """A parent with the civil status that FranceConnect gives, linked when a number is given."""
    user = User.objects.create(username=username, first_name=username.capitalize(), last_name="X", door=Door.FAMILY)
    SocialAccount.objects.create(user=user, provider="franceconnect", uid=username, extra_data=claims)
    if parent_no:
        FamilyLink.objects.create(
            user=user, subject=SUBJECT + parent_no, since=date(2025, 1, 1), how=LinkedBy.PARENT_NO
        )
    return user


def client_of(username: str, parent_no: str = "", **claims: str) -> Client:
    client = Client()
    client.force_login(person(username, parent_no, **claims))
    return client


def events_of(case: str) -> list[tuple[str, str | None, int | None]]:
    """What parents entered: kind, party and amount, in order."""
    own = Event.objects.filter(case_no=case, event_no__gt=10**15).order_by("event_no")
    return [(one.kind, one.party, one.amount_cents) for one in own]
