"""An award explained: the facts that were kept, the steps that they give now, the figures used, and whether the cents agree."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from portal.benefits.models import Award, AwardStatus, Benefit
from portal.benefits.rules.aeeh import STEPS, AeehChild, aeeh_of_child
from portal.benefits.rules.ars import ArsChild, ars_of_family
from portal.benefits.rules.ars_figures import resource_year
from portal.benefits.rules.articles import Cite, citing, label_in
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.rules.first_term import first_school_year, first_terms_words
from portal.benefits.rules.small_payments import threshold_on
from portal.benefits.running.awards import due_day
from portal.benefits.running.by_kind import term_of
from portal.benefits.running.checking import agrees
from portal.benefits.running.kinds import KIND_OF, term_of_year
from portal.benefits.running.reasons import NO_CHILD, sentence_of
from portal.benefits.simulations.aeeh import elsewhere, table_of
from portal.benefits.simulations.answers import figures_of, steps_told
from portal.benefits.simulations.ars import figures_read, steps_of_family
from portal.benefits.simulations.forms import WORDS
from portal.benefits.simulations.small_form import WORDS as SMALL_WORDS
from portal.benefits.small.releasing import released_steps, released_words
from portal.benefits.small.selectors import rule_on
from portal.frame.figures import UsedFigure, used_figures
from portal.frame.simulators import step_value
from portal.frame.templatetags.portal import money
from portal.legislation.parameters import NoParameterInForce
from portal.legislation.words import day_in_words

ALL_WORDS = SMALL_WORDS | WORDS
CYCLES = {"PRIMARY": "école primaire", "COLLEGE": "collège", "LYCEE": "lycée"}
# The step that says something of a family that chose compensation alone.
OF_COMPENSATION = ("lacks_category",)
Told = dict[str, Any]


@dataclass(frozen=True)
class Explanation:
    """`steps` in order (label, value, article), `facts` (label, value), the figures, whether the stored cents come out."""

    steps: list[dict[str, str]]
    facts: list[tuple[str, str]]
    figures: list[UsedFigure]
    agrees: bool


def explanation_of(award: Award) -> Explanation:
    """What the facts kept with the award give at this moment."""
    cite = citing(award.territory, award.month)
    try:
        steps, figures = (_ars if award.benefit == Benefit.ARS else _aeeh)(award, cite)
    except NoParameterInForce:
        steps, figures = [], []
    waited, thresholds = released_steps(award, cite)
    shown = [
        {"label": one["label"], "value": step_value(one, ALL_WORDS), "article": one["article"]} for one in steps + waited
    ]  # fmt: skip
    used = used_figures(figures + thresholds, benefit_parameters(), ALL_WORDS)
    labelled = [replace(one, label=label_in(one.label, cite)) for one in used]
    return Explanation(shown, facts_of(award), labelled, agrees(award))


def _ars(award: Award, cite: Cite) -> tuple[list[Told], list[Told]]:
    term, facts = term_of(award.run), award.facts
    if not facts["has_file"]:
        return [], []
    found = ars_of_family(
        [_ars_child(one) for one in facts["children"]],
        annual_resources_cents=facts["annual_resources_cents"], dependent_children=facts["dependent_children"],
        school_year=term.school_year, territory=award.territory, paid_on=term.amounts_on,
    )  # fmt: skip
    return steps_of_family(found, cite), figures_read(term.school_year, award.territory, term.amounts_on)


def _ars_child(one: Mapping[str, Any]) -> ArsChild:
    born = date.fromisoformat(one["birth_date"])
    return ArsChild(born, one["cycle"], one["is_at_school"], one["monthly_pay_cents"])


def _aeeh(award: Award, cite: Cite) -> tuple[list[Told], list[Told]]:
    children = [one for one in award.facts["children"] if one["unfit"] is None]
    if not award.facts["has_file"] or not children:
        return [], []
    steps: list[Told] = []
    figures: dict[str, Told] = {}
    for place, one in enumerate(children):
        child = _aeeh_child(one, award.facts["isolated_parent"])
        row = aeeh_of_child(child, month=award.month, territory=award.territory)
        hidden = (*elsewhere(award.territory), *(() if child.chose_compensation else OF_COMPENSATION))
        steps += steps_told(row, STEPS, cite, without=hidden, place=place, of=len(children))
        figures |= {told["key"]: told for told in figures_of(table_of(row, award.territory), award.month)}
    return steps, list(figures.values())


def _aeeh_child(one: Mapping[str, Any], isolated_parent: bool | None) -> AeehChild:
    same = ("incapacity_rate", "has_support", "complement", "complement_by_help", "chose_compensation",
            "boarding_fully_covered", "days_at_home")  # fmt: skip
    born, filed = (one[name] and date.fromisoformat(one[name]) for name in ("child_birth_date", "filed_on"))
    known = {name: one[name] for name in same}
    return AeehChild(**known, child_birth_date=born, filed_on=filed, isolated_parent=isolated_parent)


def facts_of(award: Award) -> list[tuple[str, str]]:
    """The facts as people read them; a child by its place and its day of birth."""
    facts = award.facts
    if award.benefit == Benefit.ARS:
        known = facts["annual_resources_cents"]
        year = resource_year(award.month.year, benefit_parameters())
        told = [
            (f"Ressources de {year}", money(known) if known is not None else "non connues"),
            ("Enfants à charge au 31 juillet", str(facts["dependent_children"])),
        ]
    else:
        told = [("Parent isolé", {True: "oui", False: "non", None: "non connu"}[facts["isolated_parent"]])]
    of_ars = award.benefit == Benefit.ARS
    children = [_ars_fact(one, award.month.year) if of_ars else _aeeh_fact(one) for one in facts["children"]]
    return told + [(f"Enfant {place}", words) for place, words in enumerate(children, start=1)]


def _born(text: str | None) -> str:
    return f"né ou née le {date.fromisoformat(text):%d/%m/%Y}" if text else "naissance non connue"


def _ars_fact(one: Mapping[str, Any], school_year: int) -> str:
    declares_from = benefit_parameters().value("ars.declared_from_age", term_of_year(school_year))
    is_presumed = school_year - date.fromisoformat(one["birth_date"]).year < declares_from
    school = {
        True: "scolarité ou apprentissage déclaré",
        False: "ni scolarité ni apprentissage",
        None: "école obligatoire, rien à déclarer" if is_presumed else "rien de déclaré",
    }
    told = [_born(one["birth_date"]), school[one["is_at_school"]]]
    if one["cycle"]:
        told.append(CYCLES[one["cycle"]])
    if one["monthly_pay_cents"] is not None:
        told.append(f"{money(one['monthly_pay_cents'])} par mois")
    first = first_school_year(date.fromisoformat(one["birth_date"]), benefit_parameters())
    if first > school_year:
        told.append(f"ouvrira le droit à la rentrée {first}")
    return ", ".join(told)


def _aeeh_fact(one: Mapping[str, Any]) -> str:
    told = [_born(one["child_birth_date"]), f"taux {one['incapacity_rate']} %"]
    if one["complement"]:
        told.append(f"complément {one['complement']}")
    if one["chose_compensation"]:
        told.append("PCH choisie" + ("" if one["complement"] else ", catégorie du complément non dite"))
    if one["boarding_fully_covered"]:
        told.append(f"en internat, {one['days_at_home']} jours au foyer")
    if one["unfit"]:
        told.append(sentence_of(one["unfit"]))
    return ", ".join(told)


def title_of_award(award: Award, *, waits_cents: int = 0) -> str:
    """What the award gives, in a few words: the heading of its page. `waits_cents` of it reached nobody."""
    period = KIND_OF[Benefit(award.benefit)].period_words(award.month)
    name = f"{award.benefit}{' différentielle' if award.is_differential else ''}, {period}"
    if waits_cents:
        return f"{name} : {money(waits_cents)} en attente d’un compte"
    if award.status == AwardStatus.PAID:
        return f"{name} : {money(award.paid_cents)} {'versés' if award.run.issued_at else 'à verser'}"
    return f"{name} : {award.get_status_display()}"


def because(award: Award) -> str:
    """The sum of the award, or its reason, in one or two sentences."""
    if award.released_cents and not award.gross_cents:
        return f"{released_words(award)} {sentence_of(award.refusal)}"
    if award.status in (AwardStatus.REFUSED, AwardStatus.HELD, AwardStatus.NOT_PAID):
        return sentence_of(award.refusal) + _opens_later(award)
    told = [f"{money(award.gross_cents)} dus"]
    if award.crds_cents:
        told.append(f"moins {money(award.crds_cents)} de CRDS, soit {money(award.net_cents)}")
    if settled := award.already_cents - award.due_again_cents:
        told.append(f"dont {money(settled)} déjà décidés par un arrêté d’avant")
    if award.due_again_cents:
        told.append(f"dont {money(award.due_again_cents)} déjà versés, qu’un arrêté d’avant avait notés en trop")
    if award.released_cents:
        told.append(f"avec {money(award.released_cents)} reportés d’avant")
    if award.recovered_cents:
        told.append(
            f"moins {money(award.recovered_cents)} retenus, avec l’accord de la famille, sur ce qui avait été versé en trop"
        )
    waits = f" {sentence_of(award.refusal)}" if award.refusal else ""
    return ", ".join(told) + "." + _what_becomes_of_it(award) + waits


def _opens_later(award: Award) -> str:
    """When the children of a refused ARS who are too young will open it."""
    if award.benefit != Benefit.ARS or award.refusal != NO_CHILD:
        return ""
    born = [date.fromisoformat(one["birth_date"]) for one in award.facts["children"]]
    words = first_terms_words(born, after=award.month.year, parameters=benefit_parameters())
    return f" {words}" if words else ""


def _what_becomes_of_it(award: Award) -> str:
    """Of a sum under the threshold: by which rule it does not leave."""
    if award.status not in (AwardStatus.DEFERRED, AwardStatus.WAIVED):
        return ""
    day = due_day(award.run)
    threshold = money(threshold_on(day, territory=award.territory))
    law = "articles L. 133-3 et D. 133-2 du code de la sécurité sociale"
    if award.status == AwardStatus.DEFERRED:
        return (
            f" {money(award.added_cents)} sont gardés : sous {threshold} ({law}), ils partent avec une somme suivante."
        )
    rule = rule_on(award.fund, day)
    since = f", en vigueur depuis le {day_in_words(rule.from_day)}" if rule else ""
    return (
        f" {money(award.added_cents)} sont abandonnés : sous {threshold}, la loi permet à la caisse de ne pas verser ({law}), "
        f"et c’est la règle que la caisse a choisie{since}."
    )
