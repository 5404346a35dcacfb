"""Writing an exchange: everything that the law asks for is there before anything is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from fraud.access import cases_of
from fraud.exchanges import keeping
from fraud.exchanges.attaching import tie_papers
from fraud.exchanges.designated import sending_officer, why_not
from fraud.exchanges.moving import begin, locked, subject_of
from fraud.exchanges.words import NOT_POSSIBLE, WRONG, ExchangeRefused, NotNow
from fraud.guarding import refuse_linked
from fraud.models import (
    AuthorisedOfficer,
    ControlCase,
    ExchangeItem,
    InfoExchange,
)
from fraud.models.exchanges import Urgency
from fraud.rules import exchange as rules
from fraud.rules.designation import SCOPES, covers
from fraud.rules.figures import control_parameters
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.organisations.directory import departements
from portal.people.identity import is_nir_valid, name_key, normalised_nir
from portal.people.vault import lookup_key

REASON_MOST, SAID_MOST = 500, 4_000
OWN_DRAFT = "Seul son propre brouillon se modifie, et avant l’envoi."


@dataclass(frozen=True)
class Person:
    """The person concerned: a number, or a whole identity."""

    nir: str = ""
    last_name: str = ""
    first_name: str = ""
    born_on: str = ""

    @property
    def cells(self) -> dict[str, str]:
        return {
            "nir": normalised_nir(self.nir),
            "last_name": self.last_name.strip(),
            "first_name": self.first_name.strip(),
            "born_on": self.born_on,
        }


@dataclass(frozen=True)
class Written:
    """An exchange as a form or a partner's officer writes it. `said`: what a spontaneous communication tells, by item."""

    form_key: UUID
    recipient_pk: int
    form: str
    legal_basis: str
    purpose: str
    scope: str
    departement: str
    person: Person
    items: Sequence[str]
    period_start: date | None
    period_end: date | None
    urgency: str = rules.NORMAL
    case_pk: int | None = None
    reason: str = ""
    said: Mapping[str, str] = field(default_factory=dict)


def person_key(cells: Mapping[str, str]) -> UUID:
    """The person's key: that of their number, else of their whole identity."""
    if cells.get("nir"):
        return lookup_key(cells["nir"], "NIR")
    identity = "|".join((name_key(cells["last_name"]), name_key(cells["first_name"]), cells["born_on"]))
    return lookup_key(identity, "PERSON")


def draft(*, written: Written, by_pk: int, body_code: str, on: date, at: datetime) -> InfoExchange:
    """Keep a draft; the same form again gives the first one.

    Raises ExchangeRefused with what must be mended, NothingLeft without a designation, LinkedToThem for somebody close.
    """
    user = User.objects.get(pk=by_pk)
    first = InfoExchange.objects.filter(form_key=written.form_key, officer__user_id=by_pk).first()
    if first is not None:
        return first
    said = _checked(written, user, body_code, on, at, "control.exchange_drafted")
    return _keep(written, *said, by=user.get_username(), on=on, at=at)


def rewrite(*, exchange_pk: int, written: Written, by_pk: int, on: date, at: datetime) -> InfoExchange:
    """Write one's own draft otherwise, under the same number; the same again changes nothing. Its papers stay.

    Raises ExchangeRefused, NotNow once it left, NothingLeft, LinkedToThem.
    """
    user, exchange = User.objects.get(pk=by_pk), InfoExchange.objects.select_related("officer").get(pk=exchange_pk)
    if exchange.state != rules.DRAFT or exchange.officer.user_id != by_pk:
        raise NotNow(OWN_DRAFT)
    officer, recipient, case = _checked(written, user, exchange.holder_id, on, at, "control.exchange_rewritten")
    if exchange.case_id and (case is None or case.pk != exchange.case_id):
        raise ExchangeRefused({"case": WRONG["case.stays"]})
    with transaction.atomic():
        row = locked(exchange_pk)
        if row.state != rules.DRAFT:
            raise NotNow(OWN_DRAFT)
        for name, value in _columns(written, officer, recipient, case, on, bytes(row.sealed_key or b"")).items():
            setattr(row, name, value)
        row.save()
        row.items.all().delete()
        _keep_items(row, written)
        if row.case_id:
            tie_papers(row, by=user.get_username(), at=at)
        detail = {"exchange": row.number, "items": list(written.items), "designation": officer.pk}
        journal(
            actor=user.get_username(), action="control.exchange_rewritten", subject=subject_of(row), detail=detail, at=at
        )  # fmt: skip
    return row


def _checked(
    written: Written, user: User, body_code: str, on: date, at: datetime, action: str
) -> tuple[AuthorisedOfficer, AuthorisedOfficer, ControlCase | None]:
    """By whom, to whom, for which case. Raises ExchangeRefused, NothingLeft, LinkedToThem."""
    officer = sending_officer(
        user=user, body_code=body_code, on=on, at=at, scope=written.scope, departement=written.departement
    )
    recipient = AuthorisedOfficer.objects.select_related("body").filter(pk=written.recipient_pk).first()
    case = None
    if written.case_pk is not None:
        case = cases_of(user, on).filter(pk=written.case_pk, fund=body_code).exclude(state="CLOSED").first()
    errors = _errors(written, officer, recipient, case, on)
    if errors or recipient is None:
        raise ExchangeRefused(errors)
    key = person_key(written.person.cells)
    refuse_linked(user=user, day=on, action=action, subject=case.subject if case else "", people=[key])
    return officer, recipient, case


def _errors(
    written: Written, officer: AuthorisedOfficer, recipient: AuthorisedOfficer | None, case: ControlCase | None, on: date
) -> dict[str, str]:  # fmt: skip
    cells = written.person.cells
    drafted = rules.Drafted(
        written.form, written.legal_basis, written.purpose, cells, case is not None, written.reason, written.items,
        (written.period_start, written.period_end),
    )  # fmt: skip
    found = {name: WRONG[f"{name}.{code}"] for name, code in rules.wrong_in(control_parameters(), drafted, on).items()}
    if written.person.nir and not is_nir_valid(cells["nir"]):
        found["person"] = WRONG["person.nir"]
    elif cells["born_on"] and not _is_day(cells["born_on"]):
        found["person"] = WRONG["person.born"]
    if written.case_pk and case is None:
        found["reason"] = WRONG["case.missing"]
    if written.scope not in SCOPES:
        found["scope"] = WRONG["scope.missing"]
    if recipient is None or recipient.body_id == officer.body_id:
        found["recipient"] = WRONG["recipient.missing"]
        return found
    wrong = _wrong_place(written.departement, officer, recipient, case)
    if wrong:
        found["departement"] = WRONG[f"departement.{wrong}"]
    return found | item_errors(written, officer, recipient, on)


def _wrong_place(
    departement: str, officer: AuthorisedOfficer, recipient: AuthorisedOfficer, case: ControlCase | None
) -> str:  # fmt: skip
    """The département is that of the person's fund: the case's, else one that either body serves; both designations cover it."""
    if departement not in departements():
        return "unknown"
    served = officer.body.departements if case else [*officer.body.departements, *recipient.body.departements]
    if served and departement not in served:
        return "elsewhere"
    both = covers(officer.territory, departement) and covers(recipient.territory, departement)
    return "" if both else "missing"


def item_errors(written: Written, officer: AuthorisedOfficer, recipient: AuthorisedOfficer, on: date) -> dict[str, str]:
    """What may not be asked or told between these two; what a communication forgets to say."""
    if written.form not in {rules.REQUEST, rules.SPONTANEOUS}:
        return {"items": WRONG["items.missing"]}
    for code in written.items:
        refused = why_not(written.form, code, sender=officer.category, recipient=recipient.category, on=on)
        if refused:
            return {"items": NOT_POSSIBLE[refused]}
    if written.form == rules.SPONTANEOUS and any(not written.said.get(code, "").strip() for code in written.items):
        return {"said": WRONG["said.missing"]}
    return {}


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _keep(
    written: Written, officer: AuthorisedOfficer, recipient: AuthorisedOfficer, case: ControlCase | None, *, by: str, on: date,
    at: datetime,
) -> InfoExchange:  # fmt: skip
    """The row, its items and its first move, in one transaction."""
    sealed_key = keeping.new_key()
    with transaction.atomic():
        made, is_new = InfoExchange.objects.get_or_create(
            form_key=written.form_key,
            defaults={
                "holder_id": officer.body_id, "direction": "OUT", "kind": written.form, "reference": uuid4(),
                "number": _number(officer.body_id, on), "sealed_key": sealed_key, "drafted_on": on,
                **_columns(written, officer, recipient, case, on, sealed_key),
            },
        )  # fmt: skip
        if is_new:
            _keep_items(made, written)
            begin(made, by=by, on=on, at=at)
    return made


def _columns(
    written: Written, officer: AuthorisedOfficer, recipient: AuthorisedOfficer, case: ControlCase | None, on: date, sealed_key: bytes
) -> dict[str, Any]:  # fmt: skip
    """What its writer says, as it is kept."""
    parameters, cells = control_parameters(), written.person.cells
    return {
        "counterpart_id": recipient.body_id, "officer": officer, "counterpart_officer": recipient,
        "legal_basis": written.legal_basis, "purpose": written.purpose, "scope": written.scope,
        "departement": written.departement, "urgency": _urgency(written), "case": case,
        "payload_kinds": sorted(rules.payload_kinds(parameters, written.legal_basis, on)),
        "period_start": written.period_start, "period_end": written.period_end,
        "case_number": case.number if case else "", "motive": written.reason.strip()[:REASON_MOST],
        "person_key": person_key(cells), "sealed": keeping.lock(sealed_key, {"person": cells}),
        "retained_until": None if case else rules.kept_until(parameters, on),
    }  # fmt: skip


def _urgency(written: Written) -> str:
    return written.urgency if written.urgency in Urgency.values else rules.NORMAL


def _keep_items(made: InfoExchange, written: Written) -> None:
    assert made.sealed_key is not None
    for position, code in enumerate(dict.fromkeys(written.items)):
        words = written.said.get(code, "").strip()[:SAID_MOST]
        sealed = keeping.lock(made.sealed_key, {"words": words}) if words else None
        ExchangeItem.objects.create(exchange=made, position=position, code=code, sealed=sealed)


def _number(body_code: str, on: date) -> str:
    """``CAF63-2026-7``: the next of the body's year, one at a time."""
    prefix = f"{body_code}-{on.year}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fraud_infoexchange_number'))")
        cursor.execute(
            "SELECT coalesce(max(split_part(number, '-', 3)::int), 0) + 1 FROM fraud_infoexchange"
            " WHERE holder_id = %s AND direction = 'OUT' AND number LIKE %s",
            (body_code, f"{prefix}%"),
        )
        return f"{prefix}{cursor.fetchone()[0]}"
