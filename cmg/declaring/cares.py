"""What a family may declare: its employees and its children, and where each month stands. Everything by its account."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from cmg.models import (
    Account,
    CareMode,
    Declaration,
    DeclarationKind,
    Employee,
    EmployeeKind,
    FamilyDraft,
    Right,
    Side,
)
from cmg.reconciliation.sides import next_month

EMPLOYEES_MOST, DECLARATIONS_MOST, CHILDREN_MOST = 20, 400, 10


@dataclass(frozen=True)
class Child:
    child_id: str
    born: date
    name: str


@dataclass(frozen=True)
class Care:
    """One declaration a month: an employee, and a child (all of them for a home employee)."""

    employee_no: str
    kind: str
    children: tuple[Child, ...]

    @property
    def child_ids(self) -> str:
        return "|".join(child.child_id for child in self.children)

    @property
    def child_birth_dates(self) -> str:
        return "|".join(child.born.isoformat() for child in self.children)

    @property
    def names(self) -> str:
        return " et ".join(child.name for child in self.children)

    @property
    def kind_words(self) -> str:
        return str(EmployeeKind(self.kind).label)


@dataclass(frozen=True)
class CareMonth:
    """Where one care stands in one month: the living declaration, and the draft being written."""

    care: Care
    month: date
    declared: Declaration | None
    draft: FamilyDraft | None


@dataclass(frozen=True)
class Family:
    """What is known of a family, read once: account, own rights, employees, declarations (the latest first), drafts."""

    account: Account
    rights: list[Right]
    employees: list[Employee]
    declarations: list[Declaration]
    drafts: list[FamilyDraft]


def own_rights(account: Account) -> list[Right]:
    """The rights of this very person. A beneficiary number alone shows nothing: two people may bear it by mistake
    (CMG-013), and neither may read the children of the other."""
    mine = Q(employer_no=account.employer_no)
    if account.nir_key is not None and account.nir_valid:
        mine = (mine & (Q(nir_key__isnull=True) | Q(nir_valid=False))) | Q(nir_key=account.nir_key)
    found = Right.objects.filter(mine, known_until__isnull=True)
    return list(found.order_by("child_birth_date", "child_id", "side", "-starts_on", "pk")[:100])


def family_known(account: Account) -> Family:
    """Four queries, whatever the family has."""
    number = account.employer_no
    employees = Employee.objects.filter(employer_no=number, known_until__isnull=True).order_by("employee_no")
    declared = Declaration.objects.filter(employer_no=number).order_by("-care_month", "declaration_no", "-version")
    drafts = FamilyDraft.objects.filter(employer_no=number, sent_at__isnull=True).order_by("pk")
    return Family(
        account, own_rights(account), list(employees[:EMPLOYEES_MOST]), list(declared[:DECLARATIONS_MOST]), list(drafts)
    )


def cares_of(family: Family, month: date) -> list[Care]:
    """The cares of the family's children born by the end of `month`, those declared lately first."""
    children = {one.child_id: one for one in children_of(family) if one.born < next_month(month)}
    found: list[tuple[bool, Care]] = []
    for employee in family.employees:
        before = _declared_with(family, employee.employee_no)
        if employee.employee_kind == EmployeeKind.HOME_EMPLOYEE:
            together = _at_home(family, children, before)
            if together:
                found.append((False, Care(employee.employee_no, employee.employee_kind, tuple(together))))
            continue
        for child in children.values():
            new = child.child_id not in before
            found.append((new, Care(employee.employee_no, employee.employee_kind, (child,))))
    return [care for _new, care in sorted(found, key=lambda one: one[0])]


def children_of(family: Family) -> list[Child]:
    """The children of the family's rights, then those it only declared; ten at most."""
    found: dict[str, Child] = {}
    for right in sorted(family.rights, key=lambda one: one.side != Side.FUND):
        known = found.get(right.child_id)
        if known is None or known.name == NAMELESS:
            name = right.child_first_name or NAMELESS
            found[right.child_id] = Child(right.child_id, right.child_birth_date, name)
    for declared in family.declarations:
        pairs = zip(declared.child_ids.split("|"), declared.child_birth_dates.split("|"), strict=False)
        for child_id, born in pairs:
            found.setdefault(child_id, Child(child_id, date.fromisoformat(born), NAMELESS))
    named = [_named(child) for child in found.values()]
    return sorted(named, key=lambda child: (child.born, child.child_id))[:CHILDREN_MOST]


NAMELESS = ""


def _named(child: Child) -> Child:
    return child if child.name else Child(child.child_id, child.born, f"l’enfant né le {child.born:%d/%m/%Y}")


def _declared_with(family: Family, employee_no: str) -> set[str]:
    """The children of the last month declared with this employee."""
    own = [one for one in family.declarations if one.employee_no == employee_no]
    last = max((one.care_month for one in own), default=None)
    return {child for one in own if one.care_month == last for child in one.child_ids.split("|")}


def _at_home(family: Family, children: dict[str, Child], before: set[str]) -> list[Child]:
    """All the children kept at home, in the order of their identifiers, as the declaration names them."""
    of_right = {right.child_id for right in family.rights if right.care_mode == CareMode.HOME_EMPLOYEE}
    wanted = (before | of_right) or set(children)
    return sorted((child for key, child in children.items() if key in wanted), key=lambda child: child.child_id)


def months_of_cares(family: Family, month: date) -> list[CareMonth]:
    """Every care of a month with where it stands; what was declared otherwise (another set of children) too."""
    living = {(one.employee_no, one.child_ids): one for one in living_declarations(family, month)}
    drafts = {(one.employee_no, one.child_ids): one for one in family.drafts if one.care_month == month}
    found = []
    for care in cares_of(family, month):
        key = (care.employee_no, care.child_ids)
        found.append(CareMonth(care, month, living.pop(key, None), drafts.pop(key, None)))
    kinds = {one.employee_no: one.employee_kind for one in family.employees}
    names = {child.child_id: child for child in children_of(family)}
    for (employee_no, child_ids), declared in living.items():
        children = tuple(names[child] for child in child_ids.split("|") if child in names)
        care = Care(employee_no, kinds.get(employee_no, EmployeeKind.CHILDMINDER), children)
        found.append(CareMonth(care, month, declared, drafts.get((employee_no, child_ids))))
    return found


def living_declarations(family: Family, month: date) -> list[Declaration]:
    """The last version of each declaration of the month, cancelled ones left out."""
    versions: dict[str, list[Declaration]] = defaultdict(list)
    for one in family.declarations:
        if one.care_month == month:
            versions[one.declaration_no].append(one)
    last = [max(several, key=lambda one: one.version) for several in versions.values()]
    return [one for one in last if one.kind != DeclarationKind.CANCELLATION]


def last_like(family: Family, care: Care, month: date) -> Declaration | None:
    """The last living declaration of the same care before `month`: its values are copied into a new draft."""
    for one in family.declarations:
        same = (one.employee_no, one.child_ids) == (care.employee_no, care.child_ids)
        if same and one.care_month < month and one in living_declarations(family, one.care_month):
            return one
    return None
