"""What open items and the bank's reasons are called."""

OPEN_REASONS = {
    "reference_inconnue": "Référence inconnue : aucun de nos ordres ne la porte",
    "montant_different": "Montant différent de notre ordre",
    "montant_illisible": "Montant illisible, ou dans une autre monnaie que l’euro",
    "deja_passe": "Passé deux fois en banque",
    "etat_inconnu": "Réponse que nous ne savons pas lire",
    "fichier_inconnu": "Réponse à un fichier qui n’est pas le nôtre",
    "fichier_refuse": "Fichier refusé en entier par la banque",
    "ordre_jamais_envoye": "Réponse à un ordre jamais envoyé",
    "contradiction": "Réponse contraire à une réponse plus ancienne",
    "retour": "Revenu après exécution",
    "rejet": "Rejeté par la banque",
    "compte_absent": "Aucun compte bancaire valide pour cette famille : à demander",
}
# ISO 20022 reasons that families' banks give most.
BANK_REASONS = {
    "FICHIER": "fichier refusé en entier",
    "AC01": "numéro de compte incorrect",
    "AC04": "compte fermé",
    "AC06": "compte bloqué",
    "AC13": "compte de consommateur non admis",
    "AG01": "opération interdite sur ce compte",
    "AM04": "provision insuffisante",
    "BE04": "adresse manquante",
    "MD01": "pas de mandat",
    "MD06": "contesté par le titulaire",
    "MD07": "titulaire décédé",
    "MS02": "refus du titulaire, sans motif",
    "MS03": "motif non donné par la banque",
    "RC01": "code de banque incorrect",
    "SL01": "service refusé par la banque du titulaire",
}
