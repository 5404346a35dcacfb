"""The agents of the demonstration. Their passwords are unusable: one enters through the demo's cards only."""

from datetime import date

from portal.accounts.models import Posting, Role, User

SINCE = date(2019, 1, 1)
AUVERGNE = ("CAF03", "CAF15", "CAF43", "CAF63", "MSA63", "MSA43", "MSA03", "MSA15")
# user name, first name, last name, line of story, roles with their funds
PEOPLE = (
    ("helene", "Hélène", "Marchetti", "Directrice, ordonnatrice : elle signe en premier",
     [(Role.AUTHORISING_OFFICER, ""), (Role.SUPERVISOR, "")]),
    ("bruno", "Bruno", "Kermarrec", "Agent comptable : il signe en second", [(Role.ACCOUNTING_OFFICER, "")]),
    ("nathalie", "Nathalie", "Roche", "Gestion CMG, Caf du Puy-de-Dôme",
     [(Role.FUND_CASEWORKER, fund) for fund in AUVERGNE]),
    ("thomas", "Thomas", "Vidal", "Gestion Pajemploi, Le Puy-en-Velay", [(Role.PAJEMPLOI_CASEWORKER, "")]),
)  # fmt: skip


def create_people() -> None:
    """The demo people with their postings; a second call changes nothing."""
    for username, first, last, story, roles in PEOPLE:
        user, created = User.objects.get_or_create(
            username=username, defaults={"first_name": first, "last_name": last, "story": story}
        )
        if created:
            user.set_unusable_password()
            user.save()
        for role, fund in roles:
            Posting.objects.get_or_create(user=user, role=role, fund=fund, starts_on=SINCE)
