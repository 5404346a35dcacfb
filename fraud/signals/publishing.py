"""Publishing rules, the opinion without which none runs, and suspending one. What is published never changes: a change is
a new version, and a new opinion."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from fraud.models import RULE_MOVES, RuleMove, RuleState, RuleVersion
from fraud.signals.declaring import ASSESSMENTS, DECLARED, RuleRefused, SignalRule, declared_in, load_rule, rule_of
from portal.audit.operations import journal


class ChangedWithoutVersion(RuleRefused):
    """A declared rule differs from what was published under the same version."""


class RuleMoveNotAllowed(Exception):
    """The version cannot go from its present state to the one asked for."""


def publish_rules(
    *, on: date, at: datetime, by: str, folder: Path = DECLARED, assessments: Path = ASSESSMENTS
) -> list[RuleVersion]:  # fmt: skip
    """Publish every declared rule that is new with its impact assessment, in one transaction; those that are the same change
    nothing. None runs before the data protection officer gave her opinion (`give_opinion`).

    Raises RuleRefused, ForbiddenFeatureError, or ChangedWithoutVersion: nothing is then published.
    """
    published = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fraud_publish_rules'))")
        for content in declared_in(folder, assessments):
            rule = load_rule(content, on)
            if new := _publish(rule, content, on=on, at=at, by=by):
                published.append(new)
    return published


def _publish(rule: SignalRule, content: dict, *, on: date, at: datetime, by: str) -> RuleVersion | None:
    known = RuleVersion.objects.filter(code=rule.code).order_by("-version").first()
    if known is not None and rule.version <= known.version:
        _check_same(rule, known)
        return None
    if known is not None and known.state != RuleState.REPLACED:
        move_rule(
            rule_pk=known.pk, to=RuleState.REPLACED, by=by, on=on, at=at, reason=f"version {rule.version} publiée"
        )
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in content.items()}
    plain["dpia"] = content["dpia"] | {"dated": rule.dpia.dated.isoformat()}
    new = RuleVersion.objects.create(
        code=rule.code, version=rule.version, digest=rule.digest, content=plain, published_on=on, published_by=by
    )
    RuleMove.objects.create(rule=new, to_state=RuleState.AWAITING, at=at, dated=on, by=by, reason="publiée")
    journal(
        actor=by, action="control.rule_published", subject=f"rule:{rule.code}",
        detail={"version": rule.version, "digest": rule.digest}, at=at,
    )  # fmt: skip
    return new


def _check_same(rule: SignalRule, known: RuleVersion) -> None:
    same = RuleVersion.objects.filter(code=rule.code, version=rule.version, digest=rule.digest).exists()
    if not same or rule.version < known.version:
        raise ChangedWithoutVersion(
            f"{rule.code} : le contenu diffère de la version {rule.version} déjà publiée. Une règle qui change prend un "
            f"nouveau numéro de version (après {known.version}), avec l’avis de la protection des données."
        )


def published_rule(version: RuleVersion) -> SignalRule:
    """The rule as it was published: what pages show of it, whatever the files say now."""
    content = dict(version.content)
    for name in ("starts_on", "ends_on"):
        content[name] = date.fromisoformat(content[name])
    content["dpia"] = content["dpia"] | {"dated": date.fromisoformat(content["dpia"]["dated"])}
    return rule_of(content)


def current_versions() -> Mapping[str, RuleVersion]:
    """The last version of each rule, whatever its state."""
    found = RuleVersion.objects.order_by("code", "-version").distinct("code")
    return {one.code: one for one in found}


def found_by_a_suspended_rule(**more: Any) -> Exists:
    """Of leads: whether the version that found them was suspended once, also when another replaced it since."""
    moves = RuleMove.objects.filter(rule__code=OuterRef("rule_code"), rule__version=OuterRef("rule_version"), **more)
    return Exists(moves.filter(to_state=RuleState.SUSPENDED))


def move_rule(*, rule_pk: int, to: RuleState, by: str, on: date, at: datetime, reason: str) -> RuleVersion:
    """One move, with its line and the journal. Raises RuleMoveNotAllowed (also for a second call)."""
    with transaction.atomic():
        rule = RuleVersion.objects.select_for_update(of=("self",)).get(pk=rule_pk)
        former = RuleState(rule.state)
        if to not in RULE_MOVES[former]:
            raise RuleMoveNotAllowed(
                f"La règle {rule.code}, version {rule.version}, est « {former.label.lower()} » : elle ne peut pas devenir "
                f"« {to.label.lower()} »."
            )
        # The line first: the database lets a version run only once the opinion on it is written.
        RuleMove.objects.create(
            rule=rule, from_state=former, to_state=to, at=at, dated=on, by=by, reason=reason[:500]
        )  # fmt: skip
        rule.state = to
        rule.save(update_fields=["state"])
        journal(
            actor=by, action=f"control.rule_{to.lower()}", subject=f"rule:{rule.code}",
            detail={"version": rule.version, "reason_signs": len(reason)}, at=at,
        )  # fmt: skip
    return rule


def give_opinion(
    *, rule_pk: int, is_favourable: bool, by: str, on: date, at: datetime, reason: str
) -> RuleVersion:  # fmt: skip
    """The data protection officer's opinion on a version and its impact assessment: favourable, it runs; else it never will.

    Raises RuleRefused (no reason, published by the same person), RuleMoveNotAllowed (an opinion is given once).
    """
    told = _reason(reason)
    to, sense = (RuleState.RUNNING, "favorable") if is_favourable else (RuleState.SUSPENDED, "défavorable")
    with transaction.atomic():
        rule = RuleVersion.objects.select_for_update(of=("self",)).get(pk=rule_pk)
        if rule.state != RuleState.AWAITING:
            raise RuleMoveNotAllowed(f"Un avis a déjà été rendu sur la règle {rule.code}, version {rule.version}.")
        if rule.published_by == by:
            raise RuleRefused("L’avis sur une règle est rendu par une autre personne que celle qui l’a publiée.")
        return move_rule(rule_pk=rule_pk, to=to, by=by, on=on, at=at, reason=f"Avis {sense} : {told}")


def opinion_on(version: RuleVersion) -> RuleMove | None:
    """The opinion recorded on a version: the move by which it ceased to wait; None as long as it waits."""
    given = (RuleState.RUNNING, RuleState.SUSPENDED)
    return version.moves.filter(from_state=RuleState.AWAITING, to_state__in=given).first()


def veto_rule(*, rule_pk: int, by: str, on: date, at: datetime, reason: str) -> RuleVersion:
    """The data protection officer suspends a rule, with a reason. Raises RuleRefused without one, RuleMoveNotAllowed."""
    told = _reason(reason)
    return move_rule(
        rule_pk=rule_pk, to=RuleState.SUSPENDED, by=by, on=on, at=at, reason=f"Protection des données : {told}"
    )


def _reason(said: str) -> str:
    told = said.strip()
    if len(told) < 10:
        raise RuleRefused("Dites pourquoi, en une ligne : le motif est montré à tous ceux qui voient la règle.")
    return told
