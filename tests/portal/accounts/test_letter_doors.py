"""The way in by a letter: its address finds one row, its code opens that row in this session, an answer is kept once."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from portal.accounts.letter_doors import LetterDoor, WrongCode, known_answer
from portal.accounts.limits import TooManyTries
from portal.accounts.views.letter_code import ask_code, to_receipt
from portal.audit.models import JournalEntry

DOOR = LetterDoor(salt="tests.doors", kind="TEST", code="test-code", subject="paper", action="tests.paper")
OTHER = LetterDoor(salt="tests.others", kind="TEST", code="other-code", subject="other", action="tests.other")
COMPONENT = "components/letter_code.html"


def row(pk: int = 1) -> SimpleNamespace:
    (secret,) = DOOR.new_secrets(1)
    return SimpleNamespace(pk=pk, **secret)


def wrong_for(paper: SimpleNamespace) -> str:
    return "000000" if DOOR.code_of(paper) != "000000" else "000001"


def asking(method: str = "get", **typed: str) -> HttpRequest:
    request = getattr(RequestFactory(), method)("/", typed)
    request.session = SessionStore()
    return request


def test_an_address_finds_its_row_however_it_is_typed_and_by_its_own_door_alone() -> None:
    paper, another = row(), row()
    token = DOOR.token_of(paper)

    assert {DOOR.key_of(typed) for typed in (token, token.lower(), token.replace("-", ""))} == {paper.secret_key}
    assert paper.secret_key != another.secret_key
    assert token.replace("-", "").encode() not in paper.secret
    assert [DOOR.key_of(typed) for typed in ("", "x", "A" * 20, "\0")] == [None] * 4
    assert OTHER.key_of(token) is None


@pytest.mark.django_db
def test_wrong_codes_are_journaled_until_the_door_is_shut_and_the_right_one_forgets_them() -> None:
    paper = row()
    for _try in range(2):
        with pytest.raises(WrongCode):
            DOOR.check_code(paper, wrong_for(paper))
    DOOR.check_code(paper, f" {DOOR.code_of(paper)[:3]} {DOOR.code_of(paper)[3:]} ", by_software=True)
    for _try in range(3):
        with pytest.raises(WrongCode):
            DOOR.check_code(paper, wrong_for(paper))
    with pytest.raises(TooManyTries):
        DOOR.check_code(paper, DOOR.code_of(paper))

    said = list(JournalEntry.objects.filter(subject="paper:1").order_by("pk").values_list("action", "detail"))
    tried = [{"tries": 1}, {"tries": 2}, {"tries": 3, "shut_seconds": 30}]
    assert said == [
        *[("tests.paper.wrong_code", one) for one in tried[:2]],
        ("tests.paper.opened", {"by_software": True}),
        *[("tests.paper.wrong_code", one) for one in tried],
    ]


@pytest.mark.django_db
def test_the_page_asks_says_what_is_wrong_and_lets_this_session_in_to_this_row() -> None:
    paper, context = row(), {"who": "La caisse", "what": "lire la demande"}
    right = asking("post", code=DOOR.code_of(paper))

    def answered(request: HttpRequest) -> tuple[int, str]:
        found = ask_code(request, DOOR, paper, COMPONENT, context)
        assert found is not None
        return found.status_code, found.content.decode()

    assert answered(asking())[0] == 200
    assert answered(asking("post", answer="GIVEN"))[0] == 422
    status, page = answered(asking("post", code=wrong_for(paper)))
    assert (status, "Ce code n’est pas celui de la lettre" in page) == (422, True)
    assert not DOOR.is_open(right, paper)
    assert ask_code(right, DOOR, paper, COMPONENT, context, by_software=False) is None
    assert JournalEntry.objects.get(action="tests.paper.opened").detail == {"by_software": False}
    assert DOOR.is_open(right, paper)
    assert not DOOR.is_open(right, row(2))
    assert not DOOR.is_open(right, row(1)), "a secret replaced shuts the row again"
    for _try in range(3):
        answered(asking("post", code=wrong_for(paper)))
    status, page = answered(asking("post", code=DOOR.code_of(paper)))
    assert (status, "Trop d’essais" in page) == (429, True)


class Kept(list[SimpleNamespace]):
    """Answers as a queryset gives them."""

    def filter(self, *, key: UUID) -> "Kept":
        return Kept(one for one in self if one.key == key)

    def order_by(self, _column: str) -> "Kept":
        return self

    def first(self) -> SimpleNamespace | None:
        return self[0] if self else None

    def last(self) -> SimpleNamespace | None:
        return self[-1] if self else None


def test_the_same_form_and_the_same_words_are_known_but_not_what_was_said_before_the_last() -> None:
    former, last = (SimpleNamespace(key=uuid4(), content_sha256=said) for said in ("no", "yes"))
    kept: Any = Kept([former, last])

    assert known_answer(kept, key=former.key, digest="other") is former
    assert known_answer(kept, key=uuid4(), digest="yes") is last
    assert known_answer(kept, key=uuid4(), digest="no") is None
    assert known_answer(Kept(), key=uuid4(), digest="no") is None  # type: ignore[arg-type]


def test_a_receipt_says_whether_its_answer_was_known() -> None:
    key = uuid4()
    addresses = [to_receipt("aripa:garnishee_receipt", "T", key, again=again)["Location"] for again in (False, True)]

    assert addresses[1] == f"{addresses[0]}?encore=1"
    assert str(key) in addresses[0]
