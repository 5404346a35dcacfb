"""The sentences of exchanges: what is wrong in a draft, why nothing leaves, whom a secret leads to."""

from fraud.rules import exchange as rules
from fraud.rules import exchange_items as items
from portal.frame.refusals import FieldsRefused

WRONG = {
    "legal_basis.missing": "Choisissez le texte qui permet cet échange.",
    "purpose.missing": "Choisissez la finalité.",
    "purpose.unlawful": "Ce texte ne permet pas cette finalité. Choisissez un autre texte, ou une autre finalité.",
    "person.missing": "Donnez un numéro de sécurité sociale, ou le nom, le prénom et la date de naissance.",
    "person.nir": "Les deux derniers chiffres ne correspondent pas aux treize premiers. Recopiez le numéro.",
    "person.born": "Écrivez la date de naissance comme 21/06/1988.",
    "reason.missing": "Reliez l’échange à un dossier de contrôle, ou écrivez le motif en une phrase.",
    "items.missing": "Choisissez au moins un élément.",
    "period.missing": "Écrivez le premier et le dernier jour, par exemple 01/06/2026.",
    "period.order": "La période finit après son début, et ne commence pas plus tard qu’aujourd’hui.",
    "payload_kinds.information_only": (
        "Avant le 28 décembre 2019, l’article L. 114-12 ne permet que des renseignements : ni données, ni pièces."
    ),
    "recipient.missing": "Choisissez la personne à qui vous écrivez.",
    "case.missing": "Ce dossier de contrôle n’est pas parmi les vôtres, ou il est clos.",
    "scope.missing": "Choisissez la famille de prestations.",
    "case.stays": "Ce brouillon est relié à un dossier de contrôle, ses pièces aussi : abandonnez-le pour en écrire un autre.",
    "departement.missing": "Choisissez un département où les deux personnes sont désignées.",
    "departement.unknown": "Choisissez le département de la personne.",
    "departement.elsewhere": "Choisissez le département de la caisse de la personne, ou de son dossier de contrôle.",
    "said.missing": "Écrivez ce que vous communiquez.",
}
NOT_POSSIBLE = {
    items.UNKNOWN_ITEM: "Cet élément n’est pas dans la liste.",
    items.MEDICAL: "Donnée médicale : elle ne circule par aucun échange, seul un médecin-conseil la reçoit.",
    items.NOT_ASKED_BY: "Hors de la mission pour laquelle la personne qui demande est désignée.",
    items.NOT_HELD_BY: "L’organisme choisi ne détient pas cet élément.",
}
SECRETS = {
    "MEDICAL_ADVISER": "Une donnée médicale se demande de médecin-conseil à médecin-conseil.",
    "PROSECUTOR": "L’accord du procureur de la République est à demander d’abord.",
}


def asked_instead(refusal: str) -> str:
    """Whom a refusal leads to, in a sentence; empty when it leads nowhere."""
    return SECRETS.get(rules.ASK_INSTEAD.get(refusal, ""), "")


class ExchangeRefused(FieldsRefused):
    """What must be mended of an exchange; nothing of it left."""


class NotNow(Exception):
    """The exchange cannot take this any more, or not from this person. `str()` is the sentence shown."""


class NothingLeft(Exception):
    """A designation does not hold at that minute: nothing left. `code` names why, `str()` says it."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
