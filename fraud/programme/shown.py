"""A programme as its page shows it: target against what was counted, axis by axis, month by month."""

from dataclasses import dataclass
from datetime import date

from fraud.models import ControlProgramme, ProgrammeAxis
from fraud.programme.figures import Figures, figures_of, thawed
from fraud.programme.lists import Scope
from fraud.programme.words import actual_words, number_words, share_words, target_words
from fraud.rules.indicators import INDICATORS, Counts, false_positive_rate, is_met
from portal.frame.charts import Chart, bars, lines
from portal.frame.templatetags.portal import month_name

BOTH_WAYS = ("OWED_TO", "OVERPAYMENTS", "FRAUD", "AVOIDED")


@dataclass(frozen=True)
class Line:
    """One indicator: its target and what was counted, in words; `met` None when it cannot be judged."""

    code: str
    label: str
    actual: str
    target: str
    told: str
    met: bool | None
    blocking: bool

    @property
    def is_known(self) -> bool:
        return self.actual != "–"


@dataclass(frozen=True)
class AxisLine:
    """One axis, or what belongs to none (`axis` None)."""

    code: str
    axis: ProgrammeAxis | None
    counts: Counts
    share: str
    words: dict[str, str]

    @property
    def share_of_hours(self) -> str:
        return share_words(self.axis.share) if self.axis else ""


def counted(programme: ControlProgramme, on: date) -> Figures:
    """The figures of a programme: those frozen at its closing, else counted now."""
    synthesis = getattr(programme, "synthesis", None)
    return thawed(synthesis.figures) if synthesis else figures_of(programme, as_of=on)


def indicator_lines(programme: ControlProgramme, counts: Counts, *, is_whole: bool) -> list[Line]:
    """Every indicator; targets are those of the whole year, judged on the whole alone."""
    targets = dict(programme.objectives.values_list("indicator", "target")) if is_whole else {}
    found = []
    for code, one in INDICATORS.items():
        actual, target = one.actual(counts), targets.get(code)
        found.append(Line(
            code, one.label, actual_words(one, actual), target_words(one, target), actual.why or actual.note,
            is_met(one, actual.value, target), one.blocking,
        ))  # fmt: skip
    return found


def axis_lines(programme: ControlProgramme, found: Figures, scope: Scope) -> list[AxisLine]:
    axes: list[tuple[str, ProgrammeAxis | None]] = [(axis.code, axis) for axis in programme.axes.order_by("pk")]
    known = {code for code, _axis in axes}
    others = sorted({code for code, _benefit, _month in found.cells} - known)
    return [_axis_line(code, axis, found, scope) for code, axis in [*axes, *((code, None) for code in others)]]


def _axis_line(code: str, axis: ProgrammeAxis | None, found: Figures, scope: Scope) -> AxisLine:
    counts = found.of(axis=code, benefit=scope.benefit, month=scope.month)
    words = {name: actual_words(one, one.actual(counts)) for name, one in INDICATORS.items()}
    return AxisLine(code, axis, counts, words["CHECKS_SHARE"], words)


def rule_lines(found: Figures) -> list[tuple[str, int, str]]:
    """Each rule: leads read, share put aside."""
    return [
        (code, rejected + accepted, share_words(false_positive_rate(rejected, accepted).value))
        for code, (rejected, accepted) in sorted(found.rules.items())
    ]


def charts_of(found: Figures) -> list[Chart]:
    """Checks month by month; money found, both ways, side by side."""
    months = found.months
    per_month = [found.of(month=month) for month in months]
    labels = [month_name(month).split(" ")[0] for month in months]
    done = [one.done for one in per_month]
    over = found.as_of >= date(found.year, 12, 31)
    to_them, by_them = ([getattr(one, name) // 100 for one in per_month] for name in ("owed_to_cents", "owed_by_cents"))
    title = f"{sum(done)} {'contrôles décidés' if sum(done) > 1 else 'contrôle décidé'} en {found.year}"
    money = (
        f"Dû aux familles : {number_words('cents', sum(one.owed_to_cents for one in per_month))} ; "
        f"versé en trop : {number_words('cents', sum(one.owed_by_cents for one in per_month))}"
    )
    return [
        bars(title, f"Contrôles décidés, mois par mois. {title}.", "contrôles", labels, "Contrôles décidés", done, all_over=over,
             of="Mois"),
        lines(money, f"Sommes trouvées chaque mois, dans les deux sens, en euros. {money}.", "euros", labels,
              {"Dû aux familles": to_them, "Versé en trop": by_them}),
    ]  # fmt: skip
