"""Refusals of the CMG: one code, one French sentence, one article."""

from typing import NamedTuple


class Refusal(NamedTuple):
    """Why there is no CMG, or not all of it."""

    message: str
    article: str


TRANSITION = "Loi 2022-1616, art. 86, VII ; décret 2025-515"
REFUSALS = {
    "cmg.mayotte": Refusal("Le CMG n’est pas applicable à Mayotte.", "Ordonnance 2002-149, art. 7"),
    "cmg.no_right": Refusal("Aucun droit n’est ouvert pour ce mois.", "CSS L. 531-5"),
    "cmg.age_limit_passed": Refusal("L’enfant a passé l’âge limite.", "CSS L. 531-5, IV ; D. 531-18-1"),
    "cmg.time_barred": Refusal(
        "Le mois a été déclaré plus de deux ans après le dernier jour pour le déclarer : l’aide ne peut plus être demandée.",
        "CSS L. 553-1 ; D. 133-13-9",
    ),
    "cmg.full_parental_leave": Refusal("La PreParE à taux plein ne se cumule pas avec le CMG.", "CSS L. 531-9"),
    "cmg.activity_condition": Refusal("La condition d’activité n’est pas remplie.", "CSS L. 531-5 ; R. 531-6"),
    "cmg.missing_resources": Refusal("Les ressources ou le nombre d’enfants ne sont pas connus.", "CSS R. 532-3"),
    "cmg.missing_hours": Refusal("Les heures de garde ne sont pas connues, ou sont nulles.", "CSS D. 531-18, 1°"),
    "cmg.missing_days": Refusal("Le nombre de jours payés n’est pas connu, ou est nul.", "CSS D. 531-17, I"),
    "cmg.missing_tariff": Refusal("Le tarif horaire de la micro-crèche n’est pas connu.", "CSS D. 531-23, I"),
    "cmg.daily_cap_exceeded": Refusal("Le salaire par jour dépasse cinq fois le SMIC horaire.", "CSS D. 531-17, I"),
    "cmg.fnas_funded": Refusal("La structure est déjà financée pour cet accueil.", "CSS L. 531-6 ; R. 263-1"),
    "cmg.tariff_above_cap": Refusal("Le tarif horaire dépasse le plafond.", "CSS D. 531-23, I, puis D. 531-21, I"),
    "cmg.too_few_hours": Refusal("L’accueil dure moins de seize heures dans le mois.", "CSS D. 531-23, V"),
    "cmg.transition_too_few_months": Refusal("Moins de deux mois ont été déclarés de mars à mai 2025.", TRANSITION),
    "cmg.transition_no_cmg": Refusal("Aucun CMG n’était dû pour mars, avril et mai 2025.", TRANSITION),
    "cmg.transition_no_child": Refusal("Aucun enfant gardé n’ouvre le complément au 1er septembre 2025.", TRANSITION),
    "cmg.transition_above_ceiling": Refusal("Les ressources dépassent le plafond du complément.", TRANSITION),
    "cmg.transition_too_few_hours": Refusal(
        "La moyenne des heures de mars à mai 2025 est sous le minimum.", TRANSITION
    ),
    "cmg.transition_not_worse_off": Refusal(
        "La réforme de septembre 2025 ne fait pas baisser le CMG du foyer.", TRANSITION
    ),
}
