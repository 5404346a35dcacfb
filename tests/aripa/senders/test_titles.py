"""Titles sent by the software of courts, lawyers and notaries: received once, kept whole, each whole or not at all."""

import contextlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
import zstandard
from django.db import connection
from django.test import Client
from django.utils import timezone

from aripa.models import Case, SentTitle, Title, TitleReceipt
from aripa.operations import run_days
from aripa.senders import receiving
from portal.accounts.keys import close_key, open_key
from portal.accounts.limits import take_turn
from portal.accounts.models import Mission, User
from portal.audit.models import JournalEntry
from portal.exchange.models import FileChunk, FileOrigin, ReceivedFile, RejectedRow
from portal.people.vault import decrypt
from tests.aripa.agents import on_day
from tests.aripa.rows import parent_row

pytestmark = pytest.mark.django_db
PATH = "/api/v1/aripa/titles"
DAY = date(2026, 10, 26)
LEA = {
    "child_id": "K1", "child_first_name": "Léa", "child_birth_date": "2017-05-02", "monthly_total": "250.00",
    "cash_share": "250.00", "effective_on": "2026-10-01", "end_condition": "MAJORITY",
}  # fmt: skip
TITLE = {
    "title_no": "T1", "case_no": "C1", "kind": "COURT_DECISION", "divorce": True, "issuer": "TJ Clermont-Ferrand",
    "minute_no": "26/01234", "title_date": "2026-10-20", "enforceable_on": "2026-10-20", "provides_intermediation": True,
    "violence": False, "creditor_no": "P1", "debtor_no": "P2", "due_day": 10, "indexation": "NONE_MENTIONED",
}  # fmt: skip


def title(*children: dict[str, Any], **said: Any) -> dict[str, Any]:
    """A court decision about Léa, some facts changed."""
    return TITLE | said | {"children": list(children) or [LEA]}


def child(**said: Any) -> dict[str, Any]:
    return LEA | said


@pytest.fixture(autouse=True)
def monday(settings: Any) -> None:
    on_day(settings, DAY)


@pytest.fixture
def granter() -> User:
    return User.objects.create(username="exploitation")


def key(granter: User, mission: Mission = Mission.CLERK, body: str = "TJ63") -> str:
    return open_key(
        mission=mission, body=body, name=f"Greffe {body}", starts_on=date(2026, 1, 1), ends_on=None,
        granted_by=granter.username,
    )[1]  # fmt: skip


class Software:
    """A sender's software, with its key."""

    def __init__(self, text: str) -> None:
        self.client, self.text = Client(), text

    def post(self, content: Any, once: str = "", kind: str = "application/json") -> Any:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        more = {"HTTP_IDEMPOTENCY_KEY": once} if once else {}
        return self.client.post(PATH, body, content_type=kind, HTTP_AUTHORIZATION=f"Bearer {self.text}", **more)

    def receipt(self, number: str) -> Any:
        return self.client.get(f"{PATH}/receipts/{number}", HTTP_AUTHORIZATION=f"Bearer {self.text}")


@pytest.fixture
def court(granter: User) -> Software:
    return Software(key(granter))


def wrong(answer: Any) -> list[tuple[str, str]]:
    """The path and code of each error."""
    said = answer.json()
    listed = said.get("errors") or [one for title in said["titles"] for one in title["errors"]]
    return [(one["key"], one["code"]) for one in listed]


# ---- received --------------------------------------------------------------------------------------------------------


def test_a_title_of_two_children_enters_like_a_file_kept_whole(court: Software) -> None:
    sent = title(LEA, child(child_id="K2", child_first_name="Tom", cash_share="100.50"))

    answer = court.post(sent)

    said = answer.json()
    assert (answer.status_code, said["received"], said["in_error"], said["again"]) == (201, 1, 0, False)
    assert said["titles"][0] == {
        "path": "", "title_no": "T1", "case_no": "C1", "state": "RECEIVED", "case": "NOT_YET", "errors": [],
        "data_due_on": {"day": "2026-10-27", "is_late": False, "article": "CPC art. 1074-4 II"},
    }  # fmt: skip
    rows = list(Title.objects.order_by("child_id").values_list("child_id", "cash_share_cents", "sender", "received_on"))
    assert rows == [("K1", 25000, "CLERK", DAY), ("K2", 10050, "CLERK", DAY)]
    file = ReceivedFile.objects.get()
    assert (file.origin, file.sender, file.kind, file.rows_applied) == (FileOrigin.SENDER, "CLERK:TJ63", "titles", 2)
    chunk = bytes(FileChunk.objects.get().content)
    assert "Léa".encode() not in chunk
    kept = zstandard.decompress(decrypt(chunk)).split(b"\n", 1)
    assert json.loads(kept[1]) == sent
    assert json.loads(kept[0])["receipt"] == said["receipt"]
    assert JournalEntry.objects.get(action="aripa.titles.received").actor == "CLERK:TJ63"


def test_the_receipt_follows_the_title_until_its_case_opens(court: Software) -> None:
    for number in ("P1", "P2"):
        parent_row(number, updated="2026-10-20")
    number = court.post(title()).json()["receipt"]
    assert court.receipt(number).json()["titles"][0]["case"] == "NOT_YET"

    run_days(until=DAY)

    said = court.receipt(number).json()["titles"][0]
    assert (said["case"], Case.objects.get().state) == ("OPENED", "INFO_REQUESTED")


def test_a_case_refused_says_no_reason_and_of_violence_nothing_differs(court: Software) -> None:
    """Why a case is not opened may tell where somebody lives: the sender reads that it is not, and no more."""
    told = []
    for case, violence, abroad in (("C1", False, True), ("C2", True, True), ("C3", True, False)):
        parent_row(f"P-{case}", updated="2026-10-20", stable_residence=not abroad)
        parent_row(f"D-{case}", updated="2026-10-20")
        sent = title(
            child(child_id=f"K-{case}"), title_no=f"T-{case}", case_no=case, creditor_no=f"P-{case}",
            debtor_no=f"D-{case}", violence=violence,
        )  # fmt: skip
        told.append(court.post(sent).json()["receipt"])
    run_days(until=DAY)

    states = [court.receipt(number).json()["titles"][0] for number in told]
    assert [one["case"] for one in states] == ["NOT_OPENED", "NOT_OPENED", "OPENED"]
    assert {frozenset(one) for one in states} == {frozenset(states[0])}
    assert "fund" not in json.dumps(states)
    assert "CAF" not in json.dumps(states)


def test_a_court_that_is_late_is_told_so_and_received_all_the_same(court: Software) -> None:
    on_time = court.post(title(title_date="2026-10-19")).json()["titles"][0]["data_due_on"]
    late = court.post(title(title_no="T2", case_no="C2", title_date="2026-10-18")).json()["titles"][0]

    assert (on_time["day"], on_time["is_late"]) == ("2026-10-26", False)
    assert (late["state"], late["data_due_on"]["is_late"]) == ("RECEIVED", True)


def test_a_notary_sends_a_deed_and_no_delay_is_guessed(granter: User) -> None:
    sent = title(kind="NOTARIAL_DEED", minute_no=None, due_day=None)

    answer = Software(key(granter, Mission.NOTARY, "ETUDE12")).post(sent)

    assert answer.status_code == 201
    assert "data_due_on" not in answer.json()["titles"][0]
    assert Title.objects.get().sender == "NOTARY"


# ---- twice -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("once", ["", "7b1c"])
def test_the_same_call_twice_shows_the_first_receipt(court: Software, once: str) -> None:
    first = court.post(title(), once)
    again = court.post(dict(reversed(title().items())), once)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"again": True}
    assert (TitleReceipt.objects.count(), Title.objects.count(), ReceivedFile.objects.count()) == (1, 1, 1)


def test_a_key_that_served_another_content_is_refused(court: Software) -> None:
    court.post(title(), "7b1c")

    answer = court.post(title(child(cash_share="90.00", monthly_total="90.00")), "7b1c")

    assert (answer.status_code, wrong(answer)) == (422, [("Idempotency-Key", "key_reused")])
    assert Title.objects.get().cash_share_cents == 25000


def test_a_title_sent_again_among_others_is_known_and_the_others_enter(court: Software) -> None:
    first = court.post(title()).json()["receipt"]
    more = title(title_no="T2", case_no="C2")

    answer = court.post({"titles": [title(), more]})

    said = answer.json()
    assert (answer.status_code, said["received"], said["already_received"]) == (201, 1, 1)
    assert [(one["path"], one["state"]) for one in said["titles"]] == [
        ("titles[0]", "ALREADY_RECEIVED"), ("titles[1]", "RECEIVED"),
    ]  # fmt: skip
    assert said["titles"][0]["first_receipt"] == first
    assert Title.objects.count() == 2


def test_a_correction_then_the_first_version_again_are_three_versions(court: Software) -> None:
    for cash in ("250.00", "240.00", "250.00"):
        assert court.post(title(child(cash_share=cash))).status_code == 201

    assert Title.objects.get(known_until__isnull=True).cash_share_cents == 25000
    assert Title.objects.count() == 3


def test_what_was_wrong_and_is_sent_right_enters(court: Software) -> None:
    wrong_one = court.post(title(child(cash_share="300.00"))).json()
    assert court.post(title(child(cash_share="300.00"))).status_code == 422

    assert court.post(title()).status_code == 201
    assert court.receipt(wrong_one["receipt"]).json()["titles"][0]["state"] == "IN_ERROR"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one(granter: User) -> None:
    software = Software(key(granter))

    def send(_number: int) -> int:
        try:
            return Software(software.text).post(title()).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as two:
        codes = sorted(two.map(send, range(2)))
    assert codes == [200, 201]
    assert (TitleReceipt.objects.count(), Title.objects.count()) == (1, 1)


# ---- in part ---------------------------------------------------------------------------------------------------------


def test_one_wrong_child_keeps_its_brother_out_and_the_other_titles_enter(court: Software) -> None:
    half = title(LEA, child(child_id="K2", cash_share="300.00"))

    answer = court.post({"titles": [half, title(title_no="T2", case_no="C2")]})

    said = answer.json()
    assert (answer.status_code, said["received"], said["in_error"]) == (201, 1, 1)
    assert wrong(answer) == [("titles[0].children[1].cash_share", "above_total")]
    assert list(Title.objects.values_list("title_no", flat=True)) == ["T2"]
    assert RejectedRow.objects.count() == 2
    again = court.receipt(said["receipt"]).json()
    assert [(one["state"], one["case"]) for one in again["titles"]] == [("IN_ERROR", "NONE"), ("RECEIVED", "NOT_YET")]


@pytest.mark.parametrize(
    ("said", "sent", "errors"),
    [
        ("a row rule of the files", title(child(cash_share="260.00")), [("children[0].cash_share", "above_total")]),
        ("a cell of the files", title(title_date="20/10/2026"), [("title_date", "bad_value"), ("title_date", "required")]),
        ("the same parent twice", title(debtor_no="P1"), [("debtor_no", "same_parent")]),
        ("a due day of 29", title(due_day=29), [("due_day", "bad_value")]),
        ("an enormous due day", title(due_day=10**19), [("due_day", "bad_value")]),
        ("an amount of a billion", title(child(cash_share="1000000000")), [("children[0].cash_share", "bad_value")]),
        ("an amount below zero", title(child(cash_share="-1.00")), [("children[0].cash_share", "bad_value")]),
        ("a NUL in a name", title(child(child_first_name="L\0a")), [("children[0].child_first_name", "bad_encoding")]),
        ("a NUL in the number", title(title_no="T\0"), [("title_no", "bad_encoding")]),
        ("a formula", title(issuer="=1+1"), [("issuer", "bad_value")]),
        ("a number of 41 signs", title(case_no="C" * 41), [("case_no", "bad_value")]),
        ("another sender's name", title(sender="NOTARY"), [("sender", "wrong_sender")]),
        ("another sender's title", title(kind="NOTARIAL_DEED", due_day=None), [("kind", "kind_of_another")]),
        ("no title at all", title(child(cash_share=None, monthly_total=None), kind="NONE", due_day=None), [("kind", "kind_of_another")]),
        ("ruled tomorrow", title(title_date="2026-10-27"), [("title_date", "after_day")]),
        ("no minute", title(minute_no=None), [("minute_no", "required")]),
        ("no court", title(issuer=""), [("issuer", "required")]),
        ("no first name", title(child(child_first_name=None)), [("children[0].child_first_name", "required")]),
        ("no day of effect", title(child(effective_on=None)), [("children[0].effective_on", "required")]),
    ],
)  # fmt: skip
def test_what_cannot_enter_is_told_with_its_path_and_nothing_enters(
    court: Software, said: str, sent: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    answer = court.post(sent)

    found = [one for one in wrong(answer) if one in errors] if said == "a cell of the files" else wrong(answer)
    assert (answer.status_code, found[:1]) == (422, errors[:1]), said
    assert len(found) == 1, said
    assert Title.objects.count() == 0
    assert court.receipt(answer.json()["receipt"]).json()["titles"][0]["state"] == "IN_ERROR"


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("ruled today", title(title_date="2026-10-26")),
        ("its own name", title(sender="CLERK")),
        ("a due day of 28", title(due_day=28)),
        ("the whole amount in cash", title(child(cash_share="250.00"))),
        ("a cancelling title has no day of effect",
         title(child(cash_share="0.00", monthly_total="0.00", effective_on=None), cancels_support=True)),
        ("a number of 40 signs", title(case_no="C" * 40)),
    ],
)  # fmt: skip
def test_their_look_alikes_enter(court: Software, said: str, sent: dict[str, Any]) -> None:
    assert court.post(sent).status_code == 201, said


# ---- hostile ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "sent", "errors"),
    [
        ("nothing", b"", [("", "not_json")]),
        ("half of it", b'{"title_no": "T1"', [("", "not_json")]),
        ("bytes that are no text", b'{"title_no": "\xff"}', [("", "not_json")]),
        ("a very deep list", b"[" * 200_000, [("", "not_json")]),
        ("too large", b'{"title_no": "' + b"x" * 1_000_000 + b'"}', [("", "not_json")]),
        ("a list", [title()], [("", "bad_type")]),
        ("a text", "T1", [("", "bad_type")]),
        ("no titles", {"titles": []}, [("titles", "bad_value")]),
        ("too many titles", {"titles": [title(title_no=f"T{n}") for n in range(101)]}, [("titles", "bad_value")]),
        ("a title that is a number", {"titles": [4]}, [("titles[0]", "bad_type")]),
        ("no child", TITLE | {"children": []}, [("children", "bad_value")]),
        ("too many children", title(*(child(child_id=f"K{n}") for n in range(21))), [("children", "bad_value")]),
        ("a child that is a text", TITLE | {"children": ["Léa"]}, [("children[0]", "bad_type")]),
        ("an unknown key", title(colour="blue"), [("colour", "unknown_key")]),
        ("a key with a NUL", title(**{"a\0b": "c"}), [("a?b", "unknown_key")]),
        ("its own day of receipt", title(received_at="2020-01-01"), [("received_at", "not_expected")]),
        ("a number for a text", title(title_no=1), [("title_no", "bad_type")]),
        ("a binary float for an amount", title(child(cash_share=250.0)), [("children[0].cash_share", "bad_type")]),
        ("a text for a flag", title(violence="0"), [("violence", "bad_type")]),
        ("a number for a flag", title(violence=1), [("violence", "bad_type")]),
        ("a flag for a number", title(due_day=True), [("due_day", "bad_type")]),
        ("a list for a text", title(issuer=["TJ"]), [("issuer", "bad_type")]),
        ("hundreds of digits", b'{"due_day": ' + b"9" * 400 + b', "children": []}', [("due_day", "bad_type"), ("children", "bad_value")]),
        ("a key twice", b'{"title_no": "T1", "title_no": "T2", "children": []}', [("title_no", "repeated_key"), ("children", "bad_value")]),
        ("half of a character", b'{"title_no": "\\ud800", "children": []}', [("title_no", "bad_type"), ("children", "bad_value")]),
        ("one child twice", title(LEA, LEA), [("children[1].child_id", "given_twice")]),
        ("one title twice", {"titles": [title(), title()]}, [("titles[1].title_no", "given_twice")]),
    ],
)  # fmt: skip
def test_what_is_not_of_the_shape_is_refused_whole_and_leaves_nothing(
    court: Software, said: str, sent: Any, errors: list[tuple[str, str]]
) -> None:
    answer = court.post(sent)

    assert (answer.status_code, wrong(answer)) == (400, errors), said
    assert all(one["message"] and one["remedy"] for one in answer.json()["errors"])
    assert (ReceivedFile.objects.count(), TitleReceipt.objects.count()) == (0, 0)


def test_a_hundred_titles_cost_a_bounded_number_of_queries(court: Software, django_assert_max_num_queries: Any) -> None:
    many = {"titles": [title(title_no=f"T{n}", case_no=f"C{n}") for n in range(100)]}
    with django_assert_max_num_queries(60):
        answer = court.post(many)

    assert (answer.status_code, answer.json()["received"]) == (201, 100)
    with django_assert_max_num_queries(12):
        court.receipt(answer.json()["receipt"])


@pytest.mark.parametrize("once", ["a b", "é" * 3, "x" * 101])
def test_a_key_that_is_none_is_refused(court: Software, once: str) -> None:
    answer = court.post(title(), once)

    assert (answer.status_code, wrong(answer)) == (400, [("Idempotency-Key", "bad_value")])


def test_another_type_of_content_is_refused(court: Software) -> None:
    assert court.post(b"<title/>", kind="application/xml").status_code == 415


# ---- who -------------------------------------------------------------------------------------------------------------


def test_nobody_and_a_wrong_or_ended_key_are_the_same_401(court: Software, granter: User) -> None:
    ended = key(granter, body="TJ43")
    close_key(public_id=ended.split("_")[1], ends_on=DAY, ended_by=granter.username)
    texts = ("", "tu_x", f"{court.text}x", court.text.replace("tu_", "ut_"), ended, "tu_é_é", "tu_\x00_a")

    for text in texts:
        answer = Software(text).post(title())
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer"), text
    assert Title.objects.count() == 0


def test_a_key_ends_on_its_day_and_not_before(granter: User, settings: Any) -> None:
    text = key(granter)
    close_key(public_id=text.split("_")[1], ends_on=date(2026, 10, 27), ended_by=granter.username)

    assert Software(text).post(title()).status_code == 201
    settings.PORTAL_DAY = date(2026, 10, 27)
    assert Software(text).post(title()).status_code == 401


def test_the_key_of_a_garnishee_sends_no_title(granter: User) -> None:
    assert Software(key(granter, Mission.GARNISHEE, "EMP1")).post(title()).status_code == 403


def test_a_receipt_is_its_senders_alone_whatever_key_it_holds(court: Software, granter: User) -> None:
    number = court.post(title()).json()["receipt"]

    assert court.receipt(number).status_code == 200
    assert Software(key(granter)).receipt(number).status_code == 200
    for other in (key(granter, body="TJ43"), key(granter, Mission.LAWYER, "TJ63")):
        assert Software(other).receipt(number).status_code == 404
    for none in ("R-0000000", "R-x", "R-" + "9" * 30, "T-0000001"):
        assert court.receipt(none).status_code == 404


def test_a_title_of_another_is_neither_changed_nor_shown(court: Software, granter: User) -> None:
    court.post(title())
    other = Software(key(granter, body="TJ43"))

    answer = other.post(title(child(cash_share="1.00", monthly_total="1.00")))

    assert (answer.status_code, wrong(answer)) == (422, [("title_no", "title_of_another")])
    assert Title.objects.get().cash_share_cents == 25000


def test_the_same_bytes_of_two_senders_are_two_calls(court: Software, granter: User) -> None:
    first = court.post(title()).json()["receipt"]

    answer = Software(key(granter, body="TJ43")).post(title())

    assert answer.status_code == 422
    assert answer.json()["receipt"] != first


def test_a_case_of_other_parents_is_refused_on_the_title(court: Software) -> None:
    court.post(title())

    answer = court.post(title(LEA, child(child_id="K2"), title_no="T2", creditor_no="P9"))

    assert (answer.status_code, wrong(answer)) == (422, [("creditor_no", "disagrees")])
    assert SentTitle.objects.count() == 2


def test_too_many_calls_wait(court: Software) -> None:
    now = timezone.now()
    for _turn in range(300):
        take_turn("api:CLERK:TJ63", most=300, within=timedelta(minutes=1), now=now)

    answer = court.post(title())
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60


@pytest.mark.django_db(transaction=True)
def test_two_bodies_who_bring_one_number_at_once_do_not_replace_each_other(
    granter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have looked, and found nobody: the second would end the first one's title."""
    both, kind_for = Barrier(2), receiving.kind_for

    def looked(*given: Any) -> Any:
        with contextlib.suppress(BrokenBarrierError):
            both.wait(1)
        return kind_for(*given)

    monkeypatch.setattr(receiving, "kind_for", looked)
    keys = {"TJ63": key(granter), "TJ15": key(granter, body="TJ15")}

    def send(body: str) -> int:
        try:
            return Software(keys[body]).post(title(issuer=body)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as two:
        codes = sorted(two.map(send, keys))
    assert codes == [201, 422]
    assert [(one.known_until, one.issuer in keys) for one in Title.objects.all()] == [(None, True)]
    assert RejectedRow.objects.get().errors[0]["code"] == "title_of_another"


def test_no_cache_keeps_an_answer(court: Software) -> None:
    sent = court.post(title())
    for answer in (
        sent,
        court.receipt(sent.json()["receipt"]),
        court.receipt("R-9999999"),
        Software("tu_x").post(title()),
    ):
        assert "no-store" in answer["Cache-Control"]
