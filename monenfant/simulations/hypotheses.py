"""What a comparison takes for granted, in sentences: what is not said here was asked."""

from typing import Any

from monenfant.simulations.comparison_facts import kind_of

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
SHARED = (
    "Résidence alternée : le plafond du crédit d’impôt de l’enfant est de moitié ; la crèche le compte dans chaque foyer ;"
    " l’aide à la garde est celle d’un seul foyer."
)


def hypotheses(values: dict[str, Any]) -> list[str]:
    """Those that hold for these facts."""
    modes = values["modes"]
    kept = {
        CRECHE: any(kind_of(mode) == "creche" for mode in modes),
        DIRECT: any(mode.get("care_mode") in ("CHILDMINDER", "HOME_EMPLOYEE") for mode in modes),
        UPKEEP: any(_is_without_days(mode) for mode in modes),
        UPKEEP_LIMITED: any(mode.get("care_mode") == "CHILDMINDER" and "days" in mode for mode in modes),
        MICRO: any(mode.get("care_mode") in ("MICRO_CRECHE", "STRUCTURE_CHILDMINDER") for mode in modes),
        HOME: any(mode.get("care_mode") in ("HOME_EMPLOYEE", "STRUCTURE_HOME") for mode in modes),
        SHARED: values["family"]["shared_residence"],
    }
    return [*_of_the_year(values["months"]), *ALWAYS, *(sentence for sentence, holds in kept.items() if holds)]


def _of_the_year(months: int) -> list[str]:
    return [] if months == 12 else [f"L’année compte {months} mois de garde."]


def _is_without_days(mode: dict[str, Any]) -> bool:
    return mode.get("care_mode") == "CHILDMINDER" and "maintenance_allowance" in mode and "days" not in mode
