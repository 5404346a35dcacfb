"""Sylvie and her authorisation, a case, a stand-in directory with its people, for the tests of the directory."""

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils import timezone

from fraud.cases.opening import open_case
from fraud.models import ControlCase, ControlProgramme, InternalControlPlan, ProgrammeAxis, RncpsAuthorisation
from fraud.rncps.asking import Wish
from fraud.rncps.authorising import Act, declare_own_number, give_authorisation
from fraud.rncps.connector import HttpDirectory, Person
from fraud.rules.rncps import Category, Mode, Motive
from portal.accounts.models import Posting, Role, User
from tests.fraud.exchanges.world import by_hand

DAY = date(2026, 10, 26)
ALL = [str(one) for one in Category]


def nir(number: int, birth: str = "8806") -> str:
    head = f"2{birth}63990{number:03d}"
    return f"{head}{97 - int(head) % 97:02d}"


SOPHIE, CLAIRE, OWN, COUSIN = nir(1), nir(2), nir(3), nir(4)
FIRST_TWIN, SECOND_TWIN, RESTRICTED, AWAY, SLOW, SWAPPED, BUSY, NAMESAKE = (nir(number) for number in range(10, 18))
UNKNOWN = nir(900)


def known(number: str, last_name: str, first_names: str, birth: str = "1988-06-21", **more: Any) -> dict[str, Any]:
    ordinary = {
        "affiliations": [{"body": "Caf du Puy-de-Dôme", "scheme": "régime général", "since": "2019-01-01"}],
        "rights": [{"body": "Caf du Puy-de-Dôme", "benefit": "CMG", "since": "2025-01-01"}],
        "address": {"lines": ["3 rue Haute", "63000 Clermont-Ferrand"], "body": "Caf du Puy-de-Dôme",
                    "declared_on": "2025-02-03"},
        "amounts": [{"body": "Caf du Puy-de-Dôme", "benefit": "CMG", "month": "2026-09", "cents": 46815}],
    }  # fmt: skip
    person = {"nir": number, "last_name": last_name, "first_names": first_names, "birth_date": birth}
    return person | ordinary | more


CAF59 = {"body": "Caf du Nord", "benefit": "CMG", "since": "2026-03-01"}
PEOPLE = [
    known(SOPHIE, "Lambert", "Sophie"),
    known(CLAIRE, "Martin", "Claire", rights=[
        {"body": "Caf du Puy-de-Dôme", "benefit": "CMG", "since": "2025-01-01"}, CAF59,
    ]),
    known(OWN, "Mercier", "Sylvie", "1979-05-05"),
    known(COUSIN, "Dupuis", "Jean"),
    known(FIRST_TWIN, "Petit", "Julie", "1989-01-19"),
    known(SECOND_TWIN, "Petit", "Julie", "1989-01-19"),
    known(RESTRICTED, "Fontaine", "Nadia", acts_as="REFUSED"),
    known(AWAY, "Girard", "Paul", acts_as="UNAVAILABLE"),
    known(SLOW, "Morel", "Sandrine", acts_as="SLOW"),
    known(SWAPPED, "Roussel", "Marie", acts_as="SOMEBODY_ELSE"),
    known(BUSY, "Garnier", "Aurélie", acts_as="TOO_MANY"),
    known(NAMESAKE, "Mercier", "Odette"),
]  # fmt: skip


def write_people(folder: Path, **more: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "rncps.json"
    file.write_text(json.dumps({"people": PEOPLE, "slow_seconds": 0.6} | more, ensure_ascii=False))
    return file


def at(day: date = DAY, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def officer(
    name: str = "sylvie", last_name: str = "Mercier", role: Role = Role.CONTROL_CASEWORKER, fund: str = "CAF63"
) -> User:
    user = User.objects.create(username=name, first_name=name.capitalize(), last_name=last_name)
    Posting.objects.create(user=user, role=role, fund=fund, starts_on=date(2019, 1, 1))
    return user


def director() -> User:
    user, _new = User.objects.get_or_create(
        username="helene", defaults={"first_name": "Hélène", "last_name": "Marchetti"}
    )
    Posting.objects.get_or_create(user=user, role=Role.AUTHORISING_OFFICER, fund="", starts_on=date(2019, 1, 1))
    return user


def authorised(user: User, *motives: str, fund: str = "CAF63", own: str = OWN) -> RncpsAuthorisation:
    declare_own_number(user_pk=user.pk, typed=own, on=date(2025, 1, 1), at=at(date(2025, 1, 1)))
    return give_authorisation(
        user_pk=user.pk, fund=fund, motives=motives or tuple(Motive), by_pk=director().pk, key=uuid4(), at=at(), on=DAY,
        act=Act("2026-12", date(2026, 1, 5), date(2026, 1, 6), date(2028, 1, 6)),
    )  # fmt: skip


def case_of(user: User, subject: str = "cmg:employer:6300000101", fund: str = "CAF63") -> ControlCase:
    return open_case(
        fund=fund, subject=subject, title="Lambert Sophie", source="PROGRAMME", legal_basis="CSS L. 114-9",
        purpose="Deux caisses servent la même prestation", benefit="CMG", officer_pk=user.pk, on=date(2026, 10, 1),
        at=at(date(2026, 10, 1)), by=user.username,
    )  # fmt: skip


def programme(code: str = "A1", *, body: str = "CAF63", adopted_on: date = date(2026, 1, 12), status: str = "IN_PROGRESS",
              **columns: Any) -> ControlProgramme:  # fmt: skip
    """A programme of 2026 with one axis, as a year of work leaves it: its steps have their own tests."""
    by, other, day = director(), User.objects.get_or_create(username="redactrice")[0], date(2025, 12, 10)
    plan, _new = InternalControlPlan.objects.get_or_create(
        body=body, year=2026, defaults={"reference": "PCI", "adopted_on": day, "entered_by": by, "entered_at": at(day)}
    )
    with by_hand():
        made = ControlProgramme.objects.create(
            body=body, year=2026, status=status, drafted_by=other, drafted_on=day, opinion="FAVOURABLE", opinion_text="Mesuré",
            opinion_on=day, opinion_by=by, plan=plan, adopted_by=by, adopted_on=adopted_on, form_key=uuid4(), **columns,
        )  # fmt: skip
        ProgrammeAxis.objects.create(
            programme=made, code=code, object="Ressources", population="Tous", method="ON_FILE", planned=1, share=100
        )
    return made


def wish(user: User, reference: str, motive: str = Motive.CONTROL, mode: str = Mode.REALTIME, **more: Any) -> Wish:
    ordinary = {"key": uuid4(), "at": at(), "on": DAY, "categories": ALL}
    return Wish(user=user, motive=motive, reference=reference, mode=mode, **ordinary | more)


def person(number: str) -> Person:
    return Person(nir=number)


def door(port: int, secret: str = "secret") -> HttpDirectory:
    return HttpDirectory(f"http://127.0.0.1:{port}", "portail", secret)
