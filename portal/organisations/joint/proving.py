"""The proof of a joint fund's first day, and of the day on which it ends: as many files noted, found again and open to who
answers; each deadline the one noted; the ledger, the bank's orders and the sums that wait the same to the cent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import BooleanField, CharField, Count, ExpressionWrapper, F, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Concat

from portal.banking.models import PaymentOrder
from portal.ledger.models import Account, Entry, Leg
from portal.organisations.joint.moving import Holding, Move, codes_received, holding_of, holdings, moves_of
from portal.organisations.models import FileMove, FundReturn

AT_ONCE, DIFFERENCES_MOST = 2000, 100
LOST = "introuvable sous la caisse commune"
LOST_BACK = "introuvable sous l’organisme qui répond à nouveau"


@dataclass(frozen=True)
class Found:
    """What stands now for one noted file: nothing, or whether it is open and until when."""

    is_open: bool
    trouble: str = ""


@dataclass(frozen=True)
class Difference:
    """One noted file that is not as it was noted. `key` is empty when its number is protected."""

    label: str
    key: str
    words: str


@dataclass
class Line:
    """One kind: noted on the day, found again since, open now to who answers, closed since by an act, in trouble; the cents
    of those that are sums."""

    kind: str
    label: str
    noted: int = 0
    moved: int = 0
    open: int = 0
    closed: int = 0
    differences: int = 0
    cents: int = 0

    @property
    def is_equal(self) -> bool:
        return self.noted == self.moved == self.open + self.closed


@dataclass
class Proof:
    """`money`: of each kind whose money is proved, what was noted and what is read now."""

    lines: list[Line]
    differences: list[Difference] = field(default_factory=list)
    money: list["Money"] = field(default_factory=list)

    @property
    def is_proved(self) -> bool:
        whole = all(one.is_equal and not one.differences for one in self.lines)
        return whole and all(one.before == one.after for one in self.money)


@dataclass(frozen=True)
class Money:
    """Of the families noted: the balance of each account of the ledger, the orders of the bank and their cents; of sums that
    wait, their cents."""

    label: str
    before: dict[str, Any]
    after: dict[str, Any]


def found_again(move: Move, moves: Sequence[FileMove], day: date) -> dict[int, Found]:
    """What stands of each noted file under who answers, by the key of its row; one query a kind and two thousand."""
    found: dict[int, Found] = {}
    lost = LOST_BACK if isinstance(move, FundReturn) else LOST
    for kind in sorted({one.kind for one in moves}):
        rows = _standing(move, holding_of(kind), [one.key for one in moves if one.kind == kind], day)
        found |= {one.pk: _compared(one, rows.get(one.key), lost) for one in moves if one.kind == kind}
    return found


def _standing(move: Move, one: Holding, keys: list[str], day: date) -> dict[str, tuple[bool, date | None]]:
    """What the new body sees of these keys: in the files it serves that day in the branch, and nowhere else."""
    inside = Q(pk__in=[])
    for code in codes_received(move, one.branch, day):
        inside |= one.of(code)
    open_now = ExpressionWrapper(one.is_open, BooleanField())
    rows = one.rows().filter(inside, **{f"{one.key}__in": keys}).annotate(move_open=open_now)
    columns = [one.key, "move_open", *([one.deadline] if one.deadline else [])]
    return {
        str(row[0]): (bool(row[1]), row[2] if one.deadline else None) for row in rows.values_list(*columns).order_by()
    }


def _compared(noted: FileMove, row: tuple[bool, date | None] | None, lost: str) -> Found:
    if row is None:
        return Found(is_open=False, trouble=lost)
    is_open, deadline = row
    if is_open and deadline != noted.deadline:
        return Found(is_open=True, trouble=f"délai noté : {_day(noted.deadline)} ; lu : {_day(deadline)}")
    return Found(is_open=is_open)


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "aucun"


def proof_of(move: Move, noted_money: dict[str, Any], day: date) -> Proof:
    """Everything read again now. Bounded in memory: two thousand files at a time."""
    lines, told = counted(move), []
    for part in _parts(move):
        found = found_again(move, part, day)
        for noted in part:
            line, now = lines[noted.kind], found[noted.pk]
            line.open, line.closed = line.open + now.is_open, line.closed + (not now.is_open and not now.trouble)
            if now.trouble:
                line.differences += 1
                told.append(_difference(noted, now.trouble))
    return Proof(list(lines.values()), told[:DIFFERENCES_MOST], money_compared(move, noted_money))


def _parts(move: Move) -> Iterator[list[FileMove]]:
    """Two thousand noted files at a time, by key."""
    last = 0
    while part := list(moves_of(move).filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield part
        last = part[-1].pk


def counted(move: Move) -> dict[str, Line]:
    """Noted and found again, by kind; one query."""
    rows = moves_of(move).values("kind").annotate(noted=Count("pk"), moved=Count("moved_at")).order_by("kind")
    return {row["kind"]: Line(row["kind"], holding_of(row["kind"]).label, row["noted"], row["moved"]) for row in rows}


def _difference(noted: FileMove, words: str) -> Difference:
    one = holding_of(noted.kind)
    return Difference(one.label, noted.key if one.tells_keys else "", words)


def note_money(move: Move) -> dict[str, Any]:
    """The money of the families noted, as it stands: until which entry and order, then account by account."""
    marks = {
        "entry": Entry.objects.aggregate(last=Max("pk"))["last"] or 0,
        "order": PaymentOrder.objects.aggregate(last=Max("pk"))["last"] or 0,
    }
    return {"marks": marks, "kinds": {one.kind: _money(move, one, marks) for one in _with_money()}}


def money_compared(move: Move, noted: dict[str, Any]) -> list[Money]:
    """Entries and orders written since are left out: they are the joint fund's own work."""
    before = noted.get("kinds", {})
    return [
        Money(one.label, before[one.kind], _money(move, one, noted["marks"]))
        for one in _with_money() if one.kind in before
    ]  # fmt: skip


def _with_money() -> list[Holding]:
    return [one for one in holdings() if one.subject is not None or one.cents]


def _money(move: Move, one: Holding, marks: dict[str, int]) -> dict[str, Any]:
    return _sums(move, one) if one.cents else _accounts(move, one, marks)


def _sums(move: Move, one: Holding) -> dict[str, Any]:
    """The cents of the sums noted, paid or given up since or not: a sum never changes."""
    keys = moves_of(move).filter(kind=one.kind).values("key")
    found = one.rows().annotate(move_key=Cast(one.key, CharField())).filter(move_key__in=keys)
    return {"sums": int(found.aggregate(cents=Sum(one.cents, default=0))["cents"])}


def _accounts(move: Move, one: Holding, marks: dict[str, int]) -> dict[str, Any]:
    subjects = _subjects(move, one)
    legs = Leg.objects.filter(entry_id__lte=marks["entry"], entry__subject__in=subjects)
    sums = legs.values("account").annotate(cents=Sum("amount_cents")).order_by("account")
    orders = PaymentOrder.objects.filter(pk__lte=marks["order"], subject__in=subjects)
    told = orders.aggregate(count=Count("pk"), cents=Sum("amount_cents", default=0))
    return {
        "accounts": {Account(row["account"]).name: row["cents"] for row in sums},
        "orders": told["count"], "orders_cents": int(told["cents"]),
    }  # fmt: skip


def _subjects(move: Move, one: Holding) -> QuerySet[Any]:
    """``cmg:employer:00123`` of each family noted."""
    assert one.subject is not None, "only kinds whose money is proved"
    former = moves_of(move).filter(kind=one.kind).values_list("former", flat=True).first() or ""
    return moves_of(move).filter(kind=one.kind).values(subject=Concat(Value(one.subject(former)), F("key")))
