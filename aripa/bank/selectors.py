"""What the page of the bank shows: what a day asked, the files that left, and what waits with its reason and its remedy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from aripa.models import BankMove, Parent, Waits
from aripa.selectors import visible
from aripa.words import MOVEMENTS, READERS, RETURNS
from portal.accounts.models import User
from portal.accounts.permissions import may
from portal.accounts.rights import Right
from portal.banking.models import BankFile, PaymentOrder
from portal.banking.services import PENSIONS

FILES = 30
# What to do, by reason. Nobody types an account for a parent: it comes from that parent, with a second factor, or a file.
HOW = {
    Waits.NO_ACCOUNT: "Demandez au parent de donner son compte sur sa page « Compte bancaire », où cette somme l’attend ; le "
    "fichier des parents peut aussi l’apporter. L’argent part avec le premier jour vécu qui le connaît.",
    Waits.CAME_BACK: "Demandez au parent un autre compte, sur sa page « Compte bancaire », ou un relevé récent du même. "
    "L’argent repart avec le premier jour vécu qui le connaît : rien n’est perdu, rien ne part deux fois.",
    Waits.FILE_REFUSED: "Le compte de la personne n’est pas en cause. L’agent comptable trouve la cause avec la banque, puis "
    "l’exploitant redemande tout le fichier (send_pensions_again).",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a day asked of the bank, by kind; of it, what has no order under way."""

    words: str
    count: int
    cents: int
    waiting: int


def asked_on(day: date) -> list[Asked]:
    """What the movements of a day ask, in the order of the table of movements."""
    rows = BankMove.objects.filter(day=day).values("kind").order_by()
    found = {
        row["kind"]: Asked(MOVEMENTS[row["kind"]], row["count"], row["cents"], row["waiting"])
        for row in rows.annotate(count=Count("pk"), cents=Sum("amount_cents"), waiting=Count("pk", filter=~Q(waits="")))
    }
    return [found[kind] for kind in MOVEMENTS if kind in found]


def last_files() -> list[BankFile]:
    """The last files of pensions, the latest first."""
    own = BankFile.objects.filter(run__isnull=True, message_id__startswith=f"{PENSIONS.prefix}-")
    return list(own.order_by("-pk")[:FILES])


@dataclass(frozen=True)
class Waiting:
    """A movement that waits: what, of whom, and why. It names nobody: its case does."""

    move: BankMove
    words: str
    party: str
    why: str


def waiting(user: User, day: date) -> QuerySet[BankMove]:
    """What waits in the cases that the user may see; everything, for who answers for the files."""
    found = BankMove.objects.exclude(waits="")
    if may(user, Right.FETCH_SUPPORT_FILES, day):
        return found
    return found.filter(case_id__in=visible(user, day).values("pk"))


def waiting_lines(moves: Sequence[BankMove]) -> list[Waiting]:
    """The lines of a page, with the bank's reason of each. One query."""
    reasons = _reasons(one.end_to_end_id for one in moves if one.waits == Waits.CAME_BACK)
    return [
        Waiting(
            one, MOVEMENTS[one.kind], READERS[one.party], reasons.get(one.end_to_end_id, Waits(one.waits).label)
        )
        for one in moves
    ]  # fmt: skip


@dataclass(frozen=True)
class Reason:
    """Why some movements wait, how many, how much, and what is to be done."""

    why: str
    count: int
    cents: int
    how: str


def reasons_of(found: QuerySet[BankMove]) -> list[Reason]:
    """The reasons of everything that waits, in the order of `Waits`."""
    rows = {
        row["waits"]: row for row in found.values("waits").order_by().annotate(n=Count("pk"), sum=Sum("amount_cents"))
    }
    return [Reason(one.label, rows[one]["n"], rows[one]["sum"], HOW[one]) for one in Waits if one in rows]


def _reasons(references: Iterable[str]) -> dict[str, str]:
    codes = PaymentOrder.objects.filter(end_to_end_id__in=list(references)).values_list("end_to_end_id", "reason_code")
    return {
        one: f"revenu : {RETURNS.get(code, f'motif {code}' if code else 'motif non précisé')}" for one, code in codes
    }


@dataclass(frozen=True)
class ForAccount:
    """What waits for one parent's account; `reason`: the bank's, when a transfer came back; `given`: another one came,
    which the next day lived will hear."""

    cents: int
    reason: str
    given: bool


def waiting_for_accounts(case_no: str) -> dict[str, ForAccount]:
    """By party, what each parent of a case is owed and cannot be paid, for want of an account that works. One query when
    nothing waits; a parent is shown their own side alone."""
    found: dict[str, list[BankMove]] = {}
    waiting = BankMove.objects.filter(~Q(waits=""), case_id=case_no).exclude(waits=Waits.FILE_REFUSED)
    for one in waiting.exclude(kind="DEBIT").order_by("pk"):
        found.setdefault(one.party, []).append(one)
    return {party: _for_account(moves) for party, moves in found.items()}


def _for_account(moves: Sequence[BankMove]) -> ForAccount:
    back = [one.end_to_end_id for one in moves if one.waits == Waits.CAME_BACK]
    codes = PaymentOrder.objects.filter(end_to_end_id__in=back[-1:]).values_list("reason_code", flat=True)
    reason = next((RETURNS.get(one, "motif non précisé") for one in codes), "")
    fresh = Parent.objects.filter(
        parent_no=moves[0].parent_no, known_until__isnull=True, heard_on__isnull=True, iban_valid=True
    )
    return ForAccount(sum(one.amount_cents for one in moves), reason, fresh.exists())
