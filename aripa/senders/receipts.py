"""A receipt as its sender reads it: what became of each title, and nothing of where anybody lives."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from aripa.life.state import State
from aripa.models import Case, SentTitle, Title, TitleReceipt
from aripa.senders.shape import Sent
from portal.accounts.api import Caller
from portal.exchange.models import RejectedRow, RowState
from portal.legislation.facts import error

LAW = "CPC art. 1074-4 II"


def get_receipt(number: str, by: Caller) -> TitleReceipt:
    """A receipt of the caller's own. Raises TitleReceipt.DoesNotExist, for another's as for none."""
    mark, _, digits = number.partition("-")
    if mark != "R" or not (digits.isascii() and digits.isdecimal() and len(digits) <= 18):
        raise TitleReceipt.DoesNotExist
    return TitleReceipt.objects.get(pk=int(digits), mission=by.mission, body=by.body)


def told(receipt: TitleReceipt) -> dict[str, Any]:
    """The receipt with the state of each of its titles, as things stand now, in a number of queries that does not grow."""
    rows = list(receipt.titles.select_related("first__receipt").order_by("pk"))
    seen = _Seen(rows)
    titles = [_title(one, seen) for one in rows]
    states = [one["state"] for one in titles]
    return {
        "receipt": receipt.number, "received_at": timezone.localtime(receipt.at).isoformat(), "sender": receipt.mission,
        "received": states.count("RECEIVED"), "already_received": states.count("ALREADY_RECEIVED"),
        "in_error": states.count("IN_ERROR") + states.count("DISCARDED"), "titles": titles,
    }  # fmt: skip


class _Seen:
    """What the rows of these titles became."""

    def __init__(self, rows: Sequence[SentTitle]) -> None:
        holders = [one.first or one for one in rows]
        files = {one.receipt.file_id for one in holders}
        self.wrong: Mapping[int, dict[int, RejectedRow]] = defaultdict(dict)
        for row in RejectedRow.objects.filter(file__in=files).exclude(state=RowState.REPLAYED):
            self.wrong[row.file_id][row.line] = row
        heard = Title.objects.filter(file_id__in=files, heard_on__isnull=False)
        self.heard = set(heard.values_list("file_id", "title_no"))
        numbers = {one.case_no for one in holders}
        self.cases = dict(Case.objects.filter(pk__in=numbers).values_list("pk", "state"))


def _title(one: SentTitle, seen: _Seen) -> dict[str, Any]:
    holder = one.first or one
    wrong = {
        line: row for line, row in seen.wrong[holder.receipt.file_id].items()
        if holder.first_line <= line < holder.first_line + holder.lines
    }  # fmt: skip
    found = {
        "path": one.path, "title_no": one.title_no, "case_no": one.case_no, "state": _state(one, wrong),
        "case": "NONE" if wrong else _case(holder, seen), "errors": _errors(one, holder, wrong),
    }  # fmt: skip
    if one.first:
        found["first_receipt"] = one.first.receipt.number
    if one.data_due_on:
        late = holder.receipt.day > one.data_due_on
        found["data_due_on"] = {"day": one.data_due_on.isoformat(), "is_late": late, "article": LAW}
    return found


def _state(one: SentTitle, wrong: Mapping[int, RejectedRow]) -> str:
    if wrong:
        return "DISCARDED" if all(row.state == RowState.DISCARDED for row in wrong.values()) else "IN_ERROR"
    return "ALREADY_RECEIVED" if one.first else "RECEIVED"


def _case(holder: SentTitle, seen: _Seen) -> str:
    """Whether intermediation was opened; why it was not is said to the parents, never to a sender."""
    if (holder.receipt.file_id, holder.title_no) not in seen.heard:
        return "NOT_YET"
    return "OPENED" if seen.cases.get(holder.case_no, "") not in ("", State.REJECTED) else "NOT_OPENED"


def _errors(one: SentTitle, holder: SentTitle, wrong: Mapping[int, RejectedRow]) -> list[dict[str, str]]:
    """Each error once, under the path of its field: what is wrong with the title stands on each of its rows."""
    place, found = Sent(one.path, {}, []), {}
    for line, row in sorted(wrong.items()):
        for told in row.errors:
            key = place.key_of(told["column"], line - holder.first_line)
            found[key, told["code"]] = error(
                key, told["code"], told["message"], "Corriger, puis renvoyer le titre entier."
            )
    causes = [one for one in found.values() if one["code"] != "waits_for_another"]
    return causes or list(found.values())
