"""The e-mails of childcare to who reports places: neutral, with the link that opens their week."""

from monenfant.duties import reminders, silences
from portal.notices.kinds import NoticeKind, register

KINDS = (
    NoticeKind(reminders.KIND, "Mes places libres à dire", "Vos places libres à partir du {words}",
               "Merci de dire vos places libres à partir du {words}, pour six mois. Un appui suffit. Votre relais petite "
               "enfance peut vous aider.", reach=reminders.address_of, link=reminders.link_of),
    NoticeKind(silences.KIND, "Les places de ma structure", "Les places libres de votre structure",
               "Merci de mettre à jour les places libres de votre structure : les familles voient des informations "
               "anciennes.", reach=reminders.address_of, link=reminders.space_of),
)  # fmt: skip


def register_notices() -> None:
    """Make them known to the kernel."""
    for kind in KINDS:
        register(kind)
