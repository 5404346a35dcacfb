"""Three pairs of parents of the demonstration, made by the operations of the pages themselves.

Amélie Chevalier signed on Friday: Romain Gaillard reads and signs. Two others are at the fund: one to verify by 3 November,
one that is verified and waits for the director's signature.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.socialaccount.models import SocialAccount

from aripa.agreements import deciding, writing
from aripa.agreements.inviting import code_of
from aripa.agreements.papers import give, needed_of
from aripa.agreements.questions import Answers, Question, answers_of, questions_of
from aripa.agreements.seats import Seat
from aripa.agreements.text import digest_of
from aripa.models import Agreement
from aripa.own.entering import Who
from portal.accounts.models import Door, User

PARIS = ZoneInfo("Europe/Paris")
CLEAR = {"fear": "non", "couple": "COHABITATION", "title": "non", "step": "non"}


@dataclass(frozen=True)
class Person:
    """A parent as FranceConnect knows them, and their home. `username`: of a card of the demonstration, or nobody's."""

    username: str
    first: str
    last: str
    born: str
    home: tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Pair:
    """Who receives and begins, who pays; the children with where they stay and their amount; the yearly income."""

    number: int
    creditor: Person
    debtor: Person
    children: tuple[tuple[str, str, str, str], ...]
    income: str
    signed_on: date


CHEVALIER = Pair(
    1, Person("amelie", "Amélie", "Chevalier", "1992-02-11", ("4 rue de la Treille", "63000", "Clermont-Ferrand", "CAF", "oui")),
    Person("romain", "Romain", "Gaillard", "1990-07-03", ("8 avenue de Paris", "15000", "Aurillac", "CAF", "non")),
    (("Jade Gaillard", "2018-03-02", "STANDARD", "190"), ("Louis Gaillard", "2021-06-15", "STANDARD", "177")), "18000",
    date(2026, 10, 23),
)  # fmt: skip
MERCIER = Pair(
    2, Person("clara", "Clara", "Mercier", "1989-04-21", ("16 rue Ballainvilliers", "63000", "Clermont-Ferrand", "CAF", "oui")),
    Person("theo", "Théo", "Brunel", "1988-09-09", ("3 rue du 14 Juillet", "63200", "Riom", "CAF", "non")),
    (("Nina Brunel", "2016-01-30", "ALTERNATING", "170"),), "21600", date(2026, 7, 3),
)  # fmt: skip
FABRE = Pair(
    3, Person("jeanne-f", "Jeanne", "Fabre", "1994-12-05", ("2 place de Jaude", "63000", "Clermont-Ferrand", "CAF", "oui")),
    Person("antoine", "Antoine", "Roussel", "1993-03-17", ("9 rue Nationale", "03100", "Montluçon", "CAF", "non")),
    (("Gabin Roussel", "2020-08-08", "REDUCED_VISITING", "300"),), "19200", date(2026, 9, 14),
)  # fmt: skip
AT_FUND = (MERCIER, FABRE)


def load(on: date) -> int:
    """The three agreements; a second call makes none. Returns how many there are."""
    if Agreement.objects.exists():
        return Agreement.objects.count()
    for pair in (CHEVALIER, *AT_FUND):
        _write(pair, on)
    awa = User.objects.filter(username="awa").first()
    if awa is not None:
        verified = Agreement.objects.get(key=_key(FABRE, 0))
        deciding.check(agreement_pk=verified.pk, verdicts=dict.fromkeys(deciding.ITEMS, "oui"), by=awa, at=_at(on))
    return 1 + len(AT_FUND)


def _write(pair: Pair, on: date) -> None:
    """Everything that both parents did, in the order of the pages."""
    day = min(pair.signed_on, on)
    hers, his = (_who(one, day) for one in (pair.creditor, pair.debtor))
    seat = writing.start(key=_key(pair, 0), who=hers, answers=CLEAR)
    pk = seat.agreement.pk
    for slug, answers in _common(pair).items():
        _save(pk, hers, slug, answers)
    invited = writing.invite(agreement_pk=pk, who=hers, key=_key(pair, 1))
    writing.join(who=his, code=code_of(invited.agreement), answers=CLEAR)
    _save(pk, his, "ressources", {"own_annual": pair.income})
    for who, person in ((hers, pair.creditor), (his, pair.debtor)):
        _save(
            pk, who, "vous", dict(zip(("address", "postcode", "city", "body", "recipient"), person.home, strict=True))
        )
        _give(pk, who)
    for number, who in enumerate((hers,) if pair is CHEVALIER else (hers, his)):
        digest = digest_of(Agreement.objects.get(pk=pk))
        writing.sign(agreement_pk=pk, who=who, key=_key(pair, 2 + number), digest=digest)


def _common(pair: Pair) -> dict[str, dict[str, str]]:
    children, amounts = {}, {}
    for number, (name, born, stay, amount) in enumerate(pair.children, start=1):
        children |= {f"name_{number}": name, f"born_{number}": born, f"stay_{number}": stay}
        amounts[f"amount_{number}"] = amount
    other = pair.debtor
    return {
        "place": {"party": "CREDITOR"},
        "autre-parent": {"other_name": other.last, "other_first": other.first, "other_born": other.born},
        "enfants": children, "montants": amounts, "prix": {"index": "NONE_MENTIONED", "way": "SERVICE"},
    }  # fmt: skip


def _seat(pk: int, who: Who) -> Seat:
    return Seat(Agreement.objects.select_related("first", "second").get(pk=pk), who.user)


def _save(pk: int, who: Who, slug: str, answers: Answers) -> None:
    seat = _seat(pk, who)
    question: Question = next(one for one in questions_of(seat) if one.slug == slug)
    read = writing.mark_of(question, answers_of(seat, question))
    writing.save(agreement_pk=pk, who=who, question=question, answers=answers, read=read)


def _give(pk: int, who: Who) -> None:
    seat = _seat(pk, who)
    for kind in needed_of(seat):
        give(seat=seat, who=who, kind=kind, name=f"{kind}.pdf", content=_paper(f"{kind} {who.user.full_name}"))


def _who(person: Person, day: date) -> Who:
    return Who(_user(person), "", day, _at(day))


def _at(day: date) -> datetime:
    return datetime.combine(day, time(18, 40), PARIS)


def _user(person: Person) -> User:
    """The account of a card, else one that nobody enters as."""
    name = f"parent-{person.username}"
    found = User.objects.filter(username=name).first()
    if found is not None:
        return found
    user = User(username=name, door=Door.FAMILY, first_name=person.first, last_name=person.last)
    user.set_unusable_password()
    user.save()
    claims = {"given_name": person.first, "family_name": person.last.upper(), "birthdate": person.born}
    SocialAccount.objects.create(user=user, provider="franceconnect", uid=f"demo-{person.username}", extra_data=claims)
    return user


def _key(pair: Pair, part: int) -> UUID:
    return UUID(f"00000000-0000-4000-8000-{pair.number:06d}{part:06d}")


def _paper(words: str) -> bytes:
    """One page of PDF with a line of text: a paper of nobody."""
    text = words.encode("latin-1", "replace").replace(b"(", b"").replace(b")", b"")
    stream = b"BT /F1 16 Tf 60 760 Td (Piece de demonstration : " + text + b") Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]  # fmt: skip
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body + b"xref\n0 6\n0000000000 65535 f \n" + table
        + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )  # fmt: skip
