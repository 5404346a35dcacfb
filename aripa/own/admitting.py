"""A request of a parent, admitted by a caseworker: its parents and its title enter as facts, with the agent's origin.

The event that asks has waited for its title since it was sent: the next day's run then opens the case, and tests what
the law wants. A parent who had no number gets one, and their account is linked to it: FranceConnect vouched for them.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import zstandard
from django.db import transaction

from aripa.admission import Condition, conditions
from aripa.days import loading
from aripa.life import facts
from aripa.life.day import live_through
from aripa.life.living import Book, Life
from aripa.life.state import Family
from aripa.linking import SUBJECT, is_same_person, parent_of
from aripa.models import AnswerKind, Parent, ParentAct, RequestDraft, Title
from aripa.own.entering import NotPossible, current_parent
from aripa.own.request import children_of, day_of
from portal.accounts import links
from portal.accounts.models import LinkedBy, User
from portal.audit.operations import journal
from portal.exchange.buckets import bucket_of
from portal.exchange.models import FileChunk, FileOrigin, FileState, ReceivedFile
from portal.people.identity import name_key
from portal.people.vault import encrypt

KIND = "request-admitted"
OTHER = {"CREDITOR": "DEBTOR", "DEBTOR": "CREDITOR"}


@dataclass(frozen=True)
class Checked:
    """What the caseworker read in the document itself, beside what the parent typed."""

    enforceable_on: date
    effective_on: date
    fund: str
    other_no: str = ""  # the other parent, when a number of theirs is known already


@dataclass(frozen=True)
class Foreseen:
    """What the next day would do with a request admitted so: the state it opens in, its letters, the tests of the law."""

    on: date
    state: str
    letters: list[tuple[str, str]]
    conditions: list[Condition]


def foresee(draft: RequestDraft, checked: Checked, on: date) -> Foreseen:
    """The day after, lived in memory with what the parent typed and what the caseworker read. Nothing is written."""
    heard, answers, party = on + timedelta(days=1), draft.answers, draft.answers["party"]
    known = {party: parent_of(draft.user, on) or "-1", OTHER[party]: checked.other_no or "-2"}
    title = facts.Title(
        number="T", case="C", kind=facts.Kind(answers["kind"]), dated=day_of(answers["title_date"]),
        enforceable_on=checked.enforceable_on, violence=answers["protect"] == "oui", creditor=known["CREDITOR"],
        debtor=known["DEBTOR"], received_on=heard, lines=tuple(
            facts.ChildLine(child=str(number), cash=cents, starts_on=checked.effective_on, ends_on=None, born_on=born)
            for number, (_name, born, cents) in enumerate(children_of(answers), start=1)
        ),
    )  # fmt: skip
    asked = facts.Event(number=1, day=heard, case="C", kind="REQUEST", party=party,
                        reason="UNPAID" if answers["unpaid"] == "oui" else "")  # fmt: skip
    book = Book([title], loading.parents_of(known.values()), facts.Prices([]))
    family = Family(creditor=title.creditor)
    out = live_through(family, book, [asked], until=heard)
    case = family.cases["C"]
    letters = [(one.code, one.to) for one in out.letters]
    return Foreseen(heard, case.shown_state, letters, conditions(Life(case, book, heard, out)))


def admit_request(*, act_pk: int, checked: Checked, by: str, at: datetime, on: date) -> str:
    """Enter the request's parents and title; returns the case's number. A second call raises NotPossible."""
    with transaction.atomic():
        act = ParentAct.objects.select_for_update(of=("self",)).get(pk=act_pk)
        draft = RequestDraft.objects.get(key=act.key)
        if act.answered_on is not None:
            raise NotPossible("Cette demande est déjà admise ou refusée.")
        hold(draft.user_id)
        if checked.other_no and _is_requester(checked.other_no, draft.user, on):
            raise NotPossible("Ce numéro est celui du parent qui demande : il en faut un autre, ou aucun.")
        file = _kept(draft, checked, by, at)
        own = _requester(draft, checked, file, at, on)
        other = checked.other_no or new_parent(_other_cells(draft), file, at=at, on=on)
        _title(draft, checked, {act.party: own, OTHER[act.party]: other}, file, at, on)
        act.answered_on, act.answer = on, AnswerKind.GRANTED
        act.answered_by = User.objects.filter(username=by).first()
        act.save(update_fields=["answered_on", "answer", "answered_by"])
        journal(
            actor=by,
            action="aripa.request_admitted",
            subject=f"aripa:case:{draft.case_no}",
            detail={"act": act.pk},
            at=at,
        )
    return draft.case_no


def _is_requester(number: str, user: User, on: date) -> bool:
    """Whether the number typed for the other parent is that of who asks, linked already or not."""
    row = current_parent(number, on)
    return number == parent_of(user, on) or (row is not None and is_same_person(row, links.identity_of(user)))


def _kept(draft: RequestDraft, checked: Checked, by: str, at: datetime) -> ReceivedFile:
    told = {"draft": str(draft.key), "answers": draft.answers, "checked": checked.__dict__, "by": by}
    return keep_told(f"demande-{draft.pk}.json", KIND, told, by=by, at=at)


def keep_told(name: str, kind: str, told: dict[str, Any], *, by: str, at: datetime) -> ReceivedFile:
    """What an agent admitted, whole, as a file of its own: the origin of the facts that it becomes."""
    content = json.dumps(told, ensure_ascii=False, default=str).encode()
    file = ReceivedFile.objects.create(
        name=name, kind=kind, sender=f"portail:{by}"[:120], size=len(content), received_at=at,
        sha256=hashlib.sha256(content).hexdigest(), state=FileState.APPLIED, origin=FileOrigin.AGENT, rows_read=1,
        rows_applied=1,
    )  # fmt: skip
    FileChunk.objects.create(file=file, number=0, content=encrypt(zstandard.compress(content)))
    return file


def _requester(draft: RequestDraft, checked: Checked, file: ReceivedFile, at: datetime, on: date) -> str:
    return own_number(draft.user, {"fund": checked.fund or None}, file, at=at, on=on)


def hold(*user_pks: int | None) -> None:
    """Keep these people for the caller's transaction: a person who has no number yet is never given two. In the order
    of their keys, so that two who hold the same people never wait for each other."""
    people = User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[one for one in user_pks if one])
    list(people.order_by("pk").values_list("pk", flat=True))


def own_number(user: User, cells: dict[str, Any], file: ReceivedFile, *, at: datetime, on: date) -> str:
    """The number of the parent who signed in; made with `cells`, and linked, when they had none."""
    known = parent_of(user, on)
    if known and current_parent(known, on) is not None:
        return known
    number = new_parent(civil_status(user) | cells, file, at=at, on=on)
    links.link(user_pk=user.pk, subject=SUBJECT + number, how=LinkedBy.PARENT_NO, on=on)
    return number


def civil_status(user: User) -> dict[str, Any]:
    """Who the parent is, as FranceConnect vouched."""
    identity = links.identity_of(user)
    return {
        "birth_name": identity.get("family_name") or user.last_name, "usual_name": identity.get("preferred_username"),
        "first_names": identity.get("given_name") or user.first_name, "birth_date": day_of(identity.get("birthdate", "")),
    }  # fmt: skip


def _other_cells(draft: RequestDraft) -> dict[str, Any]:
    answers = draft.answers
    return {
        "birth_name": answers["other_name"], "first_names": answers["other_first"],
        "birth_date": day_of(answers.get("other_born", "")), "address": answers.get("other_address") or None,
    }  # fmt: skip


def new_parent(cells: dict[str, Any], file: ReceivedFile, *, at: datetime, on: date) -> str:
    """A parent known for the first time, under a number that says nothing."""
    number = f"N{secrets.token_hex(6).upper()}"
    names = [str(cells.get(name) or "") for name in ("usual_name", "birth_name", "first_names")]
    Parent.objects.create(
        file=file, line=1, known_from=at, parent_no=number, nir_valid=False, iban_valid=False, updated_on=on,
        updated_at=at, name_key=name_key(" ".join(names))[:310], country="FR", **cells,
    )  # fmt: skip
    return number


def _title(
    draft: RequestDraft, checked: Checked, numbers: dict[str, str], file: ReceivedFile, at: datetime, on: date
) -> None:
    """One row a child, the facts of the title repeated on each."""
    answers, case = draft.answers, draft.case_no
    same = {
        "title_no": f"T{case}", "case_no": case, "bucket": bucket_of(numbers["CREDITOR"]), "kind": answers["kind"],
        "issuer": answers["issuer"][:100], "minute_no": answers.get("minute_no") or None,
        "title_date": day_of(answers["title_date"]), "enforceable_on": checked.enforceable_on,
        "provides_intermediation": False, "violence": answers["protect"] == "oui", "creditor_no": numbers["CREDITOR"],
        "debtor_no": numbers["DEBTOR"], "indexation": "NONE_MENTIONED", "index_series": "ALL_HOUSEHOLDS",
        "rounding": "CENT", "effective_on": checked.effective_on, "sender": "PARENT", "received_on": on,
    }  # fmt: skip
    Title.objects.bulk_create(
        Title(file=file, line=number, known_from=at, child_id=f"{case}-{number}", child_first_name=name,
              child_birth_date=born, monthly_total_cents=cents, cash_share_cents=cents, **same)
        for number, (name, born, cents) in enumerate(children_of(answers), start=1)
    )  # fmt: skip
