"""E-mails without content: a message waits, and until when. Nothing in them names a person, a body or a purpose."""

from django.conf import settings

from fraud.models import AuthorisedOfficer, InfoExchange
from fraud.rules import exchange as rules
from portal.accounts.permissions import may, today
from portal.accounts.rights import Right
from portal.frame.templatetags.portal import long_day
from portal.notices.kinds import DISCREET, NoticeKind, register
from portal.notices.operations import ask_outside

TO_ANSWER, ARRIVED = "fraud.to_answer", "fraud.arrived"
SUBJECT = "exchange:officer:"


def ask(exchange: InfoExchange) -> None:
    """Tell its officer that something came, once a state; nobody is told of what another body's officers read elsewhere."""
    if exchange.officer.user_id is None:
        return
    waits = exchange.direction == "IN" and exchange.kind == rules.REQUEST and exchange.due_on is not None
    ask_outside(
        told_sql="SELECT %(subject)s, %(key)s",
        values={"subject": f"{SUBJECT}{exchange.officer_id}", "key": f"exchange:{exchange.pk}:{exchange.state}"},
        kind=TO_ANSWER if waits else ARRIVED, path="", words=long_day(exchange.due_on) if waits else "",
    )  # fmt: skip


def _officer(subject: str) -> AuthorisedOfficer | None:
    return AuthorisedOfficer.objects.select_related("user").filter(pk=int(subject.removeprefix(SUBJECT))).first()


def address_of(subject: str) -> str:
    """Where to write to the officer today; empty: nowhere."""
    officer = _officer(subject)
    return officer.user.email if officer and officer.user and officer.user.is_active else ""


def link_of(subject: str) -> str:
    """The page of their area, never that of the exchange."""
    officer = _officer(subject)
    is_partner = officer and officer.user and may(officer.user, Right.PARTNER_EXCHANGE, today())
    return f"{settings.PORTAL_ADDRESS}/{'partenaire' if is_partner else 'agent/echanges'}/"


def register_notices() -> None:
    """Make them known to the kernel."""
    register(NoticeKind(TO_ANSWER, "Réponse attendue", "Une réponse est attendue avant le {words}",
                        "Une réponse est attendue avant le {words}. Connectez-vous pour la lire : ce message ne dit rien de plus.",
                        reach=address_of, link=link_of))  # fmt: skip
    register(NoticeKind(ARRIVED, "Message reçu", DISCREET,
                        "Un message est arrivé. Connectez-vous pour le lire : ce message ne dit rien de plus.",
                        reach=address_of, link=link_of))  # fmt: skip
