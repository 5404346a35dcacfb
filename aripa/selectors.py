"""Cases of pensions as agents find them: those of their funds, the lists of the day with their counts, the search."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.db.models import Count, DateField, DurationField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Least

from aripa.designated import with_served
from aripa.life.control import AHEAD
from aripa.models import Case, Disclosure, Notice, Order, Parent, Referent, Term, Title, Worry
from portal.accounts.models import Posting, User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right, holders
from portal.exchange.received import CURRENT
from portal.people.identity import name_key, normalised_nir
from portal.people.vault import lookup_key

SUBJECT = "aripa:case:"
SEARCH_MOST = 50
SHORTEST = 2
SOON = timedelta(days=7)
# Days of the lists: an unpaid term is noticed within fifteen, a garnishee answers within eight (R. 582-8, L. 213-5).
NOTICE_DAYS, ANSWER_DAYS = timedelta(days=15), timedelta(days=8)
DELAYS = {"L08": timedelta(days=15), "L09": timedelta(days=30), "L13": timedelta(days=30)}
FAR = date(9999, 12, 31)
WITHOUT_TITLE = Q(state="")
LIVING = Q(state__in=["LIVE", "ENDING_CONSENT_PENDING"])
HEARD = CURRENT & Q(heard_on__isnull=False)


def not_lived(lived: date) -> Q:
    """The facts that no family has lived by `lived`, the last day lived: no day has heard them, or the one that does is
    still under way."""
    return Q(heard_on__isnull=True) | Q(heard_on__gt=lived)


@dataclass(frozen=True)
class Box:
    """One list: its words, which cases are in it, and the day that orders them, most urgent first.

    `moves`: a delay of people's, which ends on a working day; those of the fund do not move. `since`: the day from which
    something waits, not one by which it must be done: it has an age and is never late.
    """

    label: str
    what: str
    condition: Q
    due: Subquery | F | Coalesce
    moves: bool = False
    since: bool = False


def visible(user: User, day: date) -> QuerySet[Case]:
    """The cases of the funds where the user holds the right to see pensions, and of those that these funds were
    designated to serve; none for anybody else."""
    funds = funds_on(user, day, Right.SEE_SUPPORT)
    return Case.objects.all() if funds is None else Case.objects.filter(fund__in=with_served(funds, day))


def get_case(case_no: str, user: User, day: date) -> Case:
    """A case that the user may see. Raises Case.DoesNotExist."""
    return visible(user, day).select_related("household").get(pk=case_no)


def boxes(day: date) -> dict[str, Box]:
    """The lists of a day, in the order of the page."""
    return _of_terms(day) | {
        "consents": Box(
            "fins demandées", "accord attendu avant", Q(state="ENDING_CONSENT_PENDING"),
            _first(_with_deadline(Notice.objects.filter(code="L13")), "by"), moves=True,
        ),
        "ends": Box("fins connues", "fin le", Q(end_date__gt=day), F("end_date")),
        "worries": Box(
            "points à regarder", "depuis le", _in(Worry.objects.filter(handled_on__isnull=True)),
            _first(Worry.objects.filter(handled_on__isnull=True), "day"), since=True,
        ),
        "overpaid": Box(
            "sommes à rendre par le parent qui reçoit", "demandée le", Q(overpaid_cents__gt=0),
            _first(Notice.objects.filter(code="L16"), "-day"), since=True,
        ),
        "orders": Box(
            "tiers sans réponse", "réponse attendue le", _in(Order.objects.filter(state="SENT")),
            _first(Order.objects.filter(state="SENT").annotate(by=_plus("decided_on", ANSWER_DAYS)), "by"), moves=True,
        ),
        "controls": Box("contrôles à faire", "au plus tard le", Q(control_by__lte=day + AHEAD), F("control_by")),
        "no_title": Box("ASF sans titre", "prochain calcul le", WITHOUT_TITLE, F("household__wakes_on")),
        "all": Box("tous les dossiers", "reçu le", Q(), F("received_on"), since=True),
    }  # fmt: skip


def _of_terms(day: date) -> dict[str, Box]:
    """What follows an unpaid term: the notice to send, its receipt, the end of its delay."""
    unpaid = Term.objects.filter(
        Q(status__in=["RETURNED", "UNPAID"]) | Q(status="PARTIAL", due_on__lte=day - timedelta(days=5)),
        is_arrears=False,
    ).annotate(by=_plus("due_on", NOTICE_DAYS))
    noticed = Term.objects.filter(status="NOTICED", case_id=OuterRef("case_id"))
    of_month = noticed.filter(month=OuterRef("month"))
    sent = Notice.objects.filter(
        Q(Exists(of_month), code="L08") | Q(Exists(noticed.filter(is_arrears=True)), code="L09")
    )
    received = _with_deadline(sent.filter(received_on__isnull=False)).filter(by__gte=day - timedelta(days=4))
    ending = received.filter(by__lte=day + SOON)
    waiting = sent.filter(received_on__isnull=True)
    return {
        "notify": Box("rappels à envoyer", "au plus tard le", LIVING & _in(unpaid), _first(unpaid, "by")),
        "receipts": Box("accusés de réception attendus", "envoyé le", _in(waiting), _first(waiting, "day"), since=True),
        "delays": Box("délais qui finissent", "fin du délai le", _in(ending), _first(ending, "by"), moves=True),
    }


def _plus(name: str, days: timedelta) -> Cast:
    """A day moved: PostgreSQL makes a moment of a date and an interval."""
    return Cast(F(name) + Value(days, output_field=DurationField()), DateField())


def _with_deadline(found: QuerySet[Notice]) -> QuerySet[Notice]:
    """The last day of the delay before it moves to a working day, which keeps the order; the sending before a receipt."""
    whens = [
        When(code=code, received_on__isnull=False, then=_plus("received_on", days)) for code, days in DELAYS.items()
    ]
    return found.annotate(by=models.Case(*whens, default=F("day"), output_field=DateField()))


def _in(rows: QuerySet) -> Q:
    return Q(pk__in=rows.values("case_id"))


def _first(rows: QuerySet, field: str) -> Coalesce:
    """The first value of a case's rows; far away when there is none, so that the order never holds NULL."""
    own = rows.filter(case_id=OuterRef("pk")).order_by(field).values(field.removeprefix("-"))[:1]
    return Coalesce(Subquery(own, output_field=DateField()), Value(FAR, output_field=DateField()))


def counts(user: User, day: date, on: date) -> dict[str, int]:
    """How many cases each list holds, in one query: the conditions are those of the lists."""
    return visible(user, day).aggregate(
        **{name: Count("pk", filter=box.condition or Q(pk__isnull=False)) for name, box in boxes(on).items()}
    )


def listed(user: User, day: date, on: date, box: str, values: Mapping[str, str]) -> QuerySet[Case]:
    """The cases of a list, narrowed by its filters; `due` orders them, with the case's number."""
    chosen = boxes(on)[box]
    found = visible(user, day).filter(chosen.condition)
    due = Least(chosen.due, Value(FAR, output_field=DateField())) if isinstance(chosen.due, F) else chosen.due
    found = found.annotate(due=due, moves=Value(chosen.moves))
    if values.get("fund"):
        found = found.filter(fund=values["fund"])
    if values.get("state"):
        found = found.filter(state=values["state"])
    return found.filter(_matching(values["q"])) if values.get("q") else found


def _matching(text: str) -> Q:
    """Cases that a name, a case or a title designates. A NIR never stands in an address: it is searched by a form."""
    words = sorted(set(name_key(text).split()), key=len, reverse=True)
    found = Q(pk=text) | Q(title_no=text)
    return found | _of_parents(_named(words)) if words else found


def _named(words: Iterable[str]) -> QuerySet[Parent]:
    """Parents whose names have each of `words` as the beginning of a word."""
    found = Parent.objects.filter(HEARD)
    for word in words:
        found = found.filter(Q(name_key__startswith=word) | Q(name_key__contains=f" {word}"))
    return found


def _of_parents(parents: QuerySet[Parent]) -> Q:
    numbers = parents.values("parent_no")
    return Q(debtor_no__in=numbers) | Q(household_id__in=numbers)


def search_cases(text: str, user: User, day: date) -> list[Case]:
    """The cases that a name, a NIR, a case or a title number designates, among the user's; at most one too many."""
    text = text.strip()
    if len(text) < SHORTEST:
        return []
    nir = normalised_nir(text)
    if nir:
        condition = _of_parents(Parent.objects.filter(HEARD, nir_key=lookup_key(nir, "NIR")))
    else:
        titles = Title.objects.filter(HEARD, title_no=text).values("case_no")
        condition = _matching(text) | Q(pk__in=titles)
    return list(visible(user, day).filter(condition).order_by("pk")[: SEARCH_MOST + 1])


# ---- who is in a case ---------------------------------------------------------------------------------------------


def parents_of(cases: Sequence[Case]) -> dict[str, Parent]:
    """Each parent of some cases as last heard, in one query."""
    numbers = {one.debtor_no for one in cases} | {one.household_id for one in cases}
    rows = Parent.objects.filter(HEARD, parent_no__in=numbers - {""})
    return {one.parent_no: one for one in rows.order_by("parent_no", "-updated_on").distinct("parent_no")}


def children_of(cases: Sequence[Case]) -> dict[str, list[str]]:
    """The first names of the children of some cases, the eldest first, in one query."""
    rows = Title.objects.filter(HEARD, case_no__in=[one.pk for one in cases]).order_by("child_birth_date", "child_id")
    found: dict[str, dict[str, str]] = {}
    for row in rows.only("case_no", "child_id", "child_first_name"):
        found.setdefault(row.case_no, {})[row.child_id] = row.child_first_name or "enfant"
    return {case_no: list(names.values()) for case_no, names in found.items()}


def last_name(parent: Parent | None, *, is_protected: bool) -> str:
    """The name by which agents call a parent; of a protected case, never the name borne today."""
    if parent is None:
        return "parent inconnu"
    usual = None if is_protected else parent.usual_name
    return usual or parent.birth_name or "parent sans nom"


def full_name(parent: Parent | None, *, is_protected: bool) -> str:
    first = (parent.first_names or "").split(",")[0] if parent else ""
    return f"{first} {last_name(parent, is_protected=is_protected)}".strip()


def funds_of(user: User, day: date) -> list[str]:
    """The funds to filter by, those that theirs serve included."""
    held = Posting.objects.in_force_on(day).filter(user_id=user.pk, role__in=holders(Right.SEE_SUPPORT))
    return with_served((posting.serves for posting in held if posting.serves), day)


def referent_of(case_no: str) -> Referent | None:
    return Referent.objects.filter(pk=case_no).select_related("user").first()


def disclosures_to_tell(user: User) -> list[Disclosure]:
    """The looks at protected fields of the user's own cases, by others, that they have not seen yet."""
    found = Disclosure.objects.filter(referent=user, seen_at__isnull=True).exclude(by=user)
    return list(found.select_related("by").order_by("pk")[:SEARCH_MOST])
