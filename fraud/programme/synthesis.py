"""The synthesis of a closed year: as facts of a letter, as lines of a table, always from the frozen figures."""

from datetime import date
from typing import Any

from fraud.models import ProgrammeSynthesis
from fraud.programme.figures import thawed
from fraud.programme.words import actual_words, share_words, target_words
from fraud.rules.indicators import INDICATORS
from portal.organisations.serving import name_on


def facts_of(synthesis: ProgrammeSynthesis, on: date) -> dict[str, Any]:
    """What the letter needs."""
    programme = synthesis.programme
    return {
        "recipient": ["Caisse nationale des allocations familiales", "Direction de la maîtrise des risques"],
        "sender": name_on(programme.body, on), "year": programme.year, "version": programme.version,
        "adopted_on": f"{programme.adopted_on:%d/%m/%Y}", "plan": programme.plan.reference if programme.plan else "",
        "as_of": f"{synthesis.as_of:%d/%m/%Y}", "digest": synthesis.digest, "words": synthesis.words,
        "indicators": [{"label": line[1], "target": line[2], "actual": line[3]} for line in lines_of(synthesis)[1:]],
        "axes": axis_lines(synthesis), "rules": rule_lines(synthesis), "signatory": "La direction",
        "opinion": programme.get_opinion_display(),
    }  # fmt: skip


def lines_of(synthesis: ProgrammeSynthesis) -> list[list[str]]:
    """Heading, then one line an indicator: code, words, target, what was reached, why it is not known."""
    targets = dict(synthesis.programme.objectives.values_list("indicator", "target"))
    counts = thawed(synthesis.figures).of()
    found = [["Code", "Indicateur", "Objectif", "Atteint", "Précision"]]
    for code, indicator in INDICATORS.items():
        actual = indicator.actual(counts)
        found.append([
            code, indicator.label, target_words(indicator, targets.get(code)), actual_words(indicator, actual),
            actual.why or actual.note,
        ])  # fmt: skip
    return found


def axis_lines(synthesis: ProgrammeSynthesis) -> list[dict[str, str]]:
    """Each axis: what was planned and done, money found in both directions."""
    found = thawed(synthesis.figures)
    lines = []
    for axis in synthesis.programme.axes.order_by("pk"):
        counts = found.of(axis=axis.code)
        words = {code: actual_words(one, one.actual(counts)) for code, one in INDICATORS.items()}
        lines.append({
            "name": axis.object, "planned": str(axis.planned), "done": words["CHECKS"], "owed_to": words["OWED_TO"],
            "owed_by": words["OVERPAYMENTS"],
        })  # fmt: skip
    return lines


def rule_lines(synthesis: ProgrammeSynthesis) -> list[dict[str, str]]:
    return [
        {"rule": code, "read": str(told["rejected"] + told["accepted"]), "share": share_words(told["false_positives"])}
        for code, told in sorted(synthesis.figures["rules"].items())
    ]
