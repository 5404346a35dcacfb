"""People, a plan, a programme and cases of a fund, for the tests of the programme."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import count
from typing import Any
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from fraud.models import CaseMove, ControlCase, ControlProgramme
from fraud.programme import operations as acts
from fraud.programme.content import Axis, Content
from fraud.programme.operations import Who
from portal.accounts.models import Posting, Role, User

DAY, BODY = date(2026, 10, 26), "CAF63"
CONTENT = Content(
    ["Ressources non déclarées"],
    [Axis("RESSOURCES", "Ressources déclarées", "Bénéficiaires du CMG", "DATA_MATCH", 40, 600),
     Axis("DROITS", "Droits non versés", "Familles nombreuses", "ON_FILE", 10, 200)],
    {"CHECKS": 50, "DAYS": 900, "NOTICES": 1000},
)  # fmt: skip
_numbers = count(1)


def person(username: str, role: Role, fund: str = BODY) -> User:
    user, _new = User.objects.get_or_create(
        username=username, defaults={"first_name": username.title(), "last_name": "X"}
    )
    national = role in (Role.AUTHORISING_OFFICER, Role.DATA_PROTECTION, Role.AUDITOR)
    Posting.objects.get_or_create(user=user, role=role, fund="" if national else fund, starts_on=date(2019, 1, 1))
    return user


def sylvie() -> User:
    return person("sylvie", Role.CONTROL_CASEWORKER)


def helene() -> User:
    return person("helene", Role.AUTHORISING_OFFICER)


def anne() -> User:
    return person("kowalski", Role.DATA_PROTECTION)


def who(user: User, on: date = DAY) -> Who:
    return Who(user.pk, on, timezone.make_aware(datetime.combine(on, time(10))))


def draft(
    year: int = 2026, *, on: date = date(2025, 11, 20), content: Content = CONTENT, body: str = BODY
) -> ControlProgramme:
    return acts.draft_programme(body=body, year=year, content=content, key=uuid4(), who=who(sylvie(), on))[0]


def plan(year: int = 2026, body: str = BODY) -> None:
    by = who(sylvie(), date(year - 1, 12, 2))
    acts.enter_plan(body=body, year=year, reference=f"PCI-{year}", adopted_on=date(year - 1, 12, 1), who=by)


def opinion(programme: ControlProgramme, on: date) -> None:
    text = "Minimisation respectée, durées écrites."
    acts.give_opinion(programme_pk=programme.pk, opinion="FAVOURABLE", text=text, who=who(anne(), on))


def in_progress(year: int = 2026, body: str = BODY) -> ControlProgramme:
    """Drafted, with its plan and its opinion, adopted in January, begun."""
    found = draft(year, on=date(year - 1, 11, 20), body=body)
    plan(year, body)
    opinion(found, date(year - 1, 12, 10))
    acts.adopt(programme_pk=found.pk, who=who(helene(), date(year, 1, 12)))
    return acts.start(programme_pk=found.pk, who=who(helene(), date(year, 1, 12)))


@contextmanager
def history() -> Iterator[None]:
    """Rows as years of work leave them, without living each step: the triggers of the cases are put aside meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")


def case(
    axis: str = "RESSOURCES", opened: date = date(2026, 2, 2), decided: date | None = date(2026, 3, 4), **columns: Any
) -> ControlCase:
    number = next(_numbers)
    columns = {"fund": BODY, "benefit": "CMG", "source": "PROGRAMME"} | columns
    state = "CLOSED" if decided else "OPENED"
    with history():
        found = ControlCase.objects.create(
            number=f"C-{opened.year}-{9000 + number}", subject=f"cmg:employer:{number}", title="x", legal_basis="CSS L. 114-9",
            purpose="x", axis_code=axis, officer=sylvie(), opened_on=opened, state=state, decided_on=decided, **columns,
        )  # fmt: skip
        if columns.get("outcome") == "COMPLAINT" and decided:
            CaseMove.objects.create(
                case=found, from_state="DECISION", to_state="COMPLAINT", dated=decided, by="x",
                at=timezone.make_aware(datetime.combine(decided, time(10))),
            )  # fmt: skip
    return found
