"""Requests to third parties, made by the operations that the pages call, each at its own hour.

A bank has a fortnight left; an employer stayed silent, and its fine waits for Hélène; a landlord answered with a paper by
its link; a letter to an energy supplier waits for Philippe to read it again and send it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from PIL import Image, ImageDraw, ImageFont

from cmg.models import Account
from fraud.cases.acting import Act
from fraud.cases.informing import send_information
from fraud.cases.opening import open_case
from fraud.demo.hours import at_hour
from fraud.models import (
    AttemptWay,
    CaseSource,
    ControlCase,
    Lead,
    PartyKind,
    PartyPurpose,
    Receipt,
    ThirdPartyRequest,
)
from fraud.thirdparties.answering import answer
from fraud.thirdparties.asking import Wanted, note_receipt, prepare, remind, send
from fraud.thirdparties.fining import propose_fine
from fraud.thirdparties.living import live_day
from fraud.thirdparties.said import Paper, read
from portal.accounts.models import User
from portal.exchange.received import CURRENT

FUND, OPENED = "CAF63", 90
LATE_CASE = "Ressources déclarées, employeur interrogé"


@dataclass(frozen=True)
class Asked:
    """One request: days before the demonstration's when it left and was received (None: not yet)."""

    kind: PartyKind
    name: str
    address: str
    purpose: PartyPurpose
    asked: str
    why: str
    sent: int | None
    received: int | None = None
    attempt: int = 75


BANK = Asked(
    PartyKind.BANK, "Banque du Sancy", "12 avenue des Thermes\n63240 Mont-Dore", PartyPurpose.DECLARATIONS,
    "Relevés du compte courant de janvier à juin 2026.", "Revenus de location à vérifier", sent=20, received=17,
)  # fmt: skip
EMPLOYER = Asked(
    PartyKind.EMPLOYER, "Transports Allagnon", "Zone des Gravanches\n63100 Clermont-Ferrand", PartyPurpose.DECLARATIONS,
    "Bulletins de paie de mars à juillet 2026 et dates du contrat de travail.", LATE_CASE, sent=66, received=62,
)  # fmt: skip
LANDLORD = Asked(
    PartyKind.LANDLORD, "Habitat Limagne", "3 place du Marché\n63200 Riom", PartyPurpose.PAPERS,
    "Confirmation du bail et quittances de loyer de mai à août 2026.", "Adresse à confirmer, deux attestations différentes",
    sent=32, received=28,
)  # fmt: skip
ENERGY = Asked(
    PartyKind.ENERGY, "Volcans Énergie", "45 boulevard Desaix\n63000 Clermont-Ferrand", PartyPurpose.DECLARATIONS,
    "Titulaire du contrat et consommation relevée de janvier à juin 2026.", "Résidence à vérifier", sent=None,
)  # fmt: skip


def load(folder: Path, on: date) -> None:
    """Four families of the fund, one request each; called once."""
    families = _families(4)
    made = [
        _request(one, number, family, on) for number, (one, family) in enumerate(zip(STORIES, families, strict=False))
    ]
    if len(made) == len(STORIES):
        _late(made[1], on)
        _answered(made[2], on)


STORIES = (BANK, EMPLOYER, LANDLORD, ENERGY)


def _families(count: int) -> list[Account]:
    """The last families of the fund with neither a case nor a lead: the first ones have their own stories."""
    taken = {*ControlCase.objects.values_list("subject", flat=True), *Lead.objects.values_list("subject", flat=True)}
    found = Account.objects.filter(CURRENT, fund=FUND).order_by("-employer_no")[: count + len(taken)]
    return [one for one in found if f"cmg:employer:{one.employer_no}" not in taken][:count]


def _user(name: str) -> User:
    return User.objects.get(username=name)


def _request(one: Asked, number: int, family: Account, on: date) -> ThirdPartyRequest:
    opened = on - timedelta(days=OPENED)
    name = f"{family.first_names} {family.last_name}"
    case = open_case(
        fund=FUND, subject=f"cmg:employer:{family.employer_no}", title=one.why, source=CaseSource.PARTNER,
        legal_basis="CSS L. 114-9", purpose=one.why, benefit="CMG", officer_pk=_user("philippe").pk, on=opened,
        at=at_hour(opened, 10, 15), by="philippe",
    )  # fmt: skip
    after, key = opened + timedelta(days=1), uuid5(NAMESPACE_URL, f"demo:third:told:{number}")
    told = Act(_user("philippe").pk, after, at_hour(after, 10, 15), key)
    send_information(case_pk=case.pk, documents=one.asked, act=told)
    prepared = one.sent + 1 if one.sent is not None else 3
    wanted = Wanted(
        one.kind, one.name, one.address, one.purpose, one.asked, _people(one, name, family),
        attempt_on=on - timedelta(days=max(one.attempt, prepared)), attempt_way=AttemptWay.LETTER,
    )  # fmt: skip
    made, _again = prepare(
        case_pk=case.pk, wanted=wanted, key=uuid5(NAMESPACE_URL, f"demo:third:{number}"), by_pk=_user("sylvie").pk,
        on=on - timedelta(days=prepared), at=at_hour(on - timedelta(days=prepared), 10, 15),
    )  # fmt: skip
    if one.sent is not None and one.received is not None:
        sent, received = on - timedelta(days=one.sent), on - timedelta(days=one.received)
        send(request_pk=made.pk, by_pk=_user("philippe").pk, on=sent, at=at_hour(sent, 10, 15))
        noted = received + timedelta(days=2)
        note_receipt(
            request_pk=made.pk, received_on=received, receipt=Receipt.NOTICE, by="sylvie", on=noted,
            at=at_hour(noted, 10, 15),
        )  # fmt: skip
    return made


def _people(one: Asked, name: str, family: Account) -> tuple[str, ...]:
    born = f", naissance le {family.birth_date:%d/%m/%Y}" if family.birth_date else ""
    spouse = (f"Personne en couple avec {name}",) if one.kind == PartyKind.EMPLOYER else ()
    return (f"{name}{born}", *spouse)


def _late(request: ThirdPartyRequest, on: date) -> None:
    """Reminded, silent on the day after the delay, its fine proposed by Philippe: Hélène may decide."""
    reminded, silent = on - timedelta(days=42), on - timedelta(days=31)
    remind(request_pk=request.pk, by="sylvie", on=reminded, at=at_hour(reminded, 10, 15))
    live_day(day=silent, at=at_hour(silent, 5, 15))
    propose_fine(
        request_pk=request.pk, reason="Aucune réponse, malgré un rappel le mois précédent.", by_pk=_user("philippe").pk,
        on=on - timedelta(days=20), at=at_hour(on - timedelta(days=20), 10, 15),
    )  # fmt: skip


def _answered(request: ThirdPartyRequest, on: date) -> None:
    papers = [
        Paper(
            "quittances-mai-aout-2026.png",
            picture("Habitat Limagne", "Quittances de loyer", "mai à août 2026 : 4 × 512,00 €"),
        )
    ]
    told = {
        "answer": "GIVEN", "words": "Bail signé le 2 mai 2026, toujours en cours. Loyers payés chaque mois.",
        "name": "Service des locataires", "phone": "04 73 00 00 12",
    }  # fmt: skip
    said, errors = read(told, papers, with_contact=True)
    assert said is not None, errors
    key = uuid5(NAMESPACE_URL, "demo:third:answer")
    day = on - timedelta(days=4)
    answer(request_pk=request.pk, said=said, key=key, by_pk=None, day=day, at=at_hour(day, 15, 15))


def picture(*lines: str) -> bytes:
    """A made-up paper, as a photo: a few lines of text."""
    image = Image.new("RGB", (900, 500), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=36)
    for number, line in enumerate(lines):
        pen.text((60, 60 + 80 * number), line, fill="black", font=font)
    content = BytesIO()
    image.save(content, "PNG")
    return content.getvalue()
