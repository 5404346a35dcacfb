"""The common text of an agreement: what both parents read, the digest they sign, what is still missing."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from aripa.agreements.questions import (
    CHARGES,
    CHILDREN,
    COUPLES,
    GROWN,
    INDEXES,
    PLACES,
    RESOURCES,
    STAYS,
    TERMS,
    WAYS,
    Answers,
    amounts,
    errors_of,
    income_cents,
)
from aripa.agreements.seats import CREDITOR, DEBTOR, OTHER
from aripa.models import Agreement
from aripa.own.request import Question, cents_of, day_of
from portal.frame.templatetags.portal import money, short_day


@dataclass(frozen=True)
class Child:
    """A child of the agreement."""

    name: str
    born: date
    stay: str
    grown: str
    cents: int


@dataclass(frozen=True)
class Dependant:
    """Another child in the debtor's charge."""

    name: str
    born: date
    charge: str


def children_of(shared: Answers) -> list[Child]:
    """The children whose page is whole."""
    return list(_children(shared))


def _children(shared: Answers) -> Iterator[Child]:
    for number in PLACES:
        born = day_of(shared.get(f"born_{number}", ""))
        if shared.get(f"name_{number}") and born and shared.get(f"stay_{number}"):
            yield Child(
                shared[f"name_{number}"], born, shared[f"stay_{number}"], shared.get(f"grown_{number}", ""),
                cents_of(shared.get(f"amount_{number}", "")),
            )  # fmt: skip


def dependants_of(shared: Answers) -> list[Dependant]:
    return list(_dependants(shared))


def _dependants(shared: Answers) -> Iterator[Dependant]:
    for number in PLACES:
        born = day_of(shared.get(f"other_born_{number}", ""))
        if shared.get(f"other_name_{number}") and born and shared.get(f"other_charge_{number}"):
            yield Dependant(shared[f"other_name_{number}"], born, shared[f"other_charge_{number}"])


def identity_of(shared: Answers, party: str) -> dict[str, str]:
    """Civil status of one parent, as FranceConnect gave it: last, first, born."""
    whose = "first" if shared.get("party") == party else "second"
    found: dict[str, str] = shared.get(f"{whose}_identity") or {}
    return found


def names_of(shared: Answers, party: str) -> str:
    found = identity_of(shared, party)
    return f"{found.get('first', '')} {found.get('last', '')}".strip() or "l’autre parent"


def content_of(agreement: Agreement) -> dict[str, Any]:
    """What is signed, and nothing of one parent alone."""
    shared = agreement.shared
    fields = [one.name for question in (CHILDREN, RESOURCES, amounts(shared), TERMS) for one in question.fields]
    return {
        "agreement": str(agreement.key), "couple": shared.get("couple", ""),
        "parents": {party: identity_of(shared, party) for party in (CREDITOR, DEBTOR)},
        "answers": {name: shared.get(name, "") for name in sorted(fields)},
    }  # fmt: skip


def digest_of(agreement: Agreement) -> str:
    """The fingerprint of the common text: another one, another text."""
    told = json.dumps(content_of(agreement), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def missing_of(shared: Answers, day: date) -> list[Question]:
    """The pages of the common text that are not whole."""
    pages = (CHILDREN, RESOURCES, amounts(shared), TERMS)
    return [one for one in pages if not one.fields or errors_of(one, shared, day)]


Line = tuple[str, str]


def lines_of(shared: Answers) -> list[tuple[str, list[Line]]]:
    """The common text, as both read it and as it is attached to the title: headings and their lines."""
    return [
        ("Les parents", [*_parents(shared), ("Notre situation", dict(COUPLES).get(shared.get("couple", ""), ""))]),
        ("Les enfants et la pension", [line for child in children_of(shared) for line in _of_child(child)]),
        ("Ce qui a servi au calcul", _of_debtor(shared)),
        ("Indice et versement", [
            ("Indice", dict(INDEXES).get(shared.get("index", ""), "à choisir")),
            ("Versement", dict(WAYS).get(shared.get("way", ""), "à choisir")),
        ]),
    ]  # fmt: skip


def _parents(shared: Answers) -> list[Line]:
    roles = ((CREDITOR, "Parent qui reçoit"), (DEBTOR, "Parent qui paie"))
    return [(role, parent_line(shared, party)) for party, role in roles]


def parent_line(shared: Answers, party: str) -> str:
    """Name and birth: what the law wants of a parent, and no place."""
    born = day_of(identity_of(shared, party).get("born", ""))
    return names_of(shared, party) + (f", naissance le {short_day(born)}" if born else "")


def _of_child(child: Child) -> list[Line]:
    found = [
        (child.name, f"naissance le {short_day(child.born)}"),
        ("Chez le parent qui paie", dict(STAYS)[child.stay]),
        ("Pension par mois", money(child.cents) if child.cents else "à écrire"),
    ]
    return [*found, ("Situation", dict(GROWN)[child.grown])] if child.grown in dict(GROWN) else found


def _of_debtor(shared: Answers) -> list[Line]:
    if not shared.get("own_annual"):
        return [("Ressources du parent qui paie", "à écrire par ce parent")]
    found = [("Revenus de l’année, les siens", money(income_cents(shared["own_annual"])))]
    if joint := income_cents(shared.get("joint_annual", "")):
        found.append(("Revenus communs du foyer", money(joint)))
    others = [
        (one.name, f"autre enfant à sa charge : naissance le {short_day(one.born)}, {_charge(one)}")
        for one in dependants_of(shared)
    ]
    return [*found, *others]


def _charge(one: Dependant) -> str:
    return {"MINOR": "mineur", **dict(GROWN)}.get(one.charge, dict(CHARGES).get(one.charge, ""))


def other_name(shared: Answers, party: str) -> str:
    """The other parent, as one of them calls them."""
    return names_of(shared, OTHER.get(party, ""))
