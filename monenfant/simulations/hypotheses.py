"""What a comparison takes for granted, in sentences: what is not said here was asked."""

from datetime import date
from typing import Any

from cmg.rules.figures import cmg_parameters
from monenfant.simulations.comparison_facts import kind_of
from portal.legislation.parameters import NoParameterInForce

EMPLOYER = ("CHILDMINDER", "HOME_EMPLOYEE")
ALWAYS = (
    "Toutes les heures et tous les prix sont ceux que vous avez donnés ; chaque mois de l’année ressemble à celui-ci.",
    "Le crédit d’impôt est payé l’année qui suit, avec une avance en janvier ; il est réparti ici sur douze mois.",
    "Le crédit d’impôt est calculé comme si l’enfant n’avait pas d’autre garde dans l’année, et sans aide d’un"
    " employeur.",
)
CRECHE = (
    "Crèche : les repas et les couches sont dans le prix ; l’aide à la garde (CMG) ne s’y ajoute pas, la Caf paie la"
    " crèche elle-même."
)
UPKEEP = "Assistante maternelle : sans nombre de jours, aucune indemnité d’entretien n’entre dans le crédit d’impôt."
UPKEEP_LIMITED = (
    "Assistante maternelle : les repas n’entrent pas dans le crédit d’impôt, l’entretien dans une limite par jour."
)
MICRO = "Micro-crèche et organisme : la facture est celle du mois ; les repas, s’ils sont dits, sont ôtés du crédit d’impôt."
DIRECT = "Vous êtes l’employeur : le coût comprend les cotisations, que l’aide à la garde paie en tout ou en partie."
HOME = "Emploi à domicile : le plafond du crédit d’impôt est celui des années qui suivent la première."
SHARED = "Résidence alternée : le plafond du crédit d’impôt de l’enfant est de moitié ; la crèche le compte dans chaque foyer."
SHARED_ONE_CMG = "Résidence alternée : l’aide à la garde (CMG) est comptée ici pour votre foyer seul."
SHARED_BILL = (
    "Résidence alternée, micro-crèche ou organisme : l’aide à la garde (CMG) est comptée ici pour votre foyer seul."
)
SHARED_TWO_CMG = (
    "Résidence alternée : chaque parent employeur peut demander sa propre aide à la garde (CMG). Donnez les heures et les"
    " prix de votre foyer seul."
)


def hypotheses(values: dict[str, Any]) -> list[str]:
    """Those that hold for these facts."""
    modes = values["modes"]
    kept = {
        CRECHE: any(kind_of(mode) == "creche" for mode in modes),
        DIRECT: any(mode.get("care_mode") in EMPLOYER for mode in modes),
        UPKEEP: any(_is_without_days(mode) for mode in modes),
        UPKEEP_LIMITED: any(mode.get("care_mode") == "CHILDMINDER" and "days" in mode for mode in modes),
        MICRO: any(mode.get("care_mode") in ("MICRO_CRECHE", "STRUCTURE_CHILDMINDER") for mode in modes),
        HOME: any(mode.get("care_mode") in ("HOME_EMPLOYEE", "STRUCTURE_HOME") for mode in modes),
    } | _of_two_homes(values)
    return [*_of_the_year(values["months"]), *ALWAYS, *(sentence for sentence, holds in kept.items() if holds)]


def _of_two_homes(values: dict[str, Any]) -> dict[str, bool]:
    """Since December 2025 each parent who employs may have a CMG (CSS D. 531-18-2), for the care that this home pays."""
    if not values["family"]["shared_residence"]:
        return {}
    two = _may_both_have_it(values["care_month"])
    modes = [mode["care_mode"] for mode in values["modes"] if kind_of(mode) == "cmg"]
    of_an_employer = any(mode in EMPLOYER for mode in modes)
    of_a_bill = any(mode not in EMPLOYER for mode in modes)
    return {
        SHARED: True,
        SHARED_TWO_CMG: two and of_an_employer,
        SHARED_BILL: two and of_a_bill,
        SHARED_ONE_CMG: not two and (of_an_employer or of_a_bill),
    }


def _may_both_have_it(month: date) -> bool:
    try:
        return bool(cmg_parameters().value("regime_b.shared_custody_both_parents", month))
    except NoParameterInForce:
        return False


def _of_the_year(months: int) -> list[str]:
    return [] if months == 12 else [f"L’année compte {months} mois de garde."]


def _is_without_days(mode: dict[str, Any]) -> bool:
    return mode.get("care_mode") == "CHILDMINDER" and "maintenance_allowance" in mode and "days" not in mode
