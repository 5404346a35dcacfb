"""Payroll software: the orders of one garnishee by its key, one order by its letter, the same rules as the page."""

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from aripa.garnishees.links import code_of, token_of
from aripa.models import Event, GarnisheeAnswer, Order, OrderLink
from portal.accounts.keys import open_key
from portal.accounts.models import Mission, User
from tests.aripa.garnishees.conftest import DAY
from tests.aripa.garnishees.test_answers import closed_by_release

pytestmark = pytest.mark.django_db
PATH = "/api/v1/aripa/orders"
YES = {"answer": "YES", "name": "Paie", "phone": "0473000000"}


def key(body: str, mission: Mission = Mission.GARNISHEE) -> dict[str, str]:
    granter, _new = User.objects.get_or_create(username="exploitation")
    text = open_key(
        mission=mission, body=body, name=body, starts_on=date(2020, 1, 1), ends_on=None, granted_by=granter.username
    )[1]
    return {"HTTP_AUTHORIZATION": f"Bearer {text}"}


def get(path: str = "", **headers: str) -> Any:
    return Client().get(PATH + path, **headers)


def post(path: str, content: Any, **headers: str) -> Any:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Client().post(PATH + path, body, content_type="application/json", **headers)


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(one["key"], one["code"]) for one in answer.json()["errors"]]


def test_a_garnishee_lists_its_orders_and_nobody_elses(link: OrderLink) -> None:
    mine = get(**key("EMP1")).json()

    assert mine["orders"] == [{
        "order": link.reference, "payment_reference": "C1", "decided_on": "2026-02-10", "monthly": "500.00",
        "state": "OPEN", "answer": None, "closed_on": None,
    }]  # fmt: skip
    assert mine["before"] is None
    assert get(**key("EMP2")).json()["orders"] == []
    assert get(f"/{link.reference}", **key("EMP2")).status_code == 404
    assert get(**key("EMP1", Mission.CLERK)).status_code == 403
    assert get().status_code == 401


def test_the_list_is_bounded_and_goes_on(link: OrderLink, django_assert_max_num_queries: Any) -> None:
    order = Order.objects.get(case_id="C1")
    for number in range(2, 62):
        Order.objects.create(
            case_id="C1", number=number, tool="DIRECT_PAYMENT", ref="EMP1", decided_on=DAY, current_cents=1, terms=0,
            arrears_cents=0, months=0, state="CLOSED", closed_on=DAY,
        )  # fmt: skip
        OrderLink.objects.create(
            case_no="C1",
            number=number,
            ref="EMP1",
            secret=link.secret,
            secret_key=f"{number:032x}",
            made_at=link.made_at,
        )
    mine = key("EMP1")
    with django_assert_max_num_queries(12):
        first = get(**mine).json()
    second = get(f"?before={first['before']}", **mine).json()
    assert (len(first["orders"]), len(second["orders"]), second["before"]) == (50, 11, None)
    assert order.number == 1


@pytest.mark.parametrize("by", ["key", "letter"])
def test_one_order_by_key_or_by_letter_is_the_same(link: OrderLink, by: str) -> None:
    by_key = get(f"/{link.reference}", **key("EMP1"))
    by_letter = get(f"/{token_of(link)}", HTTP_ORDER_CODE=code_of(link))

    said = by_key.json()
    assert (by_key.status_code, by_letter.status_code, by_letter.json()) == (200, 200, said)
    assert said["debtor"] == "Paul Petit"
    assert said["arrears"] == {
        "total": "250.00",
        "terms": 1,
        "months": 1,
        "instalment": "250.00",
        "last_instalment": "250.00",
    }
    assert (said["answer_by"], said["fine_at_most"], said["standing"]) == ("2026-02-18", "1500.00", "ASKED")
    assert "Martin" not in json.dumps(said)


def test_an_answer_once_by_its_key_and_by_its_words(link: OrderLink) -> None:
    mine, path = key("EMP1"), f"/{link.reference}"

    first = post(path, YES, HTTP_IDEMPOTENCY_KEY="a1", **mine)
    again = post(path, YES, HTTP_IDEMPOTENCY_KEY="a1", **mine)
    same = post(path, YES, HTTP_IDEMPOTENCY_KEY="a2", **mine)
    other = post(path, YES | {"answer": "NO", "reason": "NEVER"}, HTTP_IDEMPOTENCY_KEY="a1", **mine)

    assert [one.status_code for one in (first, again, same, other)] == [201, 200, 200, 422]
    assert again.json() == first.json() | {"again": True}
    assert codes(other) == [("Idempotency-Key", "key_reused")]
    assert (GarnisheeAnswer.objects.get().by_software, Event.objects.get(kind="GARNISHEE_ANSWER").reason) == (
        True,
        "ACCEPTED",
    )


@pytest.mark.parametrize(
    ("said", "sent", "wrong"),
    [
        ("a list", [YES], [("", "not_json")]),
        ("half of it", b'{"answer"', [("", "not_json")]),
        ("deep", b"[" * 100_000, [("", "not_json")]),
        ("a number for a text", YES | {"name": 4}, [("name", "bad_type")]),
        ("a NUL", YES | {"words": "a\0"}, [("words", "bad_type")]),
        ("half of a character", b'{"answer": "YES", "name": "\\ud800b", "phone": "01"}', [("name", "bad_type")]),
        ("an unknown answer", YES | {"answer": "MAYBE"}, [("answer", "required")]),
        ("an unknown key", YES | {"creditor": "?"}, [("", "unknown_key")]),
        ("a key twice", b'{"answer": "YES", "answer": "NO", "name": "ab", "phone": "01"}', [("", "unknown_key"), ("reason", "required")]),
        ("a binary float", YES | {"answer": "PARTLY", "reason": "FLOOR", "amount": 12.5}, [("amount", "bad_type")]),
        ("a huge amount", YES | {"answer": "PARTLY", "reason": "FLOOR", "amount": "9" * 30}, [("amount", "bad_value")]),
        ("a French amount", YES | {"answer": "PARTLY", "reason": "FLOOR", "amount": "12,50"}, [("amount", "bad_value")]),
        ("an end tomorrow", YES | {"answer": "ENDED", "reason": "RIGHTS_ENDED", "ended_on": "2026-02-13"}, [("ended_on", "in_the_future")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_nothing_is_kept(
    link: OrderLink, said: str, sent: Any, wrong: list[tuple[str, str]]
) -> None:
    answer = post(f"/{link.reference}", sent, **key("EMP1"))

    assert answer.status_code == 400, said
    assert set(wrong) <= set(codes(answer)), said
    assert GarnisheeAnswer.objects.count() == 0


def test_by_letter_the_code_is_asked_each_time_and_tries_are_counted_with_those_of_the_page(link: OrderLink) -> None:
    path, wrong = f"/{token_of(link)}", "000000" if code_of(link) != "000000" else "000001"

    assert [get(path).status_code, get(path, HTTP_ORDER_CODE=wrong).status_code] == [403, 403]
    assert Client().post(f"/tiers/{token_of(link)}/", {"code": wrong}).status_code == 422
    shut = get(path, HTTP_ORDER_CODE=code_of(link))
    assert (shut.status_code, 1 <= int(shut["Retry-After"]) <= 30) == (429, True)


def test_a_reference_without_a_key_and_a_token_nobody_drew_are_not_there(link: OrderLink) -> None:
    for ref in (link.reference, "A" * 20, "x", "O-" + "9" * 15):
        assert get(f"/{ref}").status_code == 404, ref
        assert get(f"/{ref}", **key("EMP2")).status_code == 404, ref


def test_a_closed_order_says_so_and_is_not_answered(link: OrderLink, settings: Any) -> None:
    closed_by_release(link)
    mine = key("EMP1")

    said = get(f"/{link.reference}", **mine).json()
    assert (said["state"], said["standing"], said["closed_on"]) == ("CLOSED", "RELEASED", "2026-02-12")
    assert codes(post(f"/{link.reference}", YES, **mine)) == [("", "order_over")]
    settings.PORTAL_DAY = date(2026, 5, 14)
    assert get(f"/{link.reference}", **mine).status_code == 404


def test_no_cache_keeps_an_order(link: OrderLink) -> None:
    """Found again by its address alone, it would need no code."""
    by_letter = get(f"/{token_of(link)}", HTTP_ORDER_CODE=code_of(link))
    for answer in (by_letter, get(f"/{link.reference}", **key("EMP1")), get("", **key("EMP1", Mission.GARNISHEE))):
        assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
