"""A request for intermediation, page by page, to the event that waits and the case that a caseworker's admission opens."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier, BrokenBarrierError
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from aripa.linking import parent_of
from aripa.models import Case, Event, Notice, Parent, ParentAct, RequestDraft, Title
from aripa.own import request
from aripa.own.admitting import Checked, admit_request
from aripa.own.entering import NotPossible, Who
from portal.accounts import links
from portal.accounts.models import LinkedBy
from portal.exchange.models import FileOrigin, ReceivedFile
from tests.aripa.own.cases import DAY, live, person
from tests.aripa.own.test_acts import PNG
from tests.aripa.rows import parent_row

pytestmark = pytest.mark.django_db
ANSWERS = {
    "vous": {"party": "CREDITOR"},
    "decision": {"kind": "COURT_DECISION"},
    "references": {"issuer": "TJ Lyon", "title_date": "2022-02-01", "minute_no": "22/1"},
    "enfants": {"name_1": "Zoé", "born_1": "2018-05-02", "amount_1": "180,50", "name_2": "Max", "born_2": "2020-01-31",
                "amount_2": "150"},
    "autre-parent": {"other_name": "Durand", "other_first": "Paul"},
    "paiements": {"unpaid": "oui"},
    "securite": {"protect": "oui"},
}  # fmt: skip
CHECKED = Checked(enforceable_on=date(2022, 2, 15), effective_on=date(2022, 3, 1), fund="CAF69")


@pytest.fixture
def nadia(db: None) -> Client:
    client = Client()
    client.force_login(person("nadia", given_name="Nadia", family_name="AMARI", birthdate="1990-02-03"))
    return client


def answer_all(client: Client, **instead: dict[str, str]) -> None:
    for section, answers in (ANSWERS | instead).items():
        client.post(f"/famille/pension/demande/{section}/", answers)
    client.post("/famille/pension/demande/document/", {"paper": SimpleUploadedFile("jugement.png", PNG)})


def test_one_question_a_page_and_each_answer_is_kept(nadia: Client) -> None:
    first = nadia.post("/famille/pension/demande/vous/", ANSWERS["vous"])
    wrong = nadia.post("/famille/pension/demande/references/", {"issuer": "TJ Lyon", "title_date": "2027-01-01"})

    assert first["Location"] == "/famille/pension/demande/decision/"
    assert wrong.status_code == 422
    assert "Écrivez une date passée" in wrong.content.decode()
    assert RequestDraft.objects.get().answers == {
        "party": "CREDITOR", "issuer": "TJ Lyon", "title_date": "2027-01-01", "minute_no": "",
    }  # fmt: skip
    page = nadia.get("/famille/pension/demande/").content.decode()
    assert page.count(">fait<") + page.count("fait</") >= 1
    assert "commencé" in page


def test_a_child_begun_is_a_child_whole(nadia: Client) -> None:
    answer = nadia.post("/famille/pension/demande/enfants/", ANSWERS["enfants"] | {"amount_2": ""})

    assert answer.status_code == 422
    assert "Complétez l’enfant 2" in answer.content.decode()


def test_nothing_leaves_before_everything_is_there(nadia: Client) -> None:
    nadia.post("/famille/pension/demande/vous/", ANSWERS["vous"])
    key = RequestDraft.objects.get().key

    answer = nadia.post("/famille/pension/demande/verifier/", {"key": key})

    assert answer.status_code == 422
    assert (Event.objects.count(), ParentAct.objects.count()) == (0, 0)


def test_sent_it_is_an_event_that_waits_and_twice_is_once(nadia: Client) -> None:
    answer_all(nadia)
    draft = RequestDraft.objects.get()
    check = nadia.get("/famille/pension/demande/verifier/").content.decode()

    first = nadia.post("/famille/pension/demande/verifier/", {"key": draft.key}, follow=True).content.decode()
    again = nadia.post("/famille/pension/demande/verifier/", {"key": draft.key}, follow=True).content.decode()

    assert "180,50" in check
    assert "Je reçois la pension" in check
    assert "Votre demande d’intermédiation est reçue." in first
    assert "lundi 2 novembre 2026" in first
    assert "Rien n’a été fait deux fois" in again
    event = Event.objects.get()
    assert (event.kind, event.party, event.reason) == ("REQUEST", "CREDITOR", "UNPAID")
    assert ReceivedFile.objects.get(pk=event.file_id).origin == FileOrigin.FAMILY
    live()
    assert not Case.objects.exists()


def test_admitted_it_opens_the_case_and_links_the_parent(nadia: Client) -> None:
    answer_all(nadia)
    nadia.post("/famille/pension/demande/verifier/", {"key": RequestDraft.objects.get().key})
    act = ParentAct.objects.get()

    case_no = admit_request(act_pk=act.pk, checked=CHECKED, by="awa", at=timezone.now(), on=DAY)
    live(date(2026, 10, 27))

    case = Case.objects.get(pk=case_no)
    number = parent_of(act.user, DAY)
    assert (case.state, case.household_id, case.violence) == ("INFO_REQUESTED", number, True)
    assert list(Title.objects.order_by("child_id").values_list("child_first_name", "cash_share_cents")) == [
        ("Zoé", 180_50), ("Max", 150_00),
    ]  # fmt: skip
    assert Parent.objects.get(parent_no=case.debtor_no).birth_name == "Durand"
    # Who asked has told everything already: only the other parent is written to (R. 582-5).
    assert list(Notice.objects.values_list("code", "to")) == [("L01", "DEBTOR")]
    assert "Quitter cette page" in nadia.get("/famille/pension/").content.decode()
    with pytest.raises(NotPossible):
        admit_request(act_pk=act.pk, checked=CHECKED, by="awa", at=timezone.now(), on=DAY)


def test_the_debtor_asks_too(nadia: Client) -> None:
    answer_all(nadia, vous={"party": "DEBTOR"}, securite={"protect": "non"})
    nadia.post("/famille/pension/demande/verifier/", {"key": RequestDraft.objects.get().key})

    case_no = admit_request(act_pk=ParentAct.objects.get().pk, checked=CHECKED, by="awa", at=timezone.now(), on=DAY)
    live(date(2026, 10, 27))

    case = Case.objects.get(pk=case_no)
    assert (case.debtor_no, case.violence) == (parent_of(ParentAct.objects.get().user, DAY), False)


def test_the_draft_of_somebody_else_is_not_sent(nadia: Client) -> None:
    answer_all(nadia)
    other = Client()
    other.force_login(person("other"))

    answer = other.post("/famille/pension/demande/verifier/", {"key": RequestDraft.objects.get().key})

    assert answer.status_code in (302, 422)
    assert Event.objects.count() == 0
    assert other.get(f"/famille/pension/recu/{uuid4()}/").status_code == 404


@pytest.mark.parametrize("is_linked", [True, False])
def test_who_asks_is_never_the_other_parent_too(nadia: Client, is_linked: bool) -> None:  # noqa: FBT001
    """Her number typed twice by mistake, linked to her account or not: nobody would pay herself."""
    answer_all(nadia)
    nadia.post("/famille/pension/demande/verifier/", {"key": RequestDraft.objects.get().key})
    act = ParentAct.objects.get()
    parent_row("P-NADIA", birth_name="Amari", first_names="Nadia", birth_date=date(1990, 2, 3))
    parent_row("P-PAUL", birth_name="Durand", first_names="Paul", birth_date=date(1990, 2, 3))
    if is_linked:
        links.link(user_pk=act.user.pk, subject="aripa:parent:P-NADIA", how=LinkedBy.PARENT_NO, on=DAY)

    with pytest.raises(NotPossible, match="celui du parent qui demande"):
        admit_request(act_pk=act.pk, checked=replace(CHECKED, other_no="P-NADIA"), by="awa", at=timezone.now(), on=DAY)
    assert not Title.objects.exists()
    admit_request(act_pk=act.pk, checked=replace(CHECKED, other_no="P-PAUL"), by="awa", at=timezone.now(), on=DAY)
    assert set(Title.objects.values_list("debtor_no", flat=True)) == {"P-PAUL"}


@pytest.mark.parametrize(("section", "name", "right", "wrong"), [
    ("enfants", "name_1", "Z" * 100, "Z" * 101),
    ("autre-parent", "other_name", "D" * 100, "D" * 101),
    ("references", "minute_no", "1" * 100, "1" * 101),
    ("references", "title_date", "1900-01-01", "1899-12-31"),
])  # fmt: skip
def test_what_no_title_could_hold_is_told_to_who_types_it(
    nadia: Client, section: str, name: str, right: str, wrong: str
) -> None:
    """Not to the caseworker who admits the request, weeks later, by an error of the machine."""
    answer_all(nadia)
    asked = ANSWERS[section]

    assert nadia.post(f"/famille/pension/demande/{section}/", asked | {name: wrong}).status_code == 422
    assert nadia.post("/famille/pension/demande/verifier/", {"key": RequestDraft.objects.get().key}).status_code == 422
    assert nadia.post(f"/famille/pension/demande/{section}/", asked | {name: right}).status_code == 302
    nadia.post("/famille/pension/demande/verifier/", {"key": RequestDraft.objects.get().key})
    admit_request(act_pk=ParentAct.objects.get().pk, checked=CHECKED, by="awa", at=timezone.now(), on=DAY)
    assert Title.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_send_one_request_and_show_one_receipt(
    nadia: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_all(nadia)
    key, user = RequestDraft.objects.get().key, RequestDraft.objects.get().user
    both, known_act = Barrier(2), request.known_act

    def looked(*given: Any) -> ParentAct | None:
        """Both have looked, and found nothing sent."""
        seen = known_act(*given)
        with contextlib.suppress(BrokenBarrierError):
            both.wait(1)
        return seen

    monkeypatch.setattr(request, "known_act", looked)

    def send(_number: int) -> tuple[int, bool]:
        try:
            act, again = request.send(key=key, who=Who(user, "", DAY, timezone.now()))
            return act.pk, again
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as two:
        first, second = sorted(two.map(send, range(2)), key=lambda one: one[1])
    assert (first[0], first[1], second[1]) == (second[0], False, True)
    assert Event.objects.filter(kind="REQUEST").count() == 1
