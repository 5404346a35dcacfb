"""Whose file a lead is about: the keys of its people, for declared links, and the name that a page shows."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from aripa.models import Case, Parent, Title
from cmg.models import Account, Request, Right
from fraud.models import DeclaredLink
from monenfant.models import CareStructure
from portal.accounts.models import User

CMG, PENSION, STRUCTURE = "cmg:employer:", "aripa:parent:", "structure:"


def people_of(subject: str) -> list[UUID]:
    """The keys, in the vault, of the people whose file it is."""
    if subject.startswith(CMG):
        accounts = Account.objects.filter(employer_no=subject.removeprefix(CMG), known_until=None)
        keys = set(accounts.values_list("nir_key", flat=True))
    elif subject.startswith(PENSION):
        parents = Parent.objects.filter(parent_no=subject.removeprefix(PENSION), known_until=None)
        keys = set(parents.values_list("nir_key", flat=True))
    else:
        keys = set()
    return [key for key in keys if key is not None]


def known_people_of(subject: str) -> set[UUID]:
    """Those and the others that our files know around them: who holds the right or asked for it on the family's number, and the
    other parent of a pension. A link with any of them closes the file; a link with the file closes its own people alone."""
    keys = set(people_of(subject))
    if subject.startswith(CMG):
        keys |= _right_holders(subject.removeprefix(CMG))
    return keys | _keys_of(_other_parents(_parents(keys) | set(_numbers({subject}, PENSION))))


def _right_holders(employer_no: str) -> set[UUID]:
    accounts = Account.objects.filter(employer_no=employer_no, known_until=None, beneficiary_no__isnull=False)
    numbers = Q(pk=None)
    for fund, beneficiary_no in accounts.values_list("fund", "beneficiary_no"):
        numbers |= Q(fund=fund, beneficiary_no=beneficiary_no)
    known = Q(known_until=None, nir_key__isnull=False)
    rights = Right.objects.filter(known, numbers | Q(employer_no=employer_no)).values_list("nir_key", flat=True)
    asked = Request.objects.filter(known, numbers).values_list("nir_key", flat=True)
    return {key for key in (*rights, *asked) if key is not None}


def _accounts_known_by(keys: set[UUID]) -> set[str]:
    """Numbers of the families whose account, right or request names one of these people."""
    of_people = {"nir_key__in": keys, "known_until": None}
    numbers = set(Account.objects.filter(**of_people).values_list("employer_no", flat=True))
    rights, theirs = Right.objects.filter(**of_people), Q(pk=None)
    numbers |= {number for number in rights.values_list("employer_no", flat=True) if number}
    known = {*rights.values_list("fund", "beneficiary_no"),
             *Request.objects.filter(**of_people).values_list("fund", "beneficiary_no")}  # fmt: skip
    for fund, beneficiary_no in known:
        if beneficiary_no:
            theirs |= Q(fund=fund, beneficiary_no=beneficiary_no)
    return numbers | set(Account.objects.filter(theirs, known_until=None).values_list("employer_no", flat=True))


def _parents(keys: set[UUID]) -> set[str]:
    return set(Parent.objects.filter(nir_key__in=keys, known_until=None).values_list("parent_no", flat=True))


def _other_parents(numbers: set[str]) -> set[str]:
    """Who owes a pension to one of these parents, or is owed one by them."""
    titles = Title.objects.filter(known_until=None)
    owing = titles.filter(creditor_no__in=numbers, debtor_no__isnull=False).values_list("debtor_no", flat=True)
    owed = titles.filter(debtor_no__in=numbers).values_list("creditor_no", flat=True)
    return {number for number in (*owing, *owed) if number}


def _keys_of(parent_numbers: set[str]) -> set[UUID]:
    found = Parent.objects.filter(parent_no__in=parent_numbers, known_until=None, nir_key__isnull=False)
    return {key for key in found.values_list("nir_key", flat=True) if key is not None}


def links_on(user: User, day: date) -> QuerySet[DeclaredLink]:
    """The links that somebody declared, in force that day."""
    return DeclaredLink.objects.filter(Q(until=None) | Q(until__gt=day), user_id=user.pk, since__lte=day)


def linked_subjects(user: User, day: date) -> set[str]:
    """Every file that a declared link closes to somebody: by the file, or by one of the people that it knows. Asked for a list:
    a line that is not shown is no attempt. One query without any link."""
    found = list(links_on(user, day).values_list("subject", "person_key"))
    shut = {subject for subject, _key in found if subject}
    keys = {key for _subject, key in found if key is not None} | {key for one in shut for key in people_of(one)}
    if keys:
        parents = _parents(keys)
        others = _other_parents(parents)
        shut |= {CMG + number for number in _accounts_known_by(keys | _keys_of(others))}
        shut |= {PENSION + number for number in parents | others}
    return shut


def closed_subjects(user: User, day: date, subjects: Iterable[str]) -> set[str]:
    """Of these files, those that a declared link closes to somebody."""
    return linked_subjects(user, day) & set(subjects)


def names_of(subjects: Iterable[str]) -> dict[str, str]:
    """How a page names each file, in three queries; a protected parent by their number alone."""
    wanted = set(subjects)
    names = {subject: _without_name(subject) for subject in wanted}
    accounts = Account.objects.filter(employer_no__in=_numbers(wanted, CMG), known_until=None)
    names |= {CMG + one.employer_no: f"Famille {one.last_name.title()}" for one in accounts}
    numbers = _numbers(wanted, PENSION)
    protected = set(Case.objects.filter(household_id__in=numbers, violence=True).values_list("household_id", flat=True))
    parents = Parent.objects.filter(parent_no__in=numbers, known_until=None).order_by("updated_at", "pk")
    names |= {
        PENSION + one.parent_no: f"{one.first_names or ''} {one.birth_name or ''}".strip().title()
        or names[PENSION + one.parent_no]
        for one in parents
        if one.parent_no not in protected
    }
    structures = CareStructure.objects.filter(cnaf_id__in=_numbers(wanted, STRUCTURE), known_until=None)
    return names | {STRUCTURE + one.cnaf_id: one.name for one in structures}


def number_of(subject: str) -> str:
    """The number of a file, without what names its kind."""
    return subject.rpartition(":")[2]


def _numbers(subjects: set[str], prefix: str) -> list[str]:
    return [subject.removeprefix(prefix) for subject in subjects if subject.startswith(prefix)]


def _without_name(subject: str) -> str:
    kinds = {CMG: "Compte employeur", PENSION: "Parent", STRUCTURE: "Structure", "childminder:": "Assistant maternel"}
    kind = next((words for prefix, words in kinds.items() if subject.startswith(prefix)), "Dossier")
    return f"{kind} {number_of(subject)}".strip()
