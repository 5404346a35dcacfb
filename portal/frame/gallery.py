"""What the page of components shows: each contract, read from the component itself, and made-up values for its states."""

import re
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django.conf import settings

from portal.frame.filters import Field, FilterBar
from portal.frame.paging import Page

FOLDER = Path(settings.BASE_DIR) / "templates" / "components"
CONTRACT = re.compile(r"\{# (\w+): (.+?) #\}")
DAY = date(2026, 10, 26)
PARIS = ZoneInfo("Europe/Paris")


def contracts() -> dict[str, str]:
    """Each component's contract: the comment that opens its file."""
    found = {}
    for path in sorted(FOLDER.glob("*.html")):
        opening = CONTRACT.match(path.read_text(encoding="utf-8"))
        if opening and opening[1] == path.stem:
            found[path.stem] = opening[2]
    return found


def samples() -> dict[str, object]:
    """Made-up values, those of the demonstration where it has some."""
    helene = SimpleNamespace(full_name="Hélène Marchetti")
    bruno = SimpleNamespace(full_name="Bruno Kermarrec")
    first = _signature(helene, "AUTHORISING_OFFICER", 12)
    fields = [
        Field("code", "Motif", [("CMG-013", "CMG-013 Numéro allocataire changé")], value="CMG-013"),
        Field("q", "Nom, n° d’employeur ou de déclaration"),
    ]
    return {
        "day": DAY,
        "days": [date(2026, 11, 9), date(2026, 10, 29), DAY, date(2026, 10, 22), None],
        "owners": [SimpleNamespace(full_name="Thomas Vidal"), None],
        "digest": "7c4a91e03b22ffaa" * 4,
        "signatures": [[], [first], [first, _signature(bruno, "ACCOUNTING_OFFICER", 40)]],
        "runs": _runs(),
        "since": SimpleNamespace(
            total=1, words="1 déclaration ajoutée", debit_change_cents=0, payout_change_cents=46_153
        ),
        "changed": SimpleNamespace(state="TO_SIGN", digest="1" * 64),
        "same": SimpleNamespace(state="TO_SIGN", digest="0" * 64),
        "voided": [SimpleNamespace(user=helene, signed_at=first.signed_at, digest="0" * 64)],
        "sums": {
            "contributions_cents": 1_148_290_120, "deduction_cents": 0, "part_a_cents": 1_130_177_605,
            "offset_cents": 0, "withholding_tax_cents": 0, "debit_cents": 18_112_515,
        },
        "lines": _change_lines(),
        "former": date(2026, 9, 1),
        "sides": _sides(),
        "explained": _explained(),
        "errors": [
            {"column": "care_month", "message": "« 2026-13 » n’est pas un mois.", "remedy": "Attendu : AAAA-MM."}
        ],
        "bar": FilterBar("cmg:held", fields),
        "page": Page([], "1", "25"),
    }  # fmt: skip


def _signature(user: SimpleNamespace, role: str, minute: int) -> SimpleNamespace:
    return SimpleNamespace(user=user, role=role, signed_at=datetime(2026, 10, 26, 15, minute, tzinfo=PARIS))


def _runs() -> list[tuple[str, SimpleNamespace]]:
    beat = datetime(2026, 10, 26, 9, 1, tzinfo=PARIS)
    shapes = (("en attente", 0, 0, None, 0), ("en marche", 28, 12_400, beat, 0), ("une tranche à reprendre", 60, 26_100, beat, 1),
              ("fini", 64, 27_914, beat, 0))  # fmt: skip
    return [
        (words, SimpleNamespace(slices_done=done, slices_total=64, percent=100 * done // 64, rows_done=rows,
                                rows_total=27_914, last_beat=at, failed=failed))
        for words, done, rows, at, failed in shapes
    ]  # fmt: skip


def _change_lines() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(label="Numéro allocataire changé", code="CMG-013", count_before=31, count=34, count_change=3,
                        cents_before=812_400, cents=902_011, cents_change=89_611),
        SimpleNamespace(label="Versements suspendus", code="", count_before=None, count=None, count_change=0,
                        cents_before=120_000, cents=90_000, cents_change=-30_000),
    ]  # fmt: skip


def _sides() -> list[SimpleNamespace]:
    dates = {"fund_date": date(2026, 9, 14), "pajemploi_date": date(2018, 5, 2)}
    return [
        SimpleNamespace(label="Numéro allocataire", fund="CAF63 6302118457", pajemploi="CAF43 4300772190",
                        verdict="DIFFER", **dates),
        SimpleNamespace(label="Droit de Rose", fund="ouvert du 01/10/2026", pajemploi="", verdict="MISSING_PAJEMPLOI",
                        **dates),
        SimpleNamespace(label="Droit de Lina", fund="", pajemploi="ouvert du 01/10/2026", verdict="MISSING_FUND",
                        **dates),
        SimpleNamespace(label="Droit de Noé", fund="ouvert du 01/10/2026", pajemploi="ouvert du 01/10/2026",
                        verdict="EQUAL", **dates),
    ]  # fmt: skip


def _explained() -> SimpleNamespace:
    return SimpleNamespace(
        steps=[
            SimpleNamespace(label="Coût mensuel retenu", value="626,00", unit="EUR", article="CSS D. 531-18, 1°"),
            SimpleNamespace(label="CMG, part rémunération", value="461,53", unit="EUR", article="CSS D. 531-18"),
        ],
        parameters=[
            SimpleNamespace(key="reference_hourly_cost", date="2026-01-01", value="4,91", source="CSS D. 531-18")
        ],
    )
