"""The people of the demonstration. Their passwords are unusable: they enter as real people do, by a provider.

ProConnect and FranceConnect are played by a local provider (`portal.embedded.provider`), which vouches for a second
factor except for Awa Diarra: she has an application of codes, shown by the page « téléphone de la démonstration ».
"""

from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone

from cmg.linking import link_own_family
from portal.accounts.models import Door, FamilyLink, Posting, Role, User
from portal.accounts.postings import end_posting, post
from portal.notices.operations import confirm_address, give_address, token_of

SINCE = date(2019, 1, 1)
AUVERGNE = ("CAF03", "CAF15", "CAF43", "CAF63", "MSA63", "MSA43", "MSA03", "MSA15")
WITH_APPLICATION = ("awa", "monique", "yann", "celine")


@dataclass(frozen=True)
class Card:
    """One person on the sign-in page, and at the local provider. `door`: proconnect, franceconnect or mail.

    Of a parent, FranceConnect also says the birth date and the sex; `pension` names those whose story is a pension's, linked
    by what loads the pensions.
    """

    username: str
    first_name: str
    last_name: str
    story: str
    door: str = "proconnect"
    birthdate: str = ""
    gender: str = "female"
    pension: bool = False

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
    (Card("emilie", "Émilie", "Chabrol", "Parent : Rose et Noé, un prélèvement arrêté en octobre", "franceconnect",
          "1990-04-12"), ()),
    (Card("sophie", "Sophie", "Lambert", "Parent : Hugo, tout est en ordre, deux mois déjà versés", "franceconnect",
          "1988-06-21"), ()),
    (Card("awa", "Awa", "Diarra",
          "Pensions alimentaires, par une application de codes : un prélèvement revenu, deux rappels à envoyer d’ici vendredi"),
     tuple((Role.ARIPA_CASEWORKER, fund, SINCE, None) for fund in AUVERGNE)),
    (Card("amelie", "Amélie", "Chevalier", "Parent : un accord sur la pension de Jade et Louis, signé vendredi", "franceconnect",
          "1992-02-11"), ()),
    (Card("romain", "Romain", "Gaillard", "Parent : l’accord avec Amélie attend sa signature", "franceconnect", "1990-07-03"),
     ()),
    (Card("julien", "Julien", "Faure", "Parent qui reçoit une pension : 250 € versés puis annulés par la banque", "franceconnect",
          "1985-03-14", "male", pension=True), ()),
    (Card("sandra", "Sandra", "Meunier", "Parent qui paie : son prélèvement du 12 octobre est revenu", "franceconnect",
          "1987-09-02", pension=True), ()),
    (Card("laure", "Laure", "Besson", "Parent qui reçoit, à protéger : trois mois impayés, puis 400 €", "franceconnect",
          "1990-11-30", pension=True), ()),
    (Card("tissier", "Marc", "Tissier", "Parent qui paie, et ne doit pas savoir où vit Laure", "franceconnect",
          "1988-01-19", "male", pension=True), ()),
    (Card("philippe", "Philippe", "Aubert", "Agent de contrôle assermenté, Caf du Puy-de-Dôme : six signaux à lire", gender="male"),
     ((Role.CONTROLLER, "CAF63", SINCE, None),)),
    (Card("sylvie", "Sylvie", "Mercier", "Gestion du contrôle, Caf du Puy-de-Dôme : dossiers, échanges, répertoire"),
     ((Role.CONTROL_CASEWORKER, "CAF63", SINCE, None),)),
    (Card("hakim", "Hakim", "Belkacem", "Commission fraude, Caf du Puy-de-Dôme : il qualifie, avec d’autres", gender="male"),
     ((Role.FRAUD_PANEL, "CAF63", SINCE, None),)),
    (Card("gerard", "Gérard", "Vasseur", "Commission du conseil d’administration : son avis avant toute pénalité contestée",
          gender="male"),
     ((Role.BOARD_MEMBER, "CAF63", SINCE, None),)),
    (Card("kowalski", "Anne", "Kowalski", "Protection des données : elle relit le journal par sondage"),
     ((Role.DATA_PROTECTION, "", SINCE, None),)),
    (Card("clemence", "Clémence", "Ortega", "Agence régionale de santé : habilitée jusqu’au 31 octobre"),
     ((Role.PARTNER_AGENT, "ARS84", date(2025, 11, 1), date(2026, 11, 1)),)),
    (Card("denis", "Denis", "Prat", "Agence régionale de santé : son habilitation a expiré hier"),
     ((Role.PARTNER_AGENT, "ARS84", date(2025, 10, 26), None),)),
    (Card("monique", "Monique", "Pereira", "Assistante maternelle à Cournon-d’Auvergne : code par courriel", "mail"),
     ((Role.CHILDMINDER, "", SINCE, None),)),
    (Card("yann", "Yann", "Le Goff", "Crèche Les Lucioles à Riom : son logiciel dit les places trois fois par semaine", "mail",
          gender="male"),
     ((Role.STRUCTURE_MANAGER, "", SINCE, None),)),
    (Card("celine", "Céline", "Astier", "Relais petite enfance de Riom : des familles attendent un rendez-vous", "mail"),
     ((Role.DESK_ADVISER, "", SINCE, None),)),
)  # fmt: skip

# Colleagues who have dossiers too; nobody enters as one of them. Mehdi works on pensions. Before 19 October, Nathalie and
# Thomas were alone at Clermont-Ferrand and at Pajemploi.
REINFORCED = date(2026, 10, 19)
COLLEAGUES: tuple[tuple[str, str, str, Role, tuple[str, ...], date], ...] = (
    ("mehdi", "Mehdi", "Saïdi", Role.ARIPA_CASEWORKER, ("CAF43", "CAF63"), SINCE),
    ("karim", "Karim", "Benali", Role.FUND_CASEWORKER, ("CAF03",), SINCE),
    ("odile", "Odile", "Vernet", Role.FUND_CASEWORKER, ("CAF15",), SINCE),
    ("lucas", "Lucas", "Brun", Role.FUND_CASEWORKER, ("CAF43", "MSA63"), SINCE),
    ("ines", "Inès", "Faye", Role.FUND_CASEWORKER, ("CAF03", "CAF63"), REINFORCED),
    ("marc", "Marc", "Delorme", Role.FUND_CASEWORKER, ("CAF15", "CAF63"), REINFORCED),
    ("jeanne", "Jeanne", "Coste", Role.FUND_CASEWORKER, ("CAF43", "CAF63"), REINFORCED),
    ("leila", "Leïla", "Amrani", Role.FUND_CASEWORKER, ("CAF63",), REINFORCED),
    ("hugo", "Hugo", "Blanc", Role.FUND_CASEWORKER, ("CAF63",), REINFORCED),
    ("agathe", "Agathe", "Roux", Role.FUND_CASEWORKER, ("CAF63",), REINFORCED),
    ("yasmine", "Yasmine", "Haddad", Role.PAJEMPLOI_CASEWORKER, ("",), REINFORCED),
    ("pierre", "Pierre", "Lacroix", Role.PAJEMPLOI_CASEWORKER, ("",), REINFORCED),
)  # fmt: skip
# What Nathalie keeps then; and where she stands in from Monday on: nobody was posted in the first of the two.
KEPT_BY_NATHALIE = ("CAF63",)
STANDS_IN, STANDS_IN_SINCE = ("CAF42", "CAF43"), date(2026, 10, 26)
# The number each parent typed to be linked to their family.
NUMBERS = {"emilie": "6302118457", "sophie": "6300000101"}


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


def create_colleagues() -> None:
    """Those who share the work of Nathalie and Thomas, and her own funds since then; a second call changes nothing."""
    for username, first_name, last_name, role, funds, since in COLLEAGUES:
        user = _account(Card(username, first_name, last_name, ""))
        for fund in funds:
            Posting.objects.get_or_create(user=user, role=role, fund=fund, starts_on=since)
    nathalie = User.objects.get(username="nathalie")
    for posting in Posting.objects.filter(user=nathalie, ends_on=None, starts_on=SINCE).exclude(
        fund__in=KEPT_BY_NATHALIE
    ):
        end_posting(posting_pk=posting.pk, ends_on=REINFORCED, ended_by="helene")


def stand_in() -> None:
    """Nathalie stands in for two funds from Monday on; once, after the month's dossiers were dealt."""
    for fund in STANDS_IN:
        post(
            username="nathalie", role=Role.FUND_CASEWORKER, fund=fund, starts_on=STANDS_IN_SINCE, ends_on=None,
            granted_by="helene",
        )  # fmt: skip


def create_parents(on: date) -> None:
    """The parents, as their first visit through FranceConnect left them: linked to their family by its number, with the
    address where they want to be told that something waits, confirmed."""
    for card in cards():
        if card.door == "franceconnect":
            user = _parent(card)
            linked = FamilyLink.objects.filter(user=user, subject__startswith="cmg:").exists()
            if card.username in NUMBERS and not linked:
                link_own_family(user_pk=user.pk, number=NUMBERS[card.username], on=on)
                _confirm_address(user, card.email)


def _confirm_address(user: User, address: str) -> None:
    now = timezone.now()
    contact = give_address(user_pk=user.pk, address=address, discreet=False, at=now)
    confirm_address(user_pk=user.pk, token=token_of(contact), at=now)


def _parent(card: Card) -> User:
    claims = _claims(card)
    known = SocialAccount.objects.filter(provider=card.door, uid=claims["sub"]).select_related("user").first()
    if known is not None:
        return known.user
    user = User(
        username=f"parent-{card.username}", door=Door.FAMILY, first_name=card.first_name, last_name=card.last_name
    )
    user.set_unusable_password()
    user.save()
    SocialAccount.objects.create(user=user, provider=card.door, uid=claims.pop("sub"), extra_data=claims)
    return user


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
        "family_name": card.last_name.upper(), "birthdate": card.birthdate, "gender": card.gender, "birthplace": "43157",
        "birthcountry": "99100",
    }  # fmt: skip
