"""The way in by a letter, without an account: the address and the code that it prints open one row, and nothing else.

The address holds a drawn secret (`portal.accounts.drawn`), kept sealed in the row and found by its keyed hash. The code is
made from the same secret. What is answered behind the door is kept once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from portal.accounts.drawn import compact, draw, grouped, short_code
from portal.accounts.limits import forget, take_try, wait_after
from portal.audit.operations import journal
from portal.people.vault import decrypt, encrypt_many, lookup_key

# Who acts, in the journal: a third party is known by the letter that it holds.
THIRD = "tiers"
# By what each session opened, the secret it was shown: a row whose secret was replaced is shut again.
OPENED = "opened_by_letter"
CODE_MOST = 20
Made = TypeVar("Made", bound=Model)


class Opened(Protocol):
    """The row that a letter opens."""

    pk: Any
    secret: Any
    secret_key: Any


class WrongCode(Exception):
    """The code is not that of the letter."""


@dataclass(frozen=True)
class LetterDoor:
    """The door to the rows of one kind. `salt`, `kind` and `code` make what letters already say: they never change.

    `subject` names a row, and `action` begins what is journaled of its door.
    """

    salt: str
    kind: str
    code: str
    subject: str
    action: str

    def new_secrets(self, count: int) -> Sequence[dict[str, Any]]:
        """What each new row keeps of the secret drawn for it: the secret sealed, and the hash that finds it."""
        texts = [draw(self.salt) for _row in range(count)]
        sealed = encrypt_many([text.encode() for text in texts])
        return [
            {"secret": secret, "secret_key": lookup_key(text, self.kind)}
            for text, secret in zip(texts, sealed, strict=True)
        ]

    def token_of(self, row: Opened) -> str:
        """The secret as the letter prints it: ``K7QM-2XPD-9RTV-H3WB-6CNA``."""
        return grouped(decrypt(row.secret).decode())

    def code_of(self, row: Opened) -> str:
        return short_code(decrypt(row.secret), self.code)

    def key_of(self, token: str) -> UUID | None:
        """The `secret_key` of the row that an address leads to; None, without asking the database, when nobody drew it."""
        text = compact(token, self.salt)
        return lookup_key(text, self.kind) if text else None

    def check_code(self, row: Opened, typed: str, **detail: object) -> None:
        """Let in who has the letter; `detail` is journaled with it. Every wrong try is journaled, with how long it shuts the
        door; knocking at a shut door is not, or whoever found a letter could fill the journal.

        Raises WrongCode, TooManyTries.
        """
        tries = take_try(self._name(row))
        if not constant_time_compare(self.code_of(row), "".join(typed[:CODE_MOST].split())):
            shut = int(wait_after(tries).total_seconds())
            self._note(row, "wrong_code", {"tries": tries} | ({"shut_seconds": shut} if shut else {}))
            raise WrongCode
        self.forget_tries(row)
        self._note(row, "opened", detail)

    def forget_tries(self, row: Opened) -> None:
        forget(self._name(row))

    def let_in(self, request: HttpRequest, row: Opened) -> None:
        """This session has shown the code: it is not asked again."""
        request.session.cycle_key()
        request.session[OPENED] = request.session.get(OPENED, {}) | {self._name(row): row.secret_key.hex}

    def is_open(self, request: HttpRequest, row: Opened) -> bool:
        """Whether the code was shown in this session."""
        return request.session.get(OPENED, {}).get(self._name(row)) == row.secret_key.hex

    def _name(self, row: Opened) -> str:
        return f"{self.subject}:{row.pk}"

    def _note(self, row: Opened, what: str, detail: dict[str, Any]) -> None:
        journal(actor=THIRD, action=f"{self.action}.{what}", subject=self._name(row), detail=detail)


def known_answer(answers: QuerySet[Made], *, key: UUID, digest: str) -> Made | None:
    """The answer kept already: that of the same form, or the last one when it says the same (`content_sha256`)."""
    same_form = answers.filter(key=key).first()
    last = answers.order_by("pk").last()
    return same_form or (last if last is not None and last.content_sha256 == digest else None)  # type: ignore[attr-defined]
