"""What the page of components shows: each contract, read from the component itself, and made-up values for its states."""

import re
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django.conf import settings

from portal.frame.charts import Chart, bars, lines
from portal.frame.filters import Field, FilterBar
from portal.frame.maps import area_map
from portal.frame.paging import Page
from portal.frame.questions import Question
from portal.frame.simulators import Compared, Comparison

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
    first = _signature(helene, 12)
    fields = [
        Field("code", "Motif", [("CMG-013", "CMG-013 Numéro allocataire changé")], value="CMG-013"),
        Field("q", "Nom, n° d’employeur ou de déclaration"),
    ]
    return {
        "day": DAY,
        "days": [date(2026, 11, 9), date(2026, 10, 29), DAY, date(2026, 10, 22), None],
        "met": date(2026, 10, 20),
        "owners": [SimpleNamespace(full_name="Thomas Vidal", pk=1), SimpleNamespace(full_name="Nathalie Roche", pk=2), None],
        "me": SimpleNamespace(pk=1),
        "dossier": SimpleNamespace(body="FUND", fund="CAF63", opened_on=DAY, deadline=date(2026, 11, 9)),
        "digest": "7c4a91e03b22ffaa" * 4,
        "seatings": _seatings(first, _signature(bruno, 40)),
        "to_sign": SimpleNamespace(digest="7c4a91e03b22ffaa" * 4),
        "outliers": [SimpleNamespace(pk=1, label="Lefèvre Maud", cents=123_450, verb="à prélever.", url="#amount")],
        "seen": ["1"],
        "runs": _runs(),
        "since": SimpleNamespace(
            total=1, words="1 déclaration ajoutée", debit_change_cents=0, payout_change_cents=46_153
        ),
        "changed": SimpleNamespace(state="TO_SIGN", digest="1" * 64),
        "same": SimpleNamespace(state="TO_SIGN", digest="0" * 64),
        "voided": [SimpleNamespace(user=helene, signed_at=first.signed_at, digest="0" * 64)],
        "balances": [_balance(0), _balance(3)],
        "lines": _change_lines(),
        "former": date(2026, 9, 1),
        "sides": _sides(),
        **_explanations(),
        "papers": [SimpleNamespace(pk=1, name="relevé de compte.pdf", size=348_160, given_at=DAY)],
        "periods": _periods(),
        "receipt": {"number": "S-12", "at": first.signed_at, "done": "Vous avez signé l’empreinte 7C4A 91E0 3B22 FFAA…",
                    "steps": [SimpleNamespace(text="Signature de l’ordonnateur.", done=True),
                              SimpleNamespace(text="Signature de l’agent comptable : Bruno Kermarrec.", done=False),
                              SimpleNamespace(text="Émission vers la banque à 16 h.", done=False)]},
        "versions": [SimpleNamespace(label="care_month", theirs="2026-10", yours="2026-11")],
        "questions": [
            Question("sample-pay", "Salaire net", "560,00", "€"),
            Question("sample-scale", "Échelle", "CAF", choices=(("JUSTICE", "justice"), ("CAF", "caisse"))),
            Question("sample-children", "Enfants", "deux", error="Écrivez un nombre d’enfants, par exemple 2."),
        ],
        "next_steps": _next_steps(),
        "term_lines": _term_lines(),
        "steps": [SimpleNamespace(label="ASF avant CRDS", value="201,78 €", article="CSS R. 523-7")],
        "errors": [
            {"column": "care_month", "message": "« 2026-13 » n’est pas un mois.", "remedy": "Attendu : AAAA-MM."}
        ],
        "charts": _charts(),
        "map": area_map(
            "Puy-de-Dôme : 61 places pour 100 enfants", "Places pour 100 enfants de moins de trois ans.",
            {"03": 55, "15": 64, "43": 58, "63": 61, "75": 49, "974": 32}, str,
        ),
        "compared": [_compared(2), _compared(1)],
        "bar": FilterBar("cmg:held", fields),
        "page": Page([], "1", "25"),
    }  # fmt: skip


def _next_steps() -> list[SimpleNamespace]:
    """A notice that runs: what is done, the delay of now, what closes it."""
    article = "CSS R. 582-8, I"
    return [
        SimpleNamespace(text="L08 reçu", state="done", by=date(2026, 10, 20), article=""),
        SimpleNamespace(
            text="Attendre la fin des quinze jours", state="current", by=date(2026, 11, 4), article=article
        ),
        SimpleNamespace(text="Réglée, ou recouvrement forcé", state="coming", by=date(2026, 11, 5), article=article),
    ]


def _term_lines() -> list[SimpleNamespace]:
    """Each state of a term, with what was received, paid out and advanced."""

    def line(month: int, received: int, state: tuple[str, str], **more: object) -> SimpleNamespace:
        known = {"is_arrears": False, "due_on": date(2026, month, 10), "due": 250_00, "received": received,
                 "paid_out": received, "asf": None, "asf_words": "", "lacking": 250_00 - received, "returned": ""}  # fmt: skip
        return SimpleNamespace(month=date(2026, month, 1), state=state, **(known | more))

    return [
        line(6, 250_00, ("payé", "ok")),
        line(7, 100_00, ("payé en partie", "wait"), is_arrears=True),
        line(8, 0, ("en recouvrement forcé", "stop"), asf=200_78, asf_words="payée le 07/09"),
        line(9, 0, ("pas de terme", ""), due_on=None, due=0, lacking=0, asf=200_78, asf_words="à payer"),
        line(10, 0, ("impayé, rappel envoyé", "stop"), paid_out=250_00, returned="AM04 provision insuffisante"),
        line(11, 0, ("à venir", ""), lacking=0),
    ]


def _signature(user: SimpleNamespace, minute: int) -> SimpleNamespace:
    return SimpleNamespace(user=user, signed_at=datetime(2026, 10, 26, 15, minute, tzinfo=PARIS))


def _seatings(first: SimpleNamespace, second: SimpleNamespace) -> list[list[SimpleNamespace]]:
    """Nobody signed, one did, both did."""
    return [
        [
            SimpleNamespace(role="ordonnateur", signature=one, people=["Hélène Marchetti"]),
            SimpleNamespace(role="agent comptable", signature=two, people=["Bruno Kermarrec"]),
        ]
        for one, two in ((None, None), (first, None), (first, second))
    ]


def _balance(gap: int) -> SimpleNamespace:
    terms = [("prises en charge", 1_130_177_605), ("à prélever aux familles", 18_112_515 - gap)]
    return SimpleNamespace(whole=("Cotisations", 1_148_290_120), terms=terms, unexplained=gap)


def _runs() -> list[tuple[str, SimpleNamespace]]:
    close = "Vous pouvez fermer cette page."
    shapes = (
        ("en attente", 0, f"Demandé à 9 h 00, le calcul va commencer. {close}"),
        ("en marche", 12_400, f"En marche, dernière tranche à 9 h 01. {close}"),
        ("lent", 12_400, f"C’est plus long que d’habitude, dernière tranche à 9 h 01. {close}"),
        (
            "interrompu",
            12_400,
            f"Arrêté à 9 h 01. Le portail reprend seul où il en était ; rien n’est à refaire. {close}",
        ),
        ("une tranche à reprendre", 26_100, f"1 tranche à reprendre : le portail réessaie. {close}"),
        ("fini", 27_914, "Calcul terminé en 2 min 04 s."),
    )
    return [
        (name, SimpleNamespace(done=done, total=27_914, percent=100 * done // 27_914, words=words))
        for name, done, words in shapes
    ]


def _periods() -> SimpleNamespace:
    """A gap, an overlap, what is held, today."""

    def segment(
        kind: str, x: int, width: int, start: date, end: date | None, words: str, *, overlaps: bool = False
    ) -> SimpleNamespace:
        return SimpleNamespace(kind=kind, x=x, width=width, start=start, end=end, words=words, overlaps=overlaps)

    june, august, september, october, november = (date(2026, month, 1) for month in (6, 8, 9, 10, 11))
    rows = [
        ("Droit de Noé, caisse", [segment("open", 240, 100, june, august, "droit ouvert"),
                                  segment("open", 390, 150, september, None, "droit ouvert")]),
        ("Droit de Noé, Pajemploi", [segment("open", 240, 200, june, october, "droit ouvert"),
                                     segment("suspended", 390, 100, september, november, "droit suspendu", overlaps=True)]),
        ("Déclaré", [segment("declared", 440, 50, october, november, "déclaré")]),
        ("Réglé ou retenu", [segment("paid", 390, 50, september, october, "réglée"),
                             segment("held", 440, 50, october, november, "retenue")]),
    ]  # fmt: skip
    drawn = [
        SimpleNamespace(label=label, segments=segments, y=20 + 24 * number, text_y=31 + 24 * number)
        for number, (label, segments) in enumerate(rows)
    ]
    names = ("juin", "juil.", "août", "sept.", "oct.", "nov.")
    ticks = [SimpleNamespace(x=240 + 50 * n, text_x=243 + 50 * n, words=name) for n, name in enumerate(names)]
    return SimpleNamespace(rows=drawn, ticks=ticks, today_x=480, width=540, height=116)


def _charts() -> list[Chart]:
    """Lines, bars, and nothing yet: drawn as the pages draw theirs."""
    months = ["août 26", "sept. 26", "oct. 26"]
    ages = {"7 jours au plus": [1, 3, 2], "plus de 30 jours": [0, 0, 1]}
    held = "Familles retenues"
    return [
        lines("3 dossiers ouverts, le plus ancien : 34 jours", "Dossiers ouverts, par âge.", "dossiers", months, ages),
        bars("Septembre 2026 : 3 familles encore retenues", f"{held}, par mois.", "familles", months, held, [1, 3, 2]),
        bars("Aucun dossier n’est ouvert", "", "dossiers", months[2:], "Dossiers", [0]),
    ]


def _compared(count: int) -> Comparison:
    """Modes of care side by side, or one alone."""
    lines = [
        Compared("Crèche collective", [("Coût du mois", "279,00 €"), ("Reste par mois", "139,50 €")], ""),
        Compared("Assistante maternelle", [("Coût du mois", "1 349,49 €"), ("Reste par mois", "179,73 €")], ""),
    ][:count]
    chart = bars(
        f"Ce qui reste chaque mois, {count} {'mode' if count == 1 else 'modes'}", "Reste par mois.", "euros",
        ["Crèche", "Ass. maternelle"][:count], "Reste par mois", [140, 180][:count], all_over=True, of="Mode de garde",
    )  # fmt: skip
    return Comparison(
        ("Mode de garde", "Coût du mois", "Reste par mois"), lines, chart, ["Les prix sont des exemples."]
    )


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
        SimpleNamespace(label="Droit pour l’enfant déclaré, né le 26/10/2024", fund="", pajemploi="", verdict="MISSING_BOTH",
                        fund_date=None, pajemploi_date=None),
        SimpleNamespace(label="Droit de Noé", fund="ouvert du 01/10/2026", pajemploi="ouvert du 01/10/2026",
                        verdict="EQUAL", **dates),
    ]  # fmt: skip


def _explanations() -> dict[str, object]:
    """The steps of an aid, then the same with one fact changed; its facts and its figures."""

    def line(label: str, how: str, value: str, former: str = "") -> SimpleNamespace:
        worked = SimpleNamespace(sentence=how)
        return SimpleNamespace(label=label, worked=worked, value=value, article="CSS D. 531-18", former=former)

    cost = line("Coût retenu", "560,00\u00a0€ + 66,00\u00a0€", "626,00\u00a0€")
    aid = "626,00\u00a0€ × (100 % − 2\u00a0500\u00a0€ × 0,0516\u00a0% ÷ 4,91\u00a0€)"
    other = "626,00\u00a0€ × (100 % − 3\u00a0000\u00a0€ × 0,0516\u00a0% ÷ 4,91\u00a0€)"
    steps = [cost, line("Aide", aid, "461,53\u00a0€")]
    changed = [cost, line("Aide", other, "428,64\u00a0€", "461,53\u00a0€")]
    return {
        "chapters": [SimpleNamespace(title="Aide", lines=steps, result="461,53\u00a0€")],
        "changed_chapters": [SimpleNamespace(title="Aide", lines=changed, result="428,64\u00a0€")],
        "facts": [SimpleNamespace(label="Ressources annuelles", value="30\u00a0000\u00a0€", source="droit D-1 (CAF63)",
                                  day=date(2026, 9, 11))],
        "figures": [SimpleNamespace(label="Coût horaire de référence", value="4,91\u00a0€ de l’heure",
                                    since=date(2026, 4, 1), texts="CSS D. 531-18, 4°", status="déduit du texte",
                                    source="derived: 4.85 x 12.02/11.88")],
    }  # fmt: skip
