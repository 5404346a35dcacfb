"""The letter of an order to its garnishee (L11): what it said, and the same again with another way in."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from aripa.letters.asking import key_of, way_in
from aripa.letters.kinds import kind_code
from aripa.life.state import Order
from aripa.models import Notice, OrderLink
from aripa.own.papers import subject_of
from portal.letters.models import LetterJob
from portal.letters.operations import ask_letter
from portal.people.vault import decrypt

CODE, TO = "L11", "GARNISHEE"


def facts_of_letter(letters: Sequence[Notice], order: Order, link: OrderLink) -> dict[str, Any] | None:
    """What the letter said, with the way in as it is now; None when its facts were never kept."""
    sent = [one for one in letters if (one.code, one.to, one.day) == (CODE, TO, order.decided_on)]
    keys = [key_of(link.case_no, one.number, CODE) for one in sent]
    jobs = [json.loads(decrypt(one.facts)) for one in LetterJob.objects.filter(key__in=keys)]
    own = [one for one in jobs if one.get("order_no") in (order.number, None) and one.get("debtor_name")]
    return own[-1] | way_in(link) if own else None


def ask_again(letters: Sequence[Notice], order: Order, link: OrderLink, *, on: date, by: str) -> bool:
    """Write the letter again with the new way in; whether it could be asked for."""
    facts = facts_of_letter(letters, order, link)
    if facts is None:
        return False
    ask_letter(
        kind=kind_code(CODE), key=f"aripa:{link.case_no}:{order.number}:{CODE}:{link.renewals}",
        subject=subject_of(link.case_no, TO), facts=facts, dated=on, by=by,
    )  # fmt: skip
    return True
