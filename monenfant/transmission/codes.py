"""The codes of the transmission of free places: the one table that answers, pages, the guide and OpenAPI read."""

from dataclasses import dataclass

Problem = dict[str, str]
SLOT_FLAG = 207


@dataclass(frozen=True)
class Rule:
    """One code: the status of the answer, what it means, and what to do."""

    code: str
    status: int
    meaning: str
    remedy: str

    @property
    def is_of_slot(self) -> bool:
        """Said of a slot, in an answer that takes the message in."""
        return self.status == SLOT_FLAG


RULES: dict[str, Rule] = {
    one.code: one
    for one in (
        Rule("E001_SCHEMA", 400, "Le message n’a pas la forme attendue.", "Corrigez la clé nommée par « path »."),
        Rule("E002_AUTH", 401, "Le jeton manque, est inconnu ou n’est plus valable.", "Demandez un nouveau jeton."),
        Rule("E003_SCOPE", 403, "Le gestionnaire de cette structure ne vous a pas délégué l’envoi, ou plus.",
             "Demandez-lui de vous déléguer l’envoi dans son espace."),
        Rule("E010_UNKNOWN_STRUCTURE", 404, "Aucune structure ne porte ce numéro.", "Vérifiez le numéro auprès de la Caf."),
        Rule("E011_NOT_LISTED", 409, "Cette structure n’est pas référencée : ses places ne sont pas publiées.",
             "Voyez avec la Caf où en est son référencement."),
        Rule("E012_SIRET_MISMATCH", 422, "Le SIRET n’est pas celui de la structure.", "Envoyez le SIRET de la structure, ou null."),
        Rule("E020_WINDOW", 422, "La fenêtre n’est pas possible.",
             "De « from » à « to » inclus : 183 jours au plus, pas déjà finis, pas au-delà d’un an."),
        Rule("E021_LATE_SLOT", SLOT_FLAG, "Créneau annoncé moins de trois jours avant : publié, et marqué en retard.",
             "Envoyez chaque créneau trois jours avant, au plus tard."),
        Rule("E022_PAST_SLOT", SLOT_FLAG, "Ce jour est passé : le créneau est refusé.", "N’envoyez que les jours à venir."),
        Rule("E023_CLOSED_DAY", SLOT_FLAG, "La structure est fermée ce jour-là : le créneau est refusé.",
             "Retirez ce jour. Le gestionnaire reprend une fermeture dans son espace ; la Caf corrige les jours d’ouverture."),
        Rule("E024_CAPACITY", 422, "Plus de places que la capacité autorisée. L’accueil en surnombre n’est pas publié.",
             "Comptez au plus la capacité autorisée, tous âges ensemble."),
        Rule("E025_AGE_RANGE", SLOT_FLAG, "La structure n’accueille pas cet âge : le créneau est refusé.",
             "Retirez ce groupe d’âge, ou faites corriger les âges par la Caf."),
        Rule("E026_NEGATIVE", 422, "Le nombre de places n’est pas un entier à partir de 0.", "Envoyez 0, 1, 2…"),
        Rule("E027_OVERLAP", 422, "Le même moment est dit deux fois : journée et demi-journée, ou deux fois la même.",
             "Gardez un créneau par date, moment, âge et type d’accueil."),
        Rule("E030_SEQUENCE", 409, "Un message plus récent de votre logiciel a déjà été pris.",
             "Augmentez « sequence » à chaque message."),
        Rule("E031_IDEMPOTENCY_CONFLICT", 409, "Cette clé a déjà servi à un autre message.", "Tirez une clé par message."),
        Rule("E040_RATE", 429, "Plus de 60 appels en une heure pour cette structure.",
             "Attendez le nombre de secondes de Retry-After."),
        Rule("E050_UNAVAILABLE", 503, "Le service est indisponible. Rien n’a été pris.",
             "Renvoyez le même message, avec la même clé, après Retry-After."),
    )
}  # fmt: skip


def problem(code: str, path: str = "", message: str = "", remedy: str = "") -> Problem:
    """One error of an answer, in the words of the table unless finer ones are given."""
    rule = RULES[code]
    return {"code": code, "path": path, "message": message or rule.meaning, "remedy": remedy or rule.remedy}


def status_of(problems: list[Problem]) -> int:
    """That of the first; a message whose form is wrong is 400 whatever else is."""
    codes = [RULES[one["code"]] for one in problems]
    return next((rule.status for rule in codes if rule.code == "E001_SCHEMA"), codes[0].status)
