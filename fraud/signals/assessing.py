"""The impact assessment of a rule (GDPR art. 35): one document a rule, wholly read when the rule is loaded.

Sections are data, not prose, so that one which is missing is seen: why each thing compared is needed, the three risks that
every rule bears, how each innocent explanation is known. What all rules have in common stands once, in `common.yaml`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from fraud.signals.refusals import RuleRefused

ASSESSMENTS = Path(__file__).parent / "assessments"
COMMON = "common.yaml"
RISKS = {"wrong_hit": "Un résultat faux", "stigma": "Une famille montrée du doigt", "leak": "Une fuite"}


@dataclass(frozen=True)
class Risk:
    """What could go wrong for families, and what is done against it."""

    kind: str
    words: str
    measures: str


@dataclass(frozen=True)
class Assessment:
    """`data` says why each thing compared is needed; `innocent` how each explanation of the rule is recognised."""

    reference: str
    purpose: str
    legal_basis: str
    data: Mapping[str, str]
    left_out: tuple[str, ...]
    risks: tuple[Risk, ...]
    innocent: Mapping[str, str]
    rights: tuple[str, ...]
    retention: str
    residual: str


SECTIONS = [one.name for one in fields(Assessment)]
TEXTS = ("reference", "purpose", "legal_basis", "retention", "residual")


def read_assessment(code: str, folder: Path = ASSESSMENTS) -> dict[str, Any]:
    """The document of a rule with what all rules share, as data. Raises RuleRefused when there is none."""
    path = folder / f"{code}.yaml"
    if not path.exists():
        raise RuleRefused(f"{code} : pas d’analyse d’impact écrite, pas de règle.")
    own, common = (yaml.safe_load(one.read_text(encoding="utf-8")) for one in (path, folder / COMMON))
    if not isinstance(own, dict):
        raise RuleRefused(f"{code} : l’analyse d’impact ne se lit pas.")
    return {**common, **own, **{name: _joined(own.get(name), common[name]) for name in ("left_out", "risks")}}


def _joined(own: Any, common: Any) -> Any:
    """What the rule says, then what all of them say: of a section that the rule leaves out, nothing."""
    if not own or type(own) is not type(common):
        return None
    return {**own, **common} if isinstance(common, dict) else [*own, *common]


def assessment_of(code: str, said: Any, *, inputs: Iterable[str], innocent: Iterable[str]) -> Assessment:
    """The document, wholly checked against its rule. Raises RuleRefused with the section that is missing or too much."""
    if not isinstance(said, dict) or set(said) != set(SECTIONS):
        odd = sorted(set(said or ()) ^ set(SECTIONS))
        raise RuleRefused(f"{code} : l’analyse d’impact a toutes ses parties, et elles seules ({', '.join(odd)}).")
    if empty := [name for name in SECTIONS if not said[name]]:
        raise RuleRefused(f"{code} : l’analyse d’impact laisse vide {', '.join(empty)}.")
    return Assessment(
        **{name: _text(code, said[name]) for name in TEXTS},
        data=_each(code, said["data"], inputs, "ce qui est comparé"),
        left_out=_list(code, said["left_out"]), risks=_risks(code, said["risks"]),
        innocent=_each(code, said["innocent"], innocent, "les explications innocentes"),
        rights=_list(code, said["rights"]),
    )  # fmt: skip


def _text(code: str, said: Any) -> str:
    if not isinstance(said, str) or not said.strip():
        raise RuleRefused(f"{code} : une partie de l’analyse d’impact ne dit rien.")
    return said


def _list(code: str, said: Any) -> tuple[str, ...]:
    if not isinstance(said, list):
        raise RuleRefused(f"{code} : une partie de l’analyse d’impact n’est pas une liste.")
    return tuple(_text(code, one) for one in said)


def _each(code: str, said: Any, names: Iterable[str], what: str) -> Mapping[str, str]:
    """A sentence for each name of the rule, none more: in the order of the rule."""
    wanted = list(names)
    if not isinstance(said, dict) or set(said) != set(wanted):
        raise RuleRefused(f"{code} : l’analyse d’impact dit une phrase sur {what}, sur chacun et rien d’autre.")
    return {name: _text(code, said[name]) for name in wanted}


def _risks(code: str, said: Any) -> tuple[Risk, ...]:
    """The three of every rule: a wrong hit, a family pointed at, a leak."""
    whole = {"words", "measures"}
    if not isinstance(said, dict) or set(said) != set(RISKS):
        raise RuleRefused(f"{code} : l’analyse d’impact pèse trois risques : {', '.join(RISKS.values())}.")
    if any(not isinstance(one, dict) or set(one) != whole for one in said.values()):
        raise RuleRefused(f"{code} : l’analyse d’impact dit de chaque risque ce qu’il est et ce qui le réduit.")
    return tuple(
        Risk(words, _text(code, said[name]["words"]), _text(code, said[name]["measures"]))
        for name, words in RISKS.items()
    )
