"""Words of intermediation for agents: states, terms, letters, return codes, events. One sentence a code."""

from aripa.models import EventKind, Party

STATES: dict[str, tuple[str, str]] = {
    "": ("Sans titre", ""),
    "REJECTED": ("Refusé", ""),
    "ADMISSIBILITY": ("Admission à vérifier", "wait"),
    "INFO_REQUESTED": ("Informations demandées", "wait"),
    "PENALTY_WARNED": ("Pénalité annoncée", "wait"),
    "PENALTY_PRONOUNCED": ("Pénalité prononcée", "stop"),
    "LIVE": ("En place", "ok"),
    "LIVE_UNDER_FORCED_RECOVERY": ("Recouvrement forcé", "stop"),
    "SUSPENDED": ("Suspendu", "wait"),
    "ENDING_CONSENT_PENDING": ("Fin demandée", "wait"),
    "ENDED": ("Terminé", ""),
}
TERMS: dict[str, tuple[str, str]] = {
    "COMING": ("à venir", ""),
    "SCHEDULED": ("appelé", "wait"),
    "PAID": ("payé", "ok"),
    "RETURNED": ("prélèvement revenu", "stop"),
    "PARTIAL": ("payé en partie", "wait"),
    "UNPAID": ("impayé", "stop"),
    "NOTICED": ("impayé, rappel envoyé", "stop"),
    "SETTLED": ("payé après rappel", "ok"),
    "FORCED": ("en recouvrement forcé", "stop"),
    "RECOVERED": ("recouvré", "ok"),
    "SUSPENDED": ("non appelé, suspendu", ""),
}
RETURNS = {
    "AM04": "provision insuffisante", "AC04": "compte fermé", "AC01": "numéro de compte faux", "AC06": "compte bloqué",
    "AG01": "prélèvement interdit sur ce compte", "MD01": "pas de mandat", "MD06": "remboursement demandé par le payeur",
    "MD07": "payeur décédé", "MS02": "refusé par le payeur", "MS03": "motif non précisé", "SL01": "bloqué par le payeur",
}  # fmt: skip
LETTERS = {
    "L01": "Ouverture : informations demandées", "L02": "Refus", "L03": "Pénalité annoncée", "L04": "Pénalité prononcée",
    "L05": "Mise en place", "L06": "Annonce des prélèvements", "L07": "Indexation", "L08": "Dernier rappel avant recouvrement",
    "L09": "Arriérés réclamés", "L10": "Plan", "L11": "Paiement direct", "L12": "Mainlevée", "L13": "Fin demandée : accord ?",
    "L14": "Fin", "L15": "Suspension", "L16": "Somme versée en trop", "L17": "Compte rendu du recouvrement",
    "L18": "Arriérés apurés", "L19": "Recouvrement public", "L21": "Décision d’ASF",
    "L22": "Contrôle de l’ASF", "L23": "ASF : rappel des quatre mois", "L24": "Titre de la caisse",
}  # fmt: skip
READERS = {"CREDITOR": "parent qui reçoit", "DEBTOR": "parent qui paie", "GARNISHEE": "tiers"}
TOOLS = {
    "DIRECT_PAYMENT": "Paiement direct", "BENEFIT_WITHHOLDING": "Retenue sur prestations",
    "WAGE_SEIZURE": "Saisie des rémunérations", "BANK_SEIZURE": "Saisie sur compte", "PUBLIC_RECOVERY": "Recouvrement public",
}  # fmt: skip
ORDERS: dict[str, tuple[str, str]] = {
    "SENT": ("sans réponse", "wait"),
    "ACCEPTED": ("le tiers paie", "ok"),
    "REFUSED": ("refusé par le tiers", "stop"),
    "PAUSED": ("suspendu par une réclamation", "stop"),
    "CLOSED": ("terminé", ""),
}
MEANS = {
    "TRANSFER": "virement", "CARD": "carte", "CHEQUE": "chèque", "BENEFIT_CONSENT": "retenue acceptée sur prestations",
    "BENEFIT_FORCED": "retenue sur prestations", "GARNISHEE": "tiers saisi", "OFFICER": "commissaire de justice",
    "PUBLIC_ACCOUNTANT": "comptable public", "DIRECT_DEBIT": "prélèvement",
}  # fmt: skip
ORIGINS = {
    "TITLE_AUTOMATIC": "ouverte par le titre", "TITLE_PROVIDED": "prévue par le titre",
    "COURT_RESTORED": "rétablie par le juge", "PARENT_REQUEST": "demandée par un parent",
}  # fmt: skip
END_REASONS = {
    "DEATH": "décès", "TITLE_END": "date du titre", "SUPPORT_END": "pension plus due", "NEW_TITLE": "nouveau titre",
    "CONSENT": "accord des deux parents", "RESIDENCE": "résidence hors du champ",
}  # fmt: skip
MOVEMENTS = {
    "DEBIT": "Prélèvement", "DEBIT_RETURN": "Prélèvement revenu", "RECEIPT": "Paiement reçu",
    "PAYOUT": "Versement au parent qui reçoit", "ASF_REFUND": "Rendu à l’ASF avancée", "COST": "Frais de procédure",
    "FEE": "Frais de recouvrement", "PENALTY": "Pénalité", "REFUND": "Remboursement au parent qui paie",
    "ASF": "ASF versée", "ASF_TOP_UP": "ASF versée, complément", "OVERPAYMENT": "Versé en trop, couvert par la caisse",
    "OFFSET": "Versé en trop, déduit d’un versement", "REPAYMENT": "Versé en trop, rendu",
    "BETWEEN": "Payé d’un parent à l’autre, sans passer par la caisse",
}  # fmt: skip
UNABLE = {
    "1": "adresse inconnue (1°)", "2a": "RSA (2° a)", "2b": "revenu inférieur au RSA (2° b)",
    "2c": "revenus insaisissables (2° c)", "2d": "AAH (2° d)", "2e": "pension suspendue ou non fixée par le juge (2° e)",
    "2f": "détention (2° f)", "2g": "allocation de solidarité spécifique (2° g)", "2h": "parent mineur (2° h)",
    "2i": "sans domicile (2° i)", "2j": "enfant recueilli par kafala (2° j)", "2k": "solvabilité impossible à établir (2° k)",
    "3": "cas du 3° : ne suspend pas", "4": "parent resté dans le pays d’origine d’un réfugié (4°) : ne suspend pas",
}  # fmt: skip
REASONS = {
    "FULL": "complète", "PARTIAL": "incomplète", "REFUSED": "refusée", "UNPAID": "impayé", "COUPLE": "vit en couple",
    "ALONE": "vit seul", "ACCEPTED": "il détient de l’argent et paie", "NOT_HELD": "il ne détient rien",
    "ENDED": "il ne détient plus rien", "SERVICE": "signification", "OFFICER": "commissaire de justice",
}  # fmt: skip
ASF_KINDS = {
    "ADVANCE": "avance", "PARTIAL_ADVANCE": "avance en partie", "TOP_UP": "complément", "NON_RECOVERABLE": "non récupérable",
}  # fmt: skip
ASF_CASES = {
    "A1": "orphelin d’un parent", "A2": "orphelin des deux parents, ou recueilli", "B1": "filiation d’un seul parent",
    "B2": "filiation contestée", "C1": "pension fixée et non payée", "C2": "entretien non assuré, parent hors d’état",
    "C3": "entretien non assuré, sans titre", "D": "pension payée, plus petite que l’aide",
}  # fmt: skip
PROTECTED = "Information protégée"


def event_words(kind: str, reason: str | None) -> str:
    """What an event says, its code in words. Of violence, the flag and never its facts."""
    label = EventKind(kind).label
    if kind == "DEBIT_RETURNED":
        return f"{label} : {reason}, {RETURNS.get(reason or '', 'motif inconnu')}"
    if kind == "RECOVERY_DECISION":
        return f"{label} : {TOOLS.get(reason or '', reason).lower()}"  # type: ignore[union-attr]
    if kind in ("UNABLE_TO_PAY", "ABLE_TO_PAY"):
        return f"{label}{f' : {UNABLE[reason]}' if reason in UNABLE else ''}"
    return f"{label} : {REASONS.get(reason, f'cas {reason}')}" if reason else label


def party_words(party: str | None) -> str:
    """Who told or is told, in the words of the pages."""
    return READERS.get(party or "") or (Party(party).label if party else "")
