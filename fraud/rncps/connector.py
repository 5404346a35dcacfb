"""The door to the directory: what is asked, what comes back, errors by name. Another installation names another door
(`PORTAL_RNCPS`: an address, or the dotted path of a class with these three methods).

A number travels in the body of a request, never in an address. What is asked bears where it comes from (body, officer, act);
what comes back must say where it comes from, repeat our reference, and be about the person asked for: anything else is refused.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import requests
from django.conf import settings
from django.utils.module_loading import import_string

from fraud.rules.rncps import Category, ServedRight
from portal.people.identity import is_nir_valid, name_key

CONNECT_SECONDS, READ_SECONDS = 3.05, 10.0
KEYS = {
    Category.AFFILIATIONS: "affiliations", Category.RIGHTS: "rights", Category.ADDRESS: "address", Category.AMOUNTS: "amounts",
}  # fmt: skip


class DirectoryError(Exception):
    """The directory gave nothing. `code` is the outcome kept; `str()` the sentence shown. Nothing is retried by itself."""

    code = "UNAVAILABLE"


class Unavailable(DirectoryError):
    """No answer in time, no connection, or an error of its own: to be asked again later."""


class UnknownPerson(DirectoryError):
    code = "UNKNOWN_PERSON"


class AmbiguousIdentity(DirectoryError):
    """Several people have that name and birth date: nobody is shown, the number is needed."""

    code = "AMBIGUOUS"


class RefusedThere(DirectoryError):
    code = "REFUSED_THERE"


class TooManyAsked(DirectoryError):
    code = "TOO_MANY"


class WrongAnswer(DirectoryError):
    """What came back is not an answer to what was asked: unreadable, without provenance, about somebody else."""

    code = "WITHHELD"


class NotReady(DirectoryError):
    """A deferred answer that is still being prepared."""


class Gone(DirectoryError):
    """A deferred answer that was taken already, or waited too long."""

    code = "EXPIRED"


@dataclass(frozen=True)
class Person:
    """Whom: by number, or by name and birth date."""

    nir: str = ""
    last_name: str = ""
    first_names: str = ""
    birth_date: date | None = None

    def as_json(self) -> dict[str, str]:
        if self.nir:
            return {"nir": self.nir}
        return {
            "last_name": self.last_name, "first_names": self.first_names, "birth_date": str(self.birth_date or ""),
        }  # fmt: skip


@dataclass(frozen=True)
class Asking:
    """One request to the directory. `reference` is ours, made before the call; the same again is the same request there."""

    reference: str
    motive: str
    about: str
    categories: Sequence[str]
    people: Sequence[Person]
    provenance: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        return {
            "reference": self.reference, "motive": self.motive, "about": self.about, "categories": list(self.categories),
            "people": [one.as_json() for one in self.people], "provenance": dict(self.provenance),
        }  # fmt: skip


@dataclass(frozen=True)
class Affiliation:
    body: str
    scheme: str
    since: date
    until: date | None


@dataclass(frozen=True)
class PaymentAddress:
    lines: Sequence[str]
    body: str
    declared_on: date


@dataclass(frozen=True)
class PaidAmount:
    body: str
    benefit: str
    month: date
    cents: int


@dataclass(frozen=True)
class Answer:
    """What the directory says of one person: shown once, never kept. `sha256` is its fingerprint."""

    person: Person
    affiliations: Sequence[Affiliation]
    rights: Sequence[ServedRight]
    address: PaymentAddress | None
    amounts: Sequence[PaidAmount]
    provenance: Mapping[str, str]
    directory_no: str
    sha256: str

    @property
    def lines(self) -> dict[str, int]:
        """How many lines of each category: all that is kept."""
        found = {
            Category.IDENTITY: 1, Category.AFFILIATIONS: len(self.affiliations), Category.RIGHTS: len(self.rights),
            Category.ADDRESS: int(self.address is not None), Category.AMOUNTS: len(self.amounts),
        }  # fmt: skip
        return {str(category): count for category, count in found.items() if count}


@dataclass(frozen=True)
class Ticket:
    """What a deferred answer is taken with, and until when."""

    number: str
    kept_until: date


@dataclass(frozen=True)
class Line:
    """One person of a deferred answer: an answer, or why there is none."""

    answer: Answer | None = None
    error: DirectoryError | None = field(default=None, compare=False)


class Directory(Protocol):
    """What the portal needs of the directory. Each method raises DirectoryError."""

    def ask(self, asking: Asking) -> Answer: ...

    def order(self, asking: Asking) -> Ticket: ...

    def is_ready(self, ticket: str) -> bool:
        """Whether a deferred answer may be taken. Raises Gone."""
        ...

    def collect(self, ticket: str, asking: Asking) -> list[Line]:
        """The lines, in the order of the people; once. Raises NotReady or Gone."""
        ...


class HttpDirectory:
    """The directory over HTTP, with a name and a secret."""

    def __init__(self, address: str, name: str, secret: str) -> None:
        self.address, self.credentials = address.rstrip("/"), (name, secret)

    def ask(self, asking: Asking) -> Answer:
        return read_answer(self._call("POST", "consultations", asking), asking, asking.people[0])

    def order(self, asking: Asking) -> Ticket:
        content = self._call("POST", "orders", asking)
        try:
            return Ticket(str(content["ticket"])[:64], date.fromisoformat(content["kept_until"]))
        except (KeyError, TypeError, ValueError) as wrong:
            raise WrongAnswer("Le répertoire a répondu sans numéro de retrait : rien n’est à prendre.") from wrong

    def is_ready(self, ticket: str) -> bool:
        return self._call("GET", f"states/{ticket}").get("ready") is True

    def collect(self, ticket: str, asking: Asking) -> list[Line]:
        content = self._call("GET", f"orders/{ticket}")
        lines = content.get("lines", [])
        if not isinstance(lines, list) or len(lines) != len(asking.people):
            raise WrongAnswer("Le répertoire n’a pas répondu pour chaque personne de la liste : rien n’est montré.")
        return [self._line(line, asking, index) for index, line in enumerate(lines)]

    def _line(self, line: Any, asking: Asking, index: int) -> Line:
        try:
            if isinstance(line, dict) and "error" in line:
                raise error_of(int(line["status"]), line)
            return Line(read_answer(line, asking, asking.people[index]))
        except DirectoryError as error:
            return Line(error=error)

    def _call(self, method: str, path: str, asking: Asking | None = None) -> Any:
        try:
            answer = requests.request(
                method, f"{self.address}/v1/{path}", json=asking.as_json() if asking else None, auth=self.credentials,
                timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False,
            )  # fmt: skip
            content = answer.json()
        except requests.RequestException as lost:
            # Its words may name what was asked.
            raise Unavailable("Le répertoire ne répond pas. Rien n’a été montré ; redemandez plus tard.") from lost
        if answer.status_code != requests.codes.ok:
            raise error_of(answer.status_code, content)
        return content


def error_of(status: int, content: Any) -> DirectoryError:
    """The named error of a status; what is none of them is an outage."""
    said = str(content.get("reason", ""))[:200] if isinstance(content, dict) else ""
    match status:
        case 202:
            return NotReady("Le répertoire prépare encore la réponse.")
        case 401 | 403:
            return RefusedThere(f"Le répertoire a refusé la demande. {said}".strip())
        case 404:
            return UnknownPerson(
                "Le répertoire ne connaît pas cette personne. Cela ne prouve rien : vérifiez le numéro."
            )
        case 409:
            return AmbiguousIdentity(
                "Plusieurs personnes portent ce nom et sont nées ce jour-là : redemandez avec le numéro de sécurité sociale."
            )
        case 410:
            return Gone("Cette réponse a déjà été prise, ou le délai pour la prendre est passé.")
        case 429:
            return TooManyAsked("Le répertoire a reçu trop de demandes. Attendez quelques minutes, puis redemandez.")
    return Unavailable("Le répertoire ne répond pas. Rien n’a été montré ; redemandez plus tard.")


def read_answer(content: Any, asking: Asking, person: Person) -> Answer:
    """The answer, with the categories that were asked for and no other. Raises WrongAnswer."""
    try:
        return _read(content, asking, person)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise WrongAnswer("La réponse du répertoire n’est pas lisible : rien n’est montré.") from wrong


def _read(content: Any, asking: Asking, asked: Person) -> Answer:
    provenance = {name: str(content["provenance"][name])[:80] for name in ("body", "system", "extracted_at")}
    if content["asked_reference"] != asking.reference:
        raise WrongAnswer("Le répertoire a répondu à une autre demande : rien n’est montré.")
    person = _person(content["person"])
    if not _is_about(person, asked):
        raise WrongAnswer("Le répertoire a répondu sur une autre personne : rien n’est montré.")
    wanted: dict[Category, Any] = {
        category: content.get(key) or [] for category, key in KEYS.items() if category in asking.categories
    }
    address: Any = wanted.get(Category.ADDRESS)
    return Answer(
        person=person,
        affiliations=[_affiliation(one) for one in wanted.get(Category.AFFILIATIONS, ())],
        rights=[
            ServedRight(one["body"], one["benefit"], _day(one["since"]), _last(one))
            for one in wanted.get(Category.RIGHTS, ())
        ],
        address=PaymentAddress(address["lines"], address["body"], _day(address["declared_on"])) if address else None,
        amounts=[_amount(one) for one in wanted.get(Category.AMOUNTS, ())],
        provenance=provenance,
        directory_no=str(content["reference"])[:64],
        sha256=fingerprint(content),
    )


def _is_about(person: Person, asked: Person) -> bool:
    if asked.nir:
        return person.nir == asked.nir
    return name_key(person.last_name) == name_key(asked.last_name) and person.birth_date == asked.birth_date


def _person(content: Mapping[str, str]) -> Person:
    if not is_nir_valid(content["nir"]):
        raise ValueError("nir")
    return Person(content["nir"], content["last_name"], content["first_names"], _day(content["birth_date"]))


def _affiliation(one: Mapping[str, str]) -> Affiliation:
    return Affiliation(one["body"], one["scheme"], _day(one["since"]), _last(one))


def _amount(one: Mapping[str, Any]) -> PaidAmount:
    if type(one["cents"]) is not int:
        raise TypeError("cents")
    return PaidAmount(one["body"], one["benefit"], date.fromisoformat(f"{one['month']}-01"), one["cents"])


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _last(one: Mapping[str, str]) -> date | None:
    return _day(one["until"]) if one.get("until") else None


def fingerprint(content: object) -> str:
    """SHA-256 of what came, in one form: it proves later which answer was shown, without keeping it."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


NOT_CONNECTED = "Aucun répertoire n’est relié à ce portail : rien n’a été demandé."


class NoDirectory:
    """No directory is set up: every request says so."""

    def ask(self, asking: Asking) -> Answer:
        raise Unavailable(NOT_CONNECTED)

    def order(self, asking: Asking) -> Ticket:
        raise Unavailable(NOT_CONNECTED)

    def is_ready(self, ticket: str) -> bool:
        raise Unavailable(NOT_CONNECTED)

    def collect(self, ticket: str, asking: Asking) -> list[Line]:
        raise Unavailable(NOT_CONNECTED)


def configured_directory() -> Directory:
    """The directory of this installation (`PORTAL_RNCPS`): an address, a class, or none."""
    where = settings.RNCPS_ADDRESS
    if not where:
        return NoDirectory()
    if "://" in where:
        return HttpDirectory(where, settings.RNCPS_NAME, settings.RNCPS_SECRET)
    made: Directory = import_string(where)()
    return made
