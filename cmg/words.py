"""Words for codes that pages show: what a movement is for, why a bank line is open, what the bank answered."""

from datetime import date

from django.utils.formats import date_format

PURPOSES = {
    "CMG_DEBIT": "Cotisations prélevées",
    "CMG_PAYOUT": "Aide versée",
    "CMG_REFUND": "Cotisations remboursées",
    "CMG_SINGLE": "Pajemploi+ : salaire et cotisations prélevés",
    "CMG_SALARY": "Pajemploi+ : salaire",
    "CMG_STRUCTURE": "Aide versée sur facture de structure",
    "CMG_ADVANCE": "Avances versées",
    "CMG_AID": "Aides de la commission d’urgence",
    "CMG_INSTALMENT": "Échéances de remboursement",
}
# Legal figures as people read them.
_CHILDREN = {
    "children_1": "1 enfant à charge", "children_2": "2 enfants à charge", "children_3": "3 enfants à charge",
    "children_4_to_7": "4 à 7 enfants à charge", "children_8_and_more": "8 enfants à charge et plus",
}  # fmt: skip
_CARE = {"childminder": "assistante maternelle ou assistant maternel", "home_employee": "garde à domicile"}
_BRACKETS = {
    "direct_max": "tranche la plus basse",
    "direct_mid": "tranche moyenne",
    "direct_min": "tranche la plus haute",
}
_HOUSEHOLD = {"one_child": "1 enfant", "two_children": "2 enfants", "per_extra_child": "par enfant de plus"}
FIGURES = {
    "age_limit.general": "Âge limite de l’enfant",
    "age_limit.isolated_parent_direct": "Âge limite de l’enfant, parent isolé",
    "bmaf": "Base mensuelle des allocations familiales (BMAF)",
    "contributions.test_set": "Taux de cotisations sur le salaire brut",
    "crds_rate_on_benefit": "CRDS sur l’aide",
    "home_employee.contribution_cap.full": "Plafond mensuel de cotisations prises en charge, moins de trois ans",
    "home_employee.contribution_cap.reduced": "Plafond mensuel de cotisations prises en charge, à partir de trois ans",
    "home_employee.contribution_share": "Part des cotisations prise en charge à domicile",
    "home_employee.hourly_deduction": "Déduction forfaitaire par heure",
    "home_employee.hourly_deduction_overseas": "Déduction forfaitaire par heure, outre-mer",
    "regime_a.daily_pay_cap_smic_multiple": "Plafond du salaire brut par jour, en SMIC horaires",
    "regime_a.full_amount_until_31_august": "Montant plein jusqu’au 31 août des trois ans",
    "regime_a.isolated_parent_ceiling_factor": "Plafonds de ressources du parent isolé",
    "regime_a.max_share_of_cost": "Part du coût que l’aide ne dépasse pas",
    "regime_a.uplift.aah": "Majoration AAH",
    "regime_a.uplift.aeeh": "Majoration AEEH",
    "regime_a.uplift.combination": "Cumul des majorations",
    "regime_a.uplift.isolated_parent": "Majoration parent isolé",
    "regime_a.uplift.specific_hours": "Majoration horaires spécifiques",
    "regime_a.uplift.specific_hours_threshold": "Heures spécifiques ouvrant la majoration",
    "regime_b.income_ceiling": "Revenu mensuel retenu au plus",
    "regime_b.income_floor": "Revenu mensuel retenu au moins",
    "regime_b.terminal_indemnities_excluded_from_cap": "Indemnités de fin de contrat hors du plafond horaire",
    "smic_hourly_gross": "SMIC horaire brut",
    "transition.max_share_of_net_pay": "Part du salaire net que l’aide et son complément ne dépassent pas",
    **{f"regime_a.lower_ceiling.{key}": f"Plafond de la tranche basse, {words}" for key, words in _HOUSEHOLD.items()},
    **{f"regime_a.upper_ceiling.{key}": f"Plafond de la tranche moyenne, {words}" for key, words in _HOUSEHOLD.items()},
    **{f"regime_a.pct_bmaf.{key}": f"Pourcentage de la BMAF, {words}" for key, words in _BRACKETS.items()},
    **{f"regime_a.pct_bmaf_reduced.{key}": f"Pourcentage de la BMAF, moitié, {words}" for key, words in _BRACKETS.items()},
    **{f"regime_b.hourly_cap.{key}": f"Plafond horaire du coût, {words}" for key, words in _CARE.items()},
    **{f"regime_b.reference_hourly_cost.{key}": f"Coût horaire de référence, {words}" for key, words in _CARE.items()},
    **{
        f"regime_b.effort_rate.{care}.{key}": f"Taux d’effort horaire, {words}"
        for care in _CARE
        for key, words in _CHILDREN.items()
    },
}  # fmt: skip
# Figures that are a choice between words.
CHOICES = {"additive": "elles s’ajoutent", "multiplicative": "elles se multiplient"}
FLOWS = {
    "accounts": "Comptes employeurs",
    "rights_fund": "Droits, côté caisse",
    "rights_pajemploi": "Droits, copie de Pajemploi",
    "requests": "Demandes à l’étude",
    "employees": "Personnes employées",
    "declarations": "Déclarations du mois",
    "structure_invoices": "Factures de structures",
}


def months_short(day: date) -> str:
    """``oct. 26``: a month under a chart."""
    return f"{date_format(day, 'M').lower()} {day:%y}"
