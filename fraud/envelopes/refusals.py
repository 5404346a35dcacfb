"""Why an envelope is refused: a code, its sentence. The receipt bears the code, the page the sentence."""

from fraud.rules.designation import SENTENCES as DESIGNATIONS

SENTENCES = DESIGNATIONS | {
    "OVERSIZED": "L’enveloppe est trop lourde, ou contient trop de documents.",
    "MALFORMED": "Le contenu n’a pas la forme d’une enveloppe.",
    "FORBIDDEN_HEADER": "L’en-tête contient autre chose que ce qui est permis.",
    "FORBIDDEN_ALGORITHM": "L’algorithme annoncé n’est pas admis.",
    "DUPLICATE_KEYS": "Un même champ y est écrit deux fois.",
    "WRONG_RECIPIENT": "L’enveloppe est destinée à un autre organisme.",
    "UNKNOWN_SENDER": "L’organisme émetteur est inconnu de l’annuaire.",
    "UNKNOWN_KEY": "La clé employée est inconnue de l’annuaire.",
    "WRONG_KEY": "La signature est d’un autre organisme que l’émetteur annoncé.",
    "KEY_NOT_IN_FORCE": "La clé employée n’est pas valable à cette date.",
    "KEY_REVOKED": "La clé employée a été révoquée.",
    "BAD_SIGNATURE": "La signature est fausse.",
    "ALTERED": "Le contenu a été altéré.",
    "DOCUMENT_ALTERED": "Un document ne correspond pas à son empreinte signée.",
    "DOCUMENT_MISSING": "Un document annoncé manque.",
    "DOCUMENT_ADDED": "Un document a été ajouté après la signature.",
    "FORGED_PROVENANCE": "La provenance d’un document n’est pas celle du signataire.",
    "REPLAYED": "Une enveloppe de ce numéro a déjà été reçue.",
    "TOO_OLD": "L’enveloppe est trop ancienne.",
    "IN_THE_FUTURE": "L’enveloppe est datée de plus tard.",
    "WRONG_CLIENT": "Le certificat de la connexion n’est pas celui de l’émetteur.",
    "UNKNOWN_KIND": "Ce type de message n’est traité par personne ici.",
}  # fmt: skip


class EnvelopeRefused(Exception):
    """The envelope is not to be trusted. `code` goes into the receipt; `sentence` says it in French."""

    def __init__(self, code: str, *, claimed_sender: str = "", recipient: str = "") -> None:
        self.code, self.sentence = code, SENTENCES[code]
        self.claimed_sender, self.recipient = claimed_sender, recipient
        super().__init__(self.sentence)


class SendingRefused(Exception):
    """Nothing leaves: the officer may not, or no key serves. `str()` is the sentence shown, `code` its name."""

    def __init__(self, code: str, sentence: str = "") -> None:
        self.code = code
        super().__init__(sentence or SENTENCES[code])
