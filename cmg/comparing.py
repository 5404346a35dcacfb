"""What a month changed: against the month before, by reason, and against what was signed when files came in late."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from cmg.closing.slices import DIGESTED
from cmg.models import ChangeKind, DigestChange, SignedResult
from cmg.reconciliation.catalogue import catalogue
from portal.batches.models import Run, RunState

# What the digest of a run binds, row by row, and what of it leaves for the bank.
RESULTS = f"""
SELECT s.run_id, s.declaration_id, s.employer_no, s.fund, s.status, s.anomaly_codes,
       CASE WHEN s.status = 'SETTLED' THEN s.debit_cents ELSE 0 END AS debit_cents,
       CASE WHEN s.status = 'SETTLED' AND NOT s.payout_blocked THEN s.payout_cents ELSE 0 END AS payout_cents,
       CASE WHEN s.status = 'HELD' THEN s.held_debit_cents ELSE 0 END AS held_cents,
       md5(concat_ws(',', {", ".join(f"s.{name}" for name in DIGESTED)}))::uuid AS fingerprint
FROM cmg_settlement s WHERE s.run_id = %(run)s
"""
KEEP_SIGNED = f"""
INSERT INTO cmg_signedresult (run_id, declaration_id, employer_no, fund, status, anomaly_codes, debit_cents,
                              payout_cents, held_cents, fingerprint)
{RESULTS}
"""
NOTE_CHANGES = f"""
INSERT INTO cmg_digestchange (run_id, declaration_id, kind, employer_no, fund, status_before, status_after,
                              codes_before, codes_after, debit_before_cents, debit_after_cents, payout_before_cents,
                              payout_after_cents, held_before_cents, held_after_cents)
SELECT %(run)s, coalesce(a.declaration_id, b.declaration_id),
       CASE WHEN b.id IS NULL THEN 'ADDED' WHEN a.declaration_id IS NULL THEN 'REMOVED' ELSE 'CHANGED' END,
       coalesce(a.employer_no, b.employer_no), coalesce(a.fund, b.fund),
       coalesce(b.status, ''), coalesce(a.status, ''), coalesce(b.anomaly_codes, ''), coalesce(a.anomaly_codes, ''),
       b.debit_cents, a.debit_cents, b.payout_cents, a.payout_cents, b.held_cents, a.held_cents
FROM ({RESULTS}) a
FULL JOIN (SELECT * FROM cmg_signedresult WHERE run_id = %(run)s) b ON b.declaration_id = a.declaration_id
WHERE a.fingerprint IS DISTINCT FROM b.fingerprint
ORDER BY 2
"""

EUROS_BY_CODE = """
SELECT n.code, coalesce(sum(s.held_debit_cents) FILTER (WHERE s.status = 'HELD'), 0),
       coalesce(sum(s.debit_cents) FILTER (WHERE s.status = 'SETTLED'), 0),
       coalesce(sum(s.payout_cents) FILTER (WHERE s.status = 'SETTLED'), 0)
FROM (SELECT DISTINCT code, declaration_id FROM cmg_anomaly WHERE run_id = %(run)s) n
JOIN cmg_settlement s ON s.run_id = %(run)s AND s.declaration_id = n.declaration_id
GROUP BY n.code
"""


def keep_signed_results(run: Run) -> None:
    """Before a run is done again: keep what its standing signatures bound. Without any, what was kept stays."""
    if not run.signatures.filter(voided_at__isnull=True, digest=run.digest).exists():
        return
    SignedResult.objects.filter(run=run).delete()
    with connection.cursor() as cursor:
        cursor.execute(KEEP_SIGNED, {"run": run.pk})


def note_changes(run: Run) -> None:
    """Once a run is done again: list what differs from the last signed digest. Repeatable."""
    DigestChange.objects.filter(run=run).delete()
    if SignedResult.objects.filter(run=run).exists():
        with connection.cursor() as cursor:
            cursor.execute(NOTE_CHANGES, {"run": run.pk})


def forget_signed_results(run_pk: int) -> None:
    """Issued: what was signed is what left, the copy is of no use."""
    SignedResult.objects.filter(run_id=run_pk).delete()


def euros_by_code(run: Run) -> dict[str, dict[str, int]]:
    """Cents held, debited and paid on the declarations that bear each code; one with two codes counts in both."""
    with connection.cursor() as cursor:
        cursor.execute(EUROS_BY_CODE, {"run": run.pk})
        return {
            code: {"held_cents": int(held), "debit_cents": int(debit), "payout_cents": int(payout)}
            for code, held, debit, payout in cursor.fetchall()
        }


@dataclass(frozen=True)
class Line:
    """One reason: how many and how many cents, before and now; None where the kind has no such figure."""

    label: str
    count_before: int | None
    count: int | None
    cents_before: int | None
    cents: int | None
    code: str = ""

    @property
    def count_change(self) -> int:
        return (self.count or 0) - (self.count_before or 0)

    @property
    def cents_change(self) -> int:
        return (self.cents or 0) - (self.cents_before or 0)

    @property
    def moved(self) -> bool:
        return bool(self.count_change or self.cents_change)


@dataclass(frozen=True)
class Comparison:
    """A run beside the one of the month before, from the totals that both keep."""

    previous: Run
    kinds: list[Line]
    codes: list[Line]
    codes_unmoved: int


# Kinds of settlement: what they are called, where their count and their cents are in a run's totals.
KINDS = (
    ("Déclarations réglées", "statuses.SETTLED", "sums.contributions_cents"),
    ("Prélèvements", "debits", "sums.debit_cents"),
    ("Versements", "payouts", "sums.payout_cents"),
    ("Versements suspendus", "", "blocked_payout_cents"),
    ("Familles retenues, prélèvement arrêté", "held_families", "held_debit_cents"),
    ("Déclarations remplacées par une correction", "statuses.SUPERSEDED", ""),
    ("Déclarations annulées", "statuses.CANCELLED", ""),
    ("Déclarations rejetées (reçues deux fois)", "statuses.REJECTED", ""),
    ("Factures de structures", "structures.invoices", "structures.payout_cents"),
)


def compare_with_last_month(run: Run) -> Comparison | None:
    """`run` beside the first issued run of the last month before it; None for a run of differences, or a first month.

    One query, whatever the number of families: the figures are those the runs added up when they ended.
    """
    if run.ordinal > 1:
        return None
    issued = (RunState.ISSUED, RunState.RECONCILED)
    found = Run.objects.filter(kind=run.kind, month__lt=run.month, ordinal=1, dry_run=False, state__in=issued)
    previous = found.order_by("-month").first()
    if previous is None:
        return None
    former, now = previous.totals, run.totals
    kinds = [
        Line(label, _figure(former, count), _figure(now, count), _figure(former, cents), _figure(now, cents))
        for label, count, cents in KINDS
    ]
    codes = _code_lines(former.get("codes", {}), now.get("codes", {}))
    moved = sorted((line for line in codes if line.moved), key=lambda line: (-abs(line.cents_change), line.code))
    return Comparison(
        previous,
        [line for line in kinds if line.count or line.count_before or line.cents_before or line.cents],
        moved,
        len(codes) - len(moved),
    )


def _figure(totals: Mapping[str, object], path: str) -> int | None:
    if not path:
        return None
    found: object = totals
    for key in path.split("."):
        found = found.get(key, 0) if isinstance(found, Mapping) else 0
    return int(str(found))


def _code_lines(former: Mapping[str, Mapping[str, int]], now: Mapping[str, Mapping[str, int]]) -> list[Line]:
    return [
        Line(
            catalogue()[code].label,
            former.get(code, {}).get("families", 0),
            now.get(code, {}).get("families", 0),
            former.get(code, {}).get("held_cents", 0),
            now.get(code, {}).get("held_cents", 0),
            code,
        )
        for code in sorted(former.keys() | now.keys())
    ]


@dataclass(frozen=True)
class SinceSignature:
    """How many declarations are not what was signed, by kind, and what that changes to the bank's sums."""

    added: int
    changed: int
    removed: int
    debit_change_cents: int
    payout_change_cents: int

    @property
    def total(self) -> int:
        return self.added + self.changed + self.removed

    @property
    def words(self) -> str:
        """``1 déclaration ajoutée, 2 modifiées``."""
        counted = [(self.added, "ajoutée"), (self.changed, "modifiée"), (self.removed, "retirée")]
        parts = [f"{count} {word}{'s' if count > 1 else ''}" for count, word in counted if count]
        if not parts:
            return ""
        first, _, rest = parts[0].partition(" ")
        return ", ".join([f"{first} déclaration{'s' if int(first) > 1 else ''} {rest}", *parts[1:]])


def since_signature(run: Run) -> SinceSignature:
    """One query."""
    settled = {
        name: Coalesce(Sum(F(f"{name}_after_cents"), default=0), 0)
        - Coalesce(Sum(F(f"{name}_before_cents"), default=0), 0)
        for name in ("debit", "payout")
    }
    rows = DigestChange.objects.filter(run=run).values("kind").annotate(count=Count("pk"), **settled).order_by("kind")
    counts = {row["kind"]: row for row in rows}
    return SinceSignature(
        *(counts.get(kind, {}).get("count", 0) for kind in (ChangeKind.ADDED, ChangeKind.CHANGED, ChangeKind.REMOVED)),
        debit_change_cents=sum(row["debit"] for row in counts.values()),
        payout_change_cents=sum(row["payout"] for row in counts.values()),
    )


def changes_of(run: Run, funds: list[str] | None) -> QuerySet[DigestChange]:
    """The declarations that are not what was signed, those of `funds` only when given."""
    found = DigestChange.objects.filter(run=run).select_related("declaration", "declaration__file").order_by("pk")
    return found if funds is None else found.filter(fund__in=funds)
