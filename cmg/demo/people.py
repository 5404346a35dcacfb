"""The people of the demonstration. Their passwords are unusable: they enter as real people do, by a provider.

ProConnect and FranceConnect are played by a local provider (`portal.embedded.provider`), which vouches for a second
factor except for Awa Diarra: she has an application of codes, shown by the page « téléphone de la démonstration ».
"""

from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp

from portal.accounts.models import Door, Posting, Role, User

SINCE = date(2019, 1, 1)
AUVERGNE = ("CAF03", "CAF15", "CAF43", "CAF63", "MSA63", "MSA43", "MSA03", "MSA15")
WITH_APPLICATION = ("awa", "monique")


@dataclass(frozen=True)
class Card:
    """One person on the sign-in page, and at the local provider. `door`: proconnect, franceconnect or mail."""

    username: str
    first_name: str
    last_name: str
    story: str
    door: str = "proconnect"

    @property
    def email(self) -> str:
        return f"{self.username}@demo.example"


# Each with the postings: role, fund, first day, first day no longer covered.
PEOPLE: tuple[tuple[Card, tuple[tuple[Role, str, date, date | None], ...]], ...] = (
    (Card("helene", "Hélène", "Marchetti", "Directrice, ordonnatrice : elle signe en premier"),
     ((Role.AUTHORISING_OFFICER, "", SINCE, None), (Role.SUPERVISOR, "", SINCE, None))),
    (Card("bruno", "Bruno", "Kermarrec", "Agent comptable : il signe en second"),
     ((Role.ACCOUNTING_OFFICER, "", SINCE, None),)),
    (Card("nathalie", "Nathalie", "Roche", "Gestion CMG, Caf du Puy-de-Dôme"),
     tuple((Role.FUND_CASEWORKER, fund, SINCE, None) for fund in AUVERGNE)),
    (Card("thomas", "Thomas", "Vidal", "Gestion Pajemploi, Le Puy-en-Velay"),
     ((Role.PAJEMPLOI_CASEWORKER, "", SINCE, None),)),
    (Card("emilie", "Émilie", "Chabrol", "Parent : Rose et Noé, un prélèvement arrêté en octobre", "franceconnect"), ()),
    (Card("awa", "Awa", "Diarra", "Pensions alimentaires : son second facteur est une application de codes"),
     ((Role.ARIPA_CASEWORKER, "CAF63", SINCE, None),)),
    (Card("philippe", "Philippe", "Aubert", "Agent de contrôle assermenté, Caf du Puy-de-Dôme"),
     ((Role.CONTROLLER, "CAF63", SINCE, None),)),
    (Card("clemence", "Clémence", "Ortega", "Agence régionale de santé : habilitée jusqu’au 31 octobre"),
     ((Role.PARTNER_AGENT, "ARS84", date(2025, 11, 1), date(2026, 11, 1)),)),
    (Card("denis", "Denis", "Prat", "Agence régionale de santé : son habilitation a expiré hier"),
     ((Role.PARTNER_AGENT, "ARS84", date(2025, 10, 26), date(2026, 10, 26)),)),
    (Card("monique", "Monique", "Pereira", "Assistante maternelle à Cournon-d’Auvergne : code par courriel", "mail"),
     ((Role.CHILDMINDER, "", SINCE, None),)),
)  # fmt: skip


def cards() -> list[Card]:
    """Who is shown on the sign-in page."""
    return [card for card, _postings in PEOPLE]


def create_people() -> None:
    """The demo people with their postings; a second call changes nothing. Parents come by themselves."""
    for card, postings in PEOPLE:
        if card.door == "franceconnect":
            continue
        user = _account(card)
        for role, fund, starts_on, ends_on in postings:
            Posting.objects.get_or_create(
                user=user, role=role, fund=fund, starts_on=starts_on, defaults={"ends_on": ends_on}
            )


def _account(card: Card) -> User:
    door = Door.PROFESSIONAL if card.door == "mail" else Door.AGENT
    known = {"first_name": card.first_name, "last_name": card.last_name, "story": card.story, "email": card.email}
    user, created = User.objects.get_or_create(username=card.username, defaults=known | {"door": door})
    if created:
        user.set_unusable_password()
        user.save()
    elif not user.email:  # of a demonstration begun before there were doors
        User.objects.filter(pk=user.pk).update(email=card.email)
    has_application = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    if card.username in WITH_APPLICATION and not has_application:
        totp.TOTP.activate(user, totp.generate_totp_secret())
        RecoveryCodes.activate(user)
    return user


def provider_people() -> list[dict[str, object]]:
    """What the local provider knows of them: the claims that the real ones would give."""
    return [
        {
            "door": card.door, "username": card.username, "name": f"{card.first_name} {card.last_name}",
            "story": card.story, "amr": ["pwd"] if card.username in WITH_APPLICATION else ["pwd", "mfa"],
            "claims": _claims(card),
        }
        for card in cards() if card.door != "mail"
    ]  # fmt: skip


def _claims(card: Card) -> dict[str, str]:
    common = {"sub": f"demo-{card.username}", "given_name": card.first_name}
    if card.door == "proconnect":
        return common | {"usual_name": card.last_name, "email": card.email, "siret": "77570970200019", "idp_id": "demo"}
    return common | {
        "family_name": card.last_name.upper(), "birthdate": "1990-04-12", "gender": "female", "birthplace": "43157",
        "birthcountry": "99100",
    }  # fmt: skip
