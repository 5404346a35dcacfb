"""What a matching rule may compare: a closed list; and what it may never, whatever the name it is given.

The closed list would be enough. What is forbidden is looked for beside it, first, so that whoever writes a rule reads why it
is refused, and so that a wrong entry of the list itself is seen (a test passes the list through the other).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


class ForbiddenFeatureError(ValueError):
    """A rule names something that no rule may compare. `str()` is the French sentence."""


class UnknownFeatureError(ForbiddenFeatureError):
    """A rule names something that is not in the closed list."""


@dataclass(frozen=True)
class Feature:
    """One thing that a rule may compare, in plain words, and where it comes from.

    `only_to_verify`: the benefit whose own conditions it belongs to; no rule about anything else may read it.
    """

    words: str
    source: str
    only_to_verify: str = ""


FEATURES = {
    "child_identifier": Feature("l’identifiant de l’enfant", "droits des caisses"),
    "claim_period": Feature("les dates des droits ouverts", "droits des caisses"),
    "claimant_identifier": Feature("le numéro de dossier de la personne qui demande", "droits des caisses"),
    "shared_residence": Feature("la résidence alternée déclarée", "droits des caisses"),
    "declared_care": Feature("les mois de garde déclarés", "déclarations Pajemploi"),
    "care_hours_minder": Feature("les heures de garde jour par jour", "relevés de garde Pajemploi"),
    "care_hours_creche": Feature("les heures de présence jour par jour", "relevés des crèches"),
    "billed_hours": Feature("les heures facturées", "relevés des crèches"),
    "approval_dates": Feature("les dates de l’agrément de l’assistant maternel", "agréments des départements"),
    "approval_children": Feature("le nombre d’enfants permis par l’agrément", "agréments des départements"),
    "account_key": Feature("le compte bancaire, sous une clé qui ne se lit pas", "comptes des dossiers"),
    "family_tie": Feature("les liens de famille connus entre dossiers", "droits des caisses"),
    "account_change": Feature("le jour d’un changement de compte bancaire", "comptes des dossiers"),
    "contact_change": Feature("le jour d’un changement d’adresse, de téléphone ou de courriel", "coordonnées des dossiers"),
    "payment_due": Feature("le jour du prochain paiement", "ordres de paiement"),
    "asf_paid": Feature("les mois d’allocation de soutien familial versés", "pensions"),
    "support_received": Feature("les pensions reçues, mois par mois", "pensions"),
    "support_due": Feature("les pensions dues, mois par mois", "pensions"),
    "address_key": Feature("l’adresse déclarée, sous une clé qui ne se lit pas", "adresses déclarées"),
    "address_source": Feature("l’organisme qui connaît cette adresse", "adresses déclarées"),
    "declared_resources": Feature("les ressources déclarées du trimestre", "déclarations de ressources"),
    "employer_pay": Feature("les salaires du trimestre", "déclarations sociales des employeurs"),
    "school_allowance": Feature("les versements de l’allocation de rentrée", "versements des caisses"),
    "school_attendance": Feature("l’inscription scolaire", "certificats de scolarité"),
    "stay_outside": Feature("les séjours hors de France prouvés par une pièce", "pièces remises"),
    "death_date": Feature("la date de décès", "répertoire des personnes physiques"),
    "right_in_force": Feature("les droits encore ouverts", "droits des caisses"),
    "document_hash": Feature("l’empreinte des documents remis", "pièces remises"),
    "settled_aid": Feature("l’aide réglée chaque mois", "règlements du portail"),
    "unpaid_order": Feature("les paiements refusés ou revenus", "réponses de la banque"),
    "living_as_couple": Feature("la vie en couple déclarée, condition de l’ASF", "pensions", only_to_verify="asf"),
    "disability_benefit": Feature("l’allocation elle-même, pour la vérifier", "droits des caisses", only_to_verify="aeeh"),
}  # fmt: skip

# By what it is: stems found anywhere in the name once it is one word, and whole words of it.
_STEMS = {
    "la nationalité": (
        "nationalit", "citoyennet", "citizen", "foreign", "etranger", "immigr", "titredesejour", "cartedesejour",
        "residencepermit", "titresejour",
    ),
    "le lieu de naissance": (
        "birthplace", "birthcountry", "countryofbirth", "placeofbirth", "bornabroad", "paysdenaissance", "paysnaissance",
        "lieudenaissance", "lieunaissance", "naissancehors", "naissancepays", "naissancelieu", "communenaissance",
        "communedenaissance", "placebirth", "birthcity", "cityofbirth", "villenaissance", "villedenaissance",
        "departementnaissance", "departementdenaissance", "nehorsdefrance", "nirpays",
    ),
    "l’origine": ("origin", "ethni", "racial", "consonance", "skincolo", "couleurdepeau"),
    "la langue": ("langue", "language", "idiome", "interpret"),
    "la religion": ("religi", "culte", "croyance", "musulm", "chretien", "catholi", "jewish", "judai"),
    "la santé": ("sante", "health", "medic", "maladie", "disease", "diagnos", "patholog", "grossesse", "pregnan", "hopital",
                 "hospital"),
    "le handicap": ("handicap", "disab", "invalidit", "infirmit"),
    "le sexe": ("civilite",),
    "le quartier": ("quartier", "neighbo", "scorecommune", "communescore", "areascore", "zonescore", "scorezone"),
    "le fait d’élever seul ses enfants": (
        "singleparent", "loneparent", "isolatedparent", "parentisole", "parentseul", "monoparent", "meresolo",
        "celibataire", "mereseule", "pereseul",
    ),
    "l’appareil utilisé": ("device", "appareil", "useragent", "navigateur", "browser", "smartphone", "android", "iphone"),
    "le lieu de connexion": ("geoip", "connexion", "connection", "loginplace", "adresseip", "ipaddress"),
    "le pays du compte": ("ibancountry", "countryofiban", "paysiban", "paysdeliban", "ibanpays", "bankcountry", "paysbanque",
                          "paysdelabanque"),
    "une note donnée à une personne": ("scoring", "riskscore", "scoreperso", "personscore"),
}  # fmt: skip
_WORDS = {
    "la race": ("race",),
    "la langue": ("lang",),
    "la santé": ("ald",),
    "le handicap": ("aah", "aeeh", "mdph", "pch"),
    "le sexe": ("sex", "sexe", "gender", "genre", "female", "male", "femme", "homme", "fille", "garcon"),
    "le quartier": ("qpv", "zus", "zup", "iris", "hlm"),
    "la religion": ("islam", "faith", "halal", "voile", "juif"),
    "le fait d’élever seul ses enfants": ("isole", "isolee"),
    "l’appareil utilisé": ("os", "terminal"),
    "le lieu de connexion": ("ip", "ipv4", "ipv6", "vpn"),
    "une note donnée à une personne": ("score", "risk", "risque", "profil", "profile", "rating"),
}
# Nothing by themselves: they may only serve beside something else, and the closed list holds none of them today.
_ALONE = {
    "l’âge": ("age", "ages"),
    "le nombre d’enfants": ("nombreenfants", "childrencount", "numberofchildren", "nombredenfants", "dependentchildren",
                            "nbenfants", "childcount"),
}  # fmt: skip


def forbidden_in(name: str) -> str:
    """What no rule may compare and that this name means, in words; empty when it means nothing of it."""
    words = _words(name)
    joined = "".join(words)
    found = [what for what, stems in _STEMS.items() if any(stem in joined for stem in stems)]
    found += [what for what, whole in _WORDS.items() if set(whole) & set(words)]
    found += [what for what, whole in _ALONE.items() if set(whole) & {*words, joined}]
    return found[0] if found else ""


def check_features(names: Iterable[str], *, verifies: str = "") -> None:
    """Every name, before a rule is loaded. Raises ForbiddenFeatureError, or UnknownFeatureError.

    `verifies` is the benefit whose own conditions the rule verifies: its features may then be read, and no others of the kind.
    """
    for name in names:
        feature = FEATURES.get(name)
        if feature is not None and feature.only_to_verify and feature.only_to_verify != verifies:
            raise ForbiddenFeatureError(
                f"« {name} » ne sert qu’à vérifier la prestation {feature.only_to_verify.upper()} elle-même : cette règle "
                "ne peut pas le lire."
            )
        meant = forbidden_in(name) if feature is None else ""
        if meant:
            raise ForbiddenFeatureError(
                f"« {name} » : {meant} ne peut jamais servir à lever un signal. La règle n’est pas chargée."
            )
        if feature is None:
            raise UnknownFeatureError(
                f"« {name} » n’est pas dans la liste fermée de ce qu’une règle peut comparer. La règle n’est pas chargée."
            )


def _words(name: str) -> list[str]:
    """Words of a name: without accents, capitals, signs; `birthPlace`, `birth-place` and `BIRTH_PLACE` are alike."""
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "OE"))
    letters = "".join(char for char in plain if not unicodedata.combining(char) and unicodedata.category(char) != "Cf")
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", letters)
    return [word for word in re.split(r"[^a-z0-9]+", parted.lower()) if word]
