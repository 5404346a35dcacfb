"""Matching rules as they are declared, a file each; what a rule may not be is refused when it is loaded, in a sentence."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from fraud.rules.features import FEATURES, Feature, ForbiddenFeatureError, check_features, forbidden_in
from fraud.rules.figures import control_parameters
from fraud.signals.assessing import ASSESSMENTS, Assessment, assessment_of, read_assessment
from fraud.signals.refusals import RuleRefused

__all__ = [
    "ASSESSMENTS", "DECLARED", "ForbiddenFeatureError", "RuleRefused", "SignalRule", "declared_in", "load_rule", "load_rules",
    "rule_of",
]  # fmt: skip

DECLARED = Path(__file__).parent / "declared"
CODE = re.compile(r"^D[MR]\d{2}$")
SEVERITIES = {"LOW": "à lire", "MEDIUM": "à lire sous un mois", "HIGH": "à lire cette semaine"}
# Beside those of each rule, why a lead may be put aside.
COMMON_REASONS = {
    "WRONG_DATA": "Une donnée reçue est fausse",
    "NOTHING_FOUND": "Rien à signaler après lecture",
    "EXPLAINED": "Une autre explication, dite en une ligne",
}


@dataclass(frozen=True)
class Dpia:
    """The impact assessment that a rule names. What the data protection officer says of it is recorded in the portal."""

    reference: str
    dated: date


@dataclass(frozen=True)
class SignalRule:
    """One rule. `thresholds` names dated figures, never numbers; `innocent` are shown first, and are reasons to reject."""

    code: str
    version: int
    title: str
    purpose: str
    legal_basis: str
    benefit: str
    owner: str
    dpia: Dpia
    starts_on: date
    ends_on: date
    inputs: tuple[str, ...]
    thresholds: Mapping[str, str]
    severity: str
    reason: str
    innocent: Mapping[str, str]
    leads_to: str
    retention: str
    digest: str
    in_favour: bool = False
    verifies: str = ""
    # None of what was published before documents were: it is read, and does not run.
    assessment: Assessment | None = None

    @property
    def features(self) -> list[Feature]:
        return [FEATURES[name] for name in self.inputs]

    @property
    def reasons(self) -> dict[str, str]:
        """The closed list of reasons to reject one of its leads."""
        return {**self.innocent, **COMMON_REASONS}

    def figures_on(self, day: date) -> dict[str, Any]:
        """Each threshold as it is in force. Raises NoParameterInForce."""
        return {name: control_parameters().value(key, day) for name, key in self.thresholds.items()}

    def is_in_force_on(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_on


OPTIONAL = {"in_favour", "verifies", "assessment"}
REQUIRED = {one.name for one in fields(SignalRule)} - OPTIONAL - {"digest"}
TEXTS = ("title", "purpose", "legal_basis", "benefit", "owner", "reason", "leads_to", "retention")


def load_rules(on: date, folder: Path = DECLARED) -> dict[str, SignalRule]:
    """Every declared rule by its code. Raises RuleRefused or ForbiddenFeatureError for the first that may not be."""
    found = [load_rule(content, on) for content in declared_in(folder)]
    return {rule.code: rule for rule in found}


def declared_in(folder: Path, assessments: Path = ASSESSMENTS) -> Iterator[dict[str, Any]]:
    """What each file declares, with the impact assessment of its rule: both are published together. Raises RuleRefused."""
    for path in sorted(folder.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        yield content | {"assessment": read_assessment(str(content.get("code", "")), assessments)}


def load_rule(content: dict[str, Any], on: date) -> SignalRule:
    """One declared rule, wholly checked. Raises RuleRefused or ForbiddenFeatureError."""
    rule = rule_of(content)
    if rule.assessment is None:
        raise RuleRefused(f"{rule.code} : pas d’analyse d’impact écrite, pas de règle.")
    if on >= rule.ends_on:
        raise RuleRefused(
            f"{rule.code} a pris fin le {rule.ends_on:%d/%m/%Y} : une nouvelle version la remplace, ou rien."
        )
    return rule


def rule_of(content: dict[str, Any]) -> SignalRule:
    """The rule that a content declares, whatever the day: what was published is read again so. Raises as `load_rule`."""
    code = str(content.get("code", ""))
    if not CODE.match(code):
        raise RuleRefused(f"« {code} » n’est pas un code de règle (DM01, DR01…).")
    _check_fields(code, content)
    _check_texts(code, content)
    names = _inputs(code, content["inputs"])
    check_features(names, verifies=str(content.get("verifies", "")))
    thresholds = _thresholds(code, content["thresholds"])
    dpia, innocent = _dpia(code, content["dpia"]), _innocent(code, content["innocent"])
    return SignalRule(
        **{name: content[name] for name in ("code", "version", *TEXTS, "starts_on", "ends_on", "severity")},
        dpia=dpia, inputs=names, thresholds=thresholds, innocent=innocent, digest=digest_of(content),
        in_favour=bool(content.get("in_favour", False)), verifies=str(content.get("verifies", "")),
        assessment=_assessment(code, content, dpia, names, innocent),
    )  # fmt: skip


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 of what is declared: a word that changes makes another digest, the order of the lines does not."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def _check_fields(code: str, content: dict[str, Any]) -> None:
    """Exactly the fields of a rule: one that is unknown could be read as a feature without being checked as one."""
    known = REQUIRED | OPTIONAL
    if missing := sorted(REQUIRED - set(content)):
        raise RuleRefused(f"{code} : il manque {', '.join(missing)}.")
    for name in sorted(set(content) - known):
        if meant := forbidden_in(name):
            raise ForbiddenFeatureError(f"« {name} » : {meant} ne peut jamais servir à lever un signal.")
        raise RuleRefused(f"{code} : « {name} » n’est pas un champ d’une règle.")


def _check_texts(code: str, content: dict[str, Any]) -> None:
    if not isinstance(content["version"], int) or content["version"] < 1:
        raise RuleRefused(f"{code} : la version est un nombre entier, à partir de 1.")
    if empty := [name for name in TEXTS if not str(content[name] or "").strip()]:
        raise RuleRefused(f"{code} : {', '.join(empty)} est vide.")
    if content["severity"] not in SEVERITIES:
        raise RuleRefused(f"{code} : l’urgence est l’une de {', '.join(SEVERITIES)}.")
    if content["retention"] not in control_parameters().figures:
        raise RuleRefused(f"{code} : la durée de conservation est le nom d’un chiffre daté.")
    starts, ends = content["starts_on"], content["ends_on"]
    if type(starts) is not date or type(ends) is not date or starts >= ends:
        raise RuleRefused(f"{code} : une règle a un premier jour et un jour de fin, dans cet ordre.")


def _dpia(code: str, said: Any) -> Dpia:
    if not isinstance(said, dict) or not all(said.get(name) for name in ("reference", "dated")):
        raise RuleRefused(f"{code} : pas d’analyse d’impact (référence, date), pas de règle.")
    return Dpia(str(said["reference"]), said["dated"])


def _assessment(
    code: str, content: dict[str, Any], dpia: Dpia, inputs: Iterable[str], innocent: Iterable[str]
) -> Assessment | None:
    """The document published with the rule, which bears the reference that the rule names; None when it has none."""
    if "assessment" not in content:
        return None
    found = assessment_of(code, content["assessment"], inputs=inputs, innocent=innocent)
    if found.reference != dpia.reference:
        raise RuleRefused(f"{code} : la règle nomme l’analyse {dpia.reference}, et le document est {found.reference}.")
    return found


def _inputs(code: str, said: Any) -> tuple[str, ...]:
    if not isinstance(said, list) or not said or not all(isinstance(name, str) for name in said):
        raise RuleRefused(f"{code} : une règle nomme ce qu’elle compare.")
    return tuple(said)


def _thresholds(code: str, said: Any) -> dict[str, str]:
    """Each the name of a dated figure of signals. Raises RuleRefused for a number, or a figure that nobody declared."""
    if not isinstance(said, dict) or not said:
        raise RuleRefused(f"{code} : une règle a un seuil au moins, et c’est un chiffre daté.")
    for name, key in said.items():
        if meant := forbidden_in(str(name)):
            raise ForbiddenFeatureError(f"« {name} » : {meant} ne peut jamais servir à lever un signal.")
        if not isinstance(key, str) or key not in control_parameters().figures or not key.startswith("signals."):
            raise RuleRefused(
                f"{code} : le seuil « {name} » est le nom d’un chiffre daté (signals.…), jamais un nombre."
            )
    return {str(name): key for name, key in said.items()}


def _innocent(code: str, said: Any) -> dict[str, str]:
    if (
        not isinstance(said, list)
        or not said
        or not all(isinstance(one, dict) and one.get("code") and one.get("words") for one in said)
    ):
        raise RuleRefused(f"{code} : une règle dit d’abord les explications innocentes.")
    return {str(one["code"]): str(one["words"]) for one in said}
