"""What tests of joint funds share: the directory, a director, a file of the Cantal at each of its steps."""

from datetime import date
from uuid import uuid4

from portal.accounts.models import Door, Posting, Role, User
from portal.accounts.permissions import moment_on
from portal.organisations.joint.acting import Who
from portal.organisations.joint.files import (
    Entered,
    Proposed,
    enter_opinion,
    enter_order,
    enter_vote,
    open_creation_file,
)
from portal.organisations.models import CreationFile
from portal.organisations.operations import load_directory

DAY, BEGINS = date(2026, 10, 26), date(2027, 1, 1)
NAME = "Caisse commune de sécurité sociale du Cantal"
CANTAL = Proposed("15", ("SICKNESS", "FAMILY"), NAME, "Aurillac", date(2026, 6, 1))


def director(username: str = "directrice") -> Who:
    """Somebody who may conduct a file, on the day of the pages."""
    user, is_new = User.objects.get_or_create(username=username, defaults={"door": Door.AGENT})
    if is_new:
        Posting.objects.create(user=user, role=Role.AUTHORISING_OFFICER, fund="", starts_on=date(2026, 1, 1))
    return who(user)


def who(user: User, on: date = DAY) -> Who:
    return Who(user.pk, on, moment_on(on))


def opened(proposed: Proposed = CANTAL) -> CreationFile:
    load_directory()
    return open_creation_file(proposed=proposed, key=uuid4(), who=director())[0]


def vote(file: CreationFile, body: str, *, favourable: bool = True, on: date = date(2026, 9, 10)) -> CreationFile:
    entered = Entered(body, on, favourable, f"PV {body}")
    return enter_vote(creation_pk=file.pk, vote=entered, who=director())[0]


def voted(proposed: Proposed = CANTAL) -> CreationFile:
    file = opened(proposed)
    for body in file.concerned:
        file = vote(file, body)
    return file


def opinion(file: CreationFile, body: str, *, favourable: bool = True, on: date = date(2026, 10, 1)) -> CreationFile:
    entered = Entered(body, on, favourable, f"Avis {body}")
    return enter_opinion(creation_pk=file.pk, opinion=entered, who=director())[0]


def heard(proposed: Proposed = CANTAL) -> CreationFile:
    file = voted(proposed)
    for body in file.consulted:
        file = opinion(file, body)
    return file


def ordered(starts_on: date = BEGINS, proposed: Proposed = CANTAL) -> CreationFile:
    return enter_order(
        creation_pk=heard(proposed).pk, reference="Arrêté du 20 octobre 2026", signed_on=date(2026, 10, 20), starts_on=starts_on,
        who=director(),
    )[0]  # fmt: skip
