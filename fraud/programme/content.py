"""What a programme says, as it is typed: risks, axes, targets; checked whole, every fault told at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from fraud.models import AxisMethod
from fraud.rules.indicators import CENTS, COUNT, INDICATORS, NOTICE_TARGET, Indicator
from fraud.rules.programme import shares_fit
from portal.frame.questions import plain
from portal.frame.refusals import FieldsRefused

AXES_MOST, RISKS_MOST = 8, 12
AXIS_FIELDS = ("code", "object", "population", "method", "planned", "share")
CODE = re.compile(r"[A-Z0-9-]{2,20}", re.ASCII)


class ContentRefused(FieldsRefused):
    """What is wrong in what was typed of a programme."""


@dataclass(frozen=True)
class Axis:
    code: str
    object: str
    population: str
    method: str
    planned: int
    share: int


@dataclass(frozen=True)
class Content:
    """A whole programme. `targets`: by indicator, in its unit."""

    risks: list[str] = field(default_factory=list)
    axes: list[Axis] = field(default_factory=list)
    targets: dict[str, int] = field(default_factory=dict)


def content_typed(posted: Mapping[str, str]) -> Content:
    """What the form holds. Raises ContentRefused with everything that is wrong."""
    errors: dict[str, str] = {}
    risks = [line for text in posted.get("risks", "").splitlines() if (line := _clean(text))]
    if not risks or len(risks) > RISKS_MOST:
        errors["risks"] = f"Écrivez de un à {RISKS_MOST} risques, un par ligne."
    axes = [axis for number in range(1, AXES_MOST + 1) if (axis := _axis(posted, number, errors)) is not None]
    if not axes and not any(name.startswith("axis_") for name in errors):
        errors["axis_1_code"] = "Écrivez au moins un axe."
    if len({axis.code for axis in axes}) < len(axes):
        errors["axis_1_code"] = "Deux axes ont le même code."
    if not shares_fit([axis.share for axis in axes]):
        errors["axis_1_share"] = "Les parts du budget d’heures font plus de 100 %."
    targets = {code: target for code, one in INDICATORS.items() if (target := _target(posted, one, errors)) is not None}
    if errors:
        raise ContentRefused(errors)
    return Content(risks, axes, targets | {"NOTICES": NOTICE_TARGET})


def _axis(posted: Mapping[str, str], number: int, errors: dict[str, str]) -> Axis | None:
    typed = {name: _clean(posted.get(f"axis_{number}_{name}", "")) for name in AXIS_FIELDS}
    if not any(value for name, value in typed.items() if name != "method"):
        return None
    told = {
        "code": "" if CODE.fullmatch(typed["code"]) else "Un code de 2 à 20 lettres capitales ou chiffres, par exemple RESSOURCES.",
        "object": "" if typed["object"] else "Dites ce que cet axe vérifie.",
        "population": "" if typed["population"] else "Dites qui est concerné.",
        "method": "" if typed["method"] in AxisMethod.values else "Choisissez comment.",
        "planned": "" if re.fullmatch(r"[1-9]\d{0,5}", typed["planned"], re.ASCII) else "Un nombre de contrôles, au moins 1.",
        "share": "" if _tenths(typed["share"]) is not None else "Une part de 0 à 100 %, par exemple 12,5.",
    }  # fmt: skip
    wrong = {f"axis_{number}_{name}": sentence for name, sentence in told.items() if sentence}
    errors |= wrong
    if wrong:
        return None
    return Axis(
        typed["code"],
        typed["object"],
        typed["population"],
        typed["method"],
        int(typed["planned"]),
        _tenths(typed["share"]) or 0,
    )


def _tenths(text: str) -> int | None:
    """``12,5`` in thousandths of the whole."""
    found = re.fullmatch(r"(\d{1,3})(?:\.(\d))?", plain(text).replace("%", ""), re.ASCII)
    value = int(found[1]) * 10 + int(found[2] or 0) if found else None
    return value if value is not None and value <= 1000 else None


def _target(posted: Mapping[str, str], indicator: Indicator, errors: dict[str, str]) -> int | None:
    """What is aimed at; nothing typed is no objective. The law's own target is nobody's choice."""
    text = plain(_clean(posted.get(f"target_{indicator.code}", ""))).replace("%", "")
    if not text or indicator.blocking:
        return None
    found = re.fullmatch(r"(\d{1,9})(?:\.(\d{1,2}))?", text, re.ASCII)
    if (
        not found
        or (indicator.unit == COUNT and found[2])
        or (indicator.unit not in (CENTS, COUNT) and len(found[2] or "") > 1)
    ):
        errors[f"target_{indicator.code}"] = "Un nombre, par exemple 40 ou 12,5."
        return None
    if indicator.unit == COUNT:
        return int(found[1])
    digits = 2 if indicator.unit == CENTS else 1
    value = int(found[1]) * 10**digits + int((found[2] or "").ljust(digits, "0"))
    if indicator.unit == "share" and value > 1000:
        errors[f"target_{indicator.code}"] = "Une part de 0 à 100 %."
        return None
    return value


def _clean(text: str) -> str:
    return text.strip()[:200]
