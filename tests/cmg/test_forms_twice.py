"""Every form of every page of agents, sent twice: the second sending changes nothing that the first one did.

The pages are those of the table of access; their forms are read from the pages themselves, so that a new one is walked
too. Only what says so below may be done again: what reads, and what is asked of workers who join the same work.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve, reverse

from cmg.models import Account, PersonVerdict, Settlement
from cmg.remedies.limits import RemedyRefused
from cmg.repairs.acts import ACTS, Asked
from cmg.repairs.entering import enter
from portal.accounts.models import Posting, Role, User
from portal.accounts.permissions import moment_on
from portal.casework.models import Dossier, HandOver
from portal.frame.models import SavedFilter
from tests.portal.access import DAY, HERE
from tests.portal.test_access import ACCESS, MONTH, objects

__all__ = ["objects"]
pytestmark = pytest.mark.django_db
# Doing it again is the point, and each time is one line of the journal.
AGAIN = {
    "cmg:export_anomalies", "cmg:export_held", "cmg:export_queue", "cmg:export_piloting", "cmg:export_piloting_wrong",
    "cmg:export_piloting_list", "frame:appearance", "accounts:sign_out",
    "cmg:simulator",  # public, keeps nothing but how often one asks
    "cmg:close",  # the request is journaled, the work joins the run that is open
}  # fmt: skip
# The full control of a report, done again, notes its new hour.
CONTROL = ("cmg:report", ["control"])
RELINK = "RELINK_NUMBER"
WALKERS = (Role.SUPERVISOR, Role.PAJEMPLOI_CASEWORKER, Role.FUND_CASEWORKER, Role.AUTHORISING_OFFICER)
TYPED = {
    "amount": "1", "missing": "1", "net_pay": "1", "months_unpaid": "1", "months": "2", "first_due_on": "2026-11-10",
    "due_on": "2026-11-10", "held_on": "2026-10-30", "person": "caseworker-here", "name": "mon filtre",
}  # fmt: skip
# Not read: sessions, who looks at what now, and the lists of what was read.
APART = ("django_session", "casework_presence", "audit_journalentry")
# At least these act in this walk; without it a form that is refused at once would prove nothing. The confirmation of a
# repair comes after its preview: tests/cmg/repairs/test_pages.py sends it twice.
ACTING = {
    "cmg:acts:assign", "cmg:acts:hand_over", "cmg:acts:answer", "cmg:acts:decide", "cmg:acts:verdict",
    "cmg:acts:decide_regularisation", "cmg:acts:undo", "cmg:family", "cmg:family_remedies", "cmg:advance",
    "cmg:refund", "cmg:overpayment", "cmg:report", "cmg:board_case", "cmg:new_report", "cmg:new_board_case",
    "frame:save_filter", "frame:remove_filter", "accounts:decide_reset", "cmg:agent_messages",
}  # fmt: skip


@dataclass
class Form:
    """One form, and each way of sending it (its buttons)."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def sendings(self) -> Iterator[dict[str, list[str]]]:
        for name, value in self.buttons or [("", "")]:
            yield self.fields | ({name: [value]} if name else {})


class Forms(HTMLParser):
    """The POST forms of a page, filled in as somebody would."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.found, self.form, self.select = address, [], None, ""  # type: ignore[var-annotated]

    def handle_starttag(self, tag: str, pairs: Any) -> None:
        given = {name: value or "" for name, value in pairs}
        if tag == "form":
            self.form = (
                Form(urljoin(self.address, given.get("action") or self.address))
                if given.get("method") == "post"
                else None
            )
            if self.form is not None:
                self.found.append(self.form)
        if self.form is None:
            return
        name = given.get("name", "")
        if tag == "textarea":
            self.form.fields[name] = ["vérifié avec la famille"]
        elif tag == "input":
            self._input(given, name)
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in given or self.select not in self.form.fields):
            self.form.fields[self.select] = [given.get("value", "")]
        elif tag == "button" and given.get("type") == "submit":
            self.form.buttons.append((name, given.get("value", "")))

    def _input(self, given: dict[str, str], name: str) -> None:
        assert self.form is not None
        if name == "csrfmiddlewaretoken":
            return
        kind, values = given.get("type", "text"), self.form.fields.setdefault(name, [])
        if kind == "radio":
            self.form.fields[name] = values or [given.get("value", "")]
        elif kind == "hidden":
            values.append(given.get("value", ""))
        elif kind == "checkbox":
            values += [given.get("value", "on")] if "checked" in given else []
        else:
            values.append(given.get("value") or TYPED.get(name, "vérifié avec la famille"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""


def snapshot() -> dict[str, str]:
    """Every table's content, in one query; of the journal, what was done rather than read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [name for (name,) in cursor.fetchall() if name not in APART]
        asked = [
            f"SELECT '{name}', md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {name} t"
            for name in tables
        ]
        asked.append(
            "SELECT 'journal', count(*)::text FROM audit_journalentry "
            "WHERE action !~ '(read|exported)$' AND action NOT LIKE 'account.%'"
        )
        cursor.execute(" UNION ALL ".join(asked))
        return dict(cursor.fetchall())


def pages(known: dict[str, Any]) -> Iterator[str]:
    for name, line in ACCESS.items():
        if line.get == 200 and name.partition(":")[0] in ("cmg", "accounts") and "own_" not in name:
            yield reverse(name, kwargs={key: known.get(value, value) for key, value in line.own.items()})


def forms_of(client: Client, addresses: Sequence[str]) -> Iterator[tuple[Form, dict[str, list[str]]]]:
    """Each way of sending each form that the walker meets, once."""
    met = set()
    for address in addresses:
        answer = client.get(address)
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        parser = Forms(address)
        parser.feed(answer.content.decode())
        for form in parser.found:
            for sending in form.sendings():
                kept = {
                    name: value for name, value in sending.items() if name not in ("key", "version", "next", "seen")
                }
                mark = (form.action.partition("?")[0], str(sorted(kept.items())))
                if mark not in met:
                    met.add(mark)
                    yield form, sending


def twice(client: Client, form: Form, sending: dict[str, list[str]]) -> tuple[bool, list[str], int]:
    """Whether the first sending did something; the tables that the second changed; its status. All rolled back."""
    with transaction.atomic():
        before = snapshot()
        client.post(form.action, sending)
        first = snapshot()
        status = client.post(form.action, sending).status_code
        second = snapshot()
        transaction.set_rollback(True)
    return first != before, sorted(name for name in first if first[name] != second[name]), status


@dataclass
class World:
    """The objects of the table of access, and two families held for their number: one to treat, one already repaired."""

    known: dict[str, Any]
    to_treat: str
    repair: int

    @property
    def addresses(self) -> list[str]:
        return [
            *pages(self.known),
            f"/agent/familles/{self.to_treat}/",
            f"/agent/reparer/{RELINK}/{self.to_treat}/",
            f"/agent/decisions/RELEASED/2026-10/{self.to_treat}/",
            f"/agent/decisions/FALSE_POSITIVE/2026-10/{self.to_treat}/?code=CMG-013",
            f"/agent/remedes/famille/{self.to_treat}/",
            f"/agent/commission/nouveau/{self.to_treat}/",
            f"/agent/reparations/{self.repair}/",
            f"/agent/reparations/{self.repair}/annuler/",
            "/agent/?box=team&q=x",
        ]


@pytest.fixture
def world(objects: dict[str, Any], settings: Any) -> World:
    settings.PORTAL_DAY = DAY
    to_treat = _relinkable(fund=HERE)
    repaired = _relinkable(but=to_treat)
    asked = Asked(_account(repaired), moment_on(DAY), None, {})
    done = {"reason": "vérifié", "by": "thomas", "at": moment_on(DAY)}
    repair = enter(ACTS[RELINK].plan(asked), act=RELINK, employer_no=repaired, **done)
    return World(objects, to_treat, repair.pk)


def _account(employer_no: str) -> Account:
    return Account.objects.get(employer_no=employer_no, known_until__isnull=True)


def _relinkable(but: str = "", **where: str) -> str:
    """A family held for its number, that relinking repairs."""
    held = Settlement.objects.filter(status="HELD", anomaly_codes="CMG-013", **where).exclude(employer_no=but)
    for number in held.order_by("pk").values_list("employer_no", flat=True):
        try:
            ACTS[RELINK].plan(Asked(_account(number), moment_on(DAY), None, {}))
        except RemedyRefused:
            continue
        return str(number)
    raise AssertionError(f"nobody is held for their number: {where}")


def walker(role: Role, world: World) -> Client:
    """Somebody who has the dossier to treat; a colleague has proposed to release it, and another dossier to take over."""
    user = User.objects.create(username=f"walks-{role}", last_name=role)
    national = role in (Role.PAJEMPLOI_CASEWORKER, Role.AUTHORISING_OFFICER)
    Posting.objects.create(user=user, role=role, fund="" if national else HERE, starts_on=DAY)
    dossier = Dossier.objects.get(subject=f"cmg:employer:{world.to_treat}")
    colleague = User.objects.get(username="caseworker-here")
    is_asked = role == Role.PAJEMPLOI_CASEWORKER
    Dossier.objects.filter(pk=dossier.pk).update(owner=colleague if is_asked else user, body="FUND")
    if is_asked:
        HandOver.objects.create(
            dossier=dossier, to_body="PAJEMPLOI", message="relier", proposed_by=colleague, proposed_at=moment_on(DAY),
            answer_by=DAY,
        )  # fmt: skip
        PersonVerdict.objects.create(
            kind="RELEASED", employer_no=world.to_treat, care_month=MONTH, reason="vu", four_eyes=True,
            proposed_by=colleague.username, proposed_at=moment_on(DAY),
        )  # fmt: skip
    SavedFilter.objects.create(user=user, page="cmg:queue", name="mien", query="q=1")
    client = Client()
    client.force_login(user)
    return client


def test_every_form_sent_twice_does_nothing_twice(world: World) -> None:
    wrong, acting = [], set()
    for role in WALKERS:
        with transaction.atomic():
            client = walker(role, world)
            for form, sending in list(forms_of(client, world.addresses)):
                name = resolve(form.action.partition("?")[0]).view_name
                if name in AGAIN or (name, sending.get("act")) == CONTROL:
                    continue
                did, changed, status = twice(client, form, sending)
                acting |= {name} if did else set()
                if changed or status >= 500:
                    wrong.append(f"{role} {name} {sending}: {status}, {changed}")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)
    assert acting >= ACTING, ACTING - acting
