"""What the fund says and what Pajemploi says of one family, line by line, with dates and whether they agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cmg.models import Account, CareMode, Right, RightStatus, Side

MODE_WORDS = {
    CareMode.CHILDMINDER: "assistante ou assistant maternel",
    CareMode.HOME_EMPLOYEE: "garde à domicile",
    CareMode.STRUCTURE_CHILDMINDER: "structure d’accueil individuel",
    CareMode.STRUCTURE_HOME: "structure de garde à domicile",
    CareMode.MICRO_CRECHE: "micro-crèche",
}


@dataclass(frozen=True)
class Line:
    """One fact on both sides. `verdict`: DIFFER, EQUAL, MISSING_FUND, MISSING_PAJEMPLOI or MISSING_BOTH."""

    label: str
    fund: str
    fund_date: date | None
    pajemploi: str
    pajemploi_date: date | None
    verdict: str


def _line(label: str, fund: object, pajemploi: object, fund_date: date | None, pajemploi_date: date | None) -> Line:
    left, right = str(fund or ""), str(pajemploi or "")
    if left == right:
        verdict = "EQUAL"
    elif not left:
        verdict = "MISSING_FUND"
    else:
        verdict = "DIFFER" if right else "MISSING_PAJEMPLOI"
    return Line(label, left, fund_date, right, pajemploi_date, verdict)


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}" if iso else "(date inconnue)"


def _period(right: Right | None) -> str:
    if right is None:
        return ""
    status = RightStatus(right.status).label
    if right.ends_on is None:
        return f"{status} depuis le {right.starts_on:%d/%m/%Y}"
    return f"{status} du {right.starts_on:%d/%m/%Y} au {right.ends_on - timedelta(days=1):%d/%m/%Y}"


def _resources(right: Right | None) -> str:
    if right is None or right.annual_resources_cents is None:
        return ""
    return f"{right.annual_resources_cents // 100:,} € par an".replace(",", "\u00a0")


def _uplifts(right: Right | None) -> str:
    if right is None:
        return ""
    words = [
        word
        for word, present in (
            ("parent isolé", right.isolated_parent),
            ("AAH", right.aah),
            ("AEEH", right.aeeh_children),
            ("PreParE", right.prepare != "NONE"),
        )
        if present
    ]
    return ", ".join(words) or "aucune"


def _decided(right: Right | None) -> date | None:
    return right.decided_at.date() if right and right.decided_at else None


def _received(right: Right | None) -> date | None:
    return right.received_at.date() if right and right.received_at else None


def _latest(rights: list[Right], side: Side) -> Right | None:
    on_side = [right for right in rights if right.side == side]
    return max(on_side, key=lambda right: (right.ends_on is None, right.starts_on, right.pk), default=None)


def rights_of(account: Account) -> list[Right]:
    """The current rights of a family on both sides, by any of its three keys. One query."""
    return list(
        (
            Right.objects.filter(known_until__isnull=True, employer_no=account.employer_no)
            | Right.objects.filter(known_until__isnull=True, nir_key=account.nir_key, nir_key__isnull=False)
            | Right.objects.filter(
                known_until__isnull=True,
                fund=account.fund,
                beneficiary_no=account.beneficiary_no,
                beneficiary_no__isnull=False,
            )
        ).order_by("child_id", "care_mode", "side", "pk")[:200]
    )


def two_sides(account: Account, rights: list[Right], declared: Mapping[str, str]) -> list[Line]:
    """Matching keys first, then each child's right. The differing lines come first.

    `declared`: children of the last month and their birth dates; one whom no right names is said to be on no side.
    """
    fund_side = _latest(rights, Side.FUND)
    updated = account.updated_at.date() if account.updated_at else None
    lines = [
        _line(
            "Numéro allocataire",
            f"{fund_side.fund} {fund_side.beneficiary_no or ''}".strip() if fund_side else "",
            f"{account.fund or ''} {account.beneficiary_no or ''}".strip(),
            _decided(fund_side),
            updated,
        ),
        _line(
            "Numéro de sécurité sociale",
            _nir_word(fund_side.nir_key == account.nir_key if fund_side and fund_side.nir_key else None),
            _nir_word(account.nir_valid if account.nir_key else None, own=True),
            _decided(fund_side),
            updated,
        ),
        _line("Numéro d’employeur", fund_side.employer_no if fund_side else "", account.employer_no, _decided(fund_side), updated),
    ]  # fmt: skip
    for child_id, mode in sorted({(right.child_id, right.care_mode) for right in rights}):
        lines += _child_lines([r for r in rights if (r.child_id, r.care_mode) == (child_id, mode)], mode)
    known = {right.child_id for right in rights}
    lines += [
        Line(f"Droit pour l’enfant déclaré, né le {_day(born)}", "", None, "", None, "MISSING_BOTH")
        for child, born in sorted(declared.items())
        if child not in known
    ]
    return sorted(lines, key=lambda line: line.verdict == "EQUAL")


def _nir_word(agrees: bool | None, *, own: bool = False) -> str:
    """The number itself is never shown: only whether it is confirmed."""
    if agrees is None:
        return ""
    return "confirmé" if agrees else ("clé fausse" if own else "différent")


def _child_lines(rights: list[Right], mode: str) -> list[Line]:
    fund, copy = _latest(rights, Side.FUND), _latest(rights, Side.PAJEMPLOI)
    known = fund or copy
    assert known is not None
    who = f"{known.child_first_name or 'l’enfant'} ({MODE_WORDS[CareMode(mode)]})"
    dates = (_decided(fund), _received(copy))
    children = [right.dependent_children if right else "" for right in (fund, copy)]
    return [
        _line(f"Droit pour {who}", _period(fund), _period(copy), *dates),
        _line(f"Ressources, pour {who}", _resources(fund), _resources(copy), *dates),
        _line(f"Enfants à charge, pour {who}", children[0], children[1], *dates),
        _line(f"Majorations et congés, pour {who}", _uplifts(fund), _uplifts(copy), *dates),
    ]
