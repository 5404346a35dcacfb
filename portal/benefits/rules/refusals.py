"""Refusals of ARS and AEEH: one code, one French sentence, one article.

A refusal that `waits` is no decision against the family: a fact or a figure lacks, and a person looks at it.
"""

from typing import NamedTuple


class Refusal(NamedTuple):
    """Why nothing is due, or not for this child, or not yet."""

    message: str
    article: str
    waits: bool = False


REFUSALS = {
    "benefits.child_too_young": Refusal(
        "L’enfant aura six ans après le 31 janvier qui suit la rentrée : l’ARS viendra à une rentrée suivante.", "CSS R. 543-2"
    ),
    "benefits.child_too_old": Refusal(
        "L’enfant a atteint l’âge limite au 15 septembre de la rentrée : 18 ans, 20 ans à Mayotte.",
        "CSS R. 543-2",
    ),
    "benefits.not_at_school": Refusal(
        "L’enfant n’est ni élève, ni étudiant, ni apprenti à cette rentrée.", "CSS L. 543-1"
    ),
    "benefits.schooling_not_declared": Refusal(
        "À partir de 16 ans, la scolarité ou l’apprentissage se déclare : l’ARS est payée dès la déclaration.",
        "CSS L. 543-1 ; R. 543-2",
    ),
    "benefits.own_pay_too_high": Refusal("La rémunération de l’enfant dépasse 55 % du SMIC.", "CSS R. 512-2"),
    "benefits.cycle_unknown": Refusal(
        "À Mayotte le montant suit la classe, et la caisse ne sait pas si l’enfant est à l’école, au collège ou au lycée.",
        "Ordonnance 2002-149, art. 8", waits=True,
    ),
    "benefits.no_child": Refusal("Aucun enfant n’ouvre droit à l’ARS de cette rentrée.", "CSS L. 543-1 ; R. 543-2"),
    "benefits.resources_unknown": Refusal(
        "Les ressources de l’année de référence ne sont pas connues.", "CSS L. 543-1 ; R. 543-5", waits=True
    ),
    "benefits.above_ceiling": Refusal(
        "Les ressources dépassent le plafond de plus que le montant de l’allocation.", "CSS L. 543-1 ; L. 543-2"
    ),
    "benefits.above_ceiling_mayotte": Refusal(
        "Les ressources dépassent le plafond ; l’allocation réduite n’existe à Mayotte que depuis la rentrée 2020.",
        "Ordonnance 2002-149, art. 8",
    ),
    "benefits.below_minimum": Refusal(
        "L’allocation réduite est inférieure à quinze euros : elle n’est pas payée.", "CSS D. 543-2"
    ),
    "benefits.differential_after_limit": Refusal(
        "À Mayotte, l’allocation réduite de la rentrée 2020 se payait jusqu’au 31 décembre 2020 : une personne doit voir.",
        "Loi 2019-1446, art. 75 ; ordonnance 2002-149, art. 8", waits=True,
    ),
    "benefits.disabled_child_too_old": Refusal(
        "L’enfant a vingt ans : l’AEEH s’arrête au mois de son anniversaire.", "CSS L. 541-1 ; R. 512-2"
    ),
    "benefits.rate_too_low": Refusal("Le taux d’incapacité est inférieur à 50 %.", "CSS L. 541-1 ; R. 541-1"),
    "benefits.rate_too_low_mayotte": Refusal(
        "À Mayotte, l’AEEH demandait un taux d’incapacité de 80 % jusqu’en mai 2021.", "Ordonnance 2002-149, art. 10-1"
    ),
    "benefits.support_missing": Refusal(
        "Entre 50 et 79 %, il faut un établissement, une scolarité adaptée ou accompagnée, ou des soins préconisés.",
        "CSS L. 541-1",
    ),
    "benefits.before_claim": Refusal("Le droit commence le mois qui suit la demande.", "CSS R. 541-7"),
    "benefits.boarding_covered": Refusal(
        "L’enfant est en internat, entièrement pris en charge ; les retours au foyer se déclarent.", "CSS L. 541-1"
    ),
    "benefits.complement_amount_unknown": Refusal(
        "Le montant du complément de sixième catégorie n’est pas connu pour ce mois.", "CSS D. 541-2", waits=True
    ),
    "benefits.no_complement_mayotte": Refusal(
        "À Mayotte, il n’y avait ni complément d’AEEH ni majoration pour parent isolé avant janvier 2018.",
        "Ordonnance 2002-149, art. 10-1 et 10-2 ; décret 2017-1788",
    ),
    "benefits.compensation_category_unknown": Refusal(
        "La PCH est choisie et la catégorie du complément n’est pas dite : la majoration pour parent isolé en dépend et "
        "attend. La CDAPH donne cette catégorie, elle se demande à la MDPH ; le reste de l’AEEH est payé.",
        "CSS L. 541-4 ; D. 541-4", waits=True,
    ),
    "benefits.isolated_parent_unknown": Refusal(
        "La caisse ne sait pas si le parent vit seul : la majoration pour parent isolé attend.", "CSS L. 541-4", waits=True
    ),
}  # fmt: skip
