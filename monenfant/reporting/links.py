"""Links sent to the known address of a place: no password, one place, one purpose, for some days.

The address holds a drawn secret (`portal.accounts.drawn`), of which the keyed hash alone is kept. Opening a link changes
nothing: the machines that read e-mails follow links. « Tout est comme avant » is pressed once; a second press shows the
first receipt. An opened week shows no address and no contact.
"""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from monenfant.models import CarePlace, Gesture, ProAccessGrant, ProLink, Publication, Purpose
from monenfant.reporting.contacts import NothingReceived, known_of
from monenfant.reporting.foreseeing import Wish
from monenfant.reporting.held import last_message
from monenfant.reporting.windows import monday_of
from monenfant.reporting.writing import Who, publish
from portal.accounts.drawn import compact, draw, grouped
from portal.accounts.limits import TooManyTries, take_turn
from portal.audit.operations import journal
from portal.people.vault import lookup_key

SALT, KIND = "monenfant.reporting.links", "PRO_LINK"
# Choices of the site: the law gives no delay. A reminder waits for a free evening; a week that anybody may open, less.
OPEN_FOR = {Purpose.WEEK: timedelta(days=7), Purpose.SAME: timedelta(days=45)}
SENT_MOST, SENT_WITHIN = 3, timedelta(hours=1)
BY_LINK = Who("lien envoyé")
FORMS = UUID("5f0d4a3e-0c57-4a6e-9f0e-3f3c2f1b7a10")


class LinkOver(Exception):
    """The link is too old, or was used for what it could do once."""


def link_for(*, place_pk: int, purpose: str, now: datetime) -> str:
    """The address of a new link to a place (`Purpose`). Those of before stay as they are: each dies at its own date."""
    text = draw(SALT)
    made = ProLink.objects.create(
        place_id=place_pk, purpose=purpose, secret_key=lookup_key(text, KIND), made_at=now,
        expires_at=now + OPEN_FOR[Purpose(purpose)],
    )  # fmt: skip
    journal(
        actor="portail", action="childcare.link_made", subject=f"care_place:{place_pk}",
        detail={"link": made.pk, "purpose": purpose}, at=now,
    )  # fmt: skip
    return settings.PORTAL_ADDRESS + reverse("monenfant:pro_link", args=[grouped(text)])


def find(token: str) -> ProLink | None:
    """The link that an address bears, open or not; None for what nobody drew."""
    text = compact(token, SALT)
    found = (
        ProLink.objects.select_related("place", "publication").filter(secret_key=lookup_key(text, KIND))
        if text
        else None
    )
    return found.first() if found is not None else None


def is_open(link: ProLink, now: datetime) -> bool:
    return link.used_at is None and now < link.expires_at


def opens_week(link: ProLink, now: datetime) -> bool:
    """Whether its week may be told by this link: made for that, or to say « the same » by an e-mail as recent as a link to a
    week would be."""
    return is_open(link, now) and now < link.made_at + OPEN_FOR[Purpose.WEEK]


def same_as_before(*, link_pk: int, on: date, now: datetime) -> tuple[Publication, bool]:
    """What the button of the link does, and whether it was done before: the first receipt is shown again.

    Raises LinkOver, and what `publish` raises.
    """
    with transaction.atomic():
        link = ProLink.objects.select_for_update(of=("self",)).get(pk=link_pk)
        if link.publication is not None:
            return link.publication, True
        if link.purpose != Purpose.SAME or not is_open(link, now):
            raise LinkOver
        place = CarePlace.objects.select_for_update(of=("self",)).get(pk=link.place_id)
        wish = Wish(Gesture.SAME, monday_of(on), {})
        key = uuid5(FORMS, str(link.pk))
        made = publish(place_pk=place.pk, key=key, seen=last_message(place), wish=wish, who=BY_LINK, on=on, now=now)
        link.publication, link.used_at = made, now
        link.save(update_fields=["publication", "used_at"])
    return made, False


def send_another(*, token: str, on: date, now: datetime) -> None:
    """Send a new link of the same purpose to the known address. Whoever asks learns nothing: neither whether the link was
    ours, nor the address, nor whether one was sent too often."""
    link = find(token)
    if link is None:
        return
    try:
        take_turn(f"pro-link:{link.place_id}", most=SENT_MOST, within=SENT_WITHIN, now=now)
    except TooManyTries:
        return
    for address in addresses_of(link.place, on):
        send_link(place=link.place, purpose=link.purpose, address=address, now=now)


def send_link(*, place: CarePlace, purpose: str, address: str, now: datetime) -> None:
    """The e-mail leaves once the link is there."""
    with transaction.atomic():
        link = link_for(place_pk=place.pk, purpose=purpose, now=now)
        context = {
            "address": link, "purpose": purpose, "days": OPEN_FOR[Purpose(purpose)].days, "portal_name": settings.PORTAL_NAME,
            "portal_phone": settings.PORTAL_PHONE, "portal_hours": settings.PORTAL_HOURS,
        }  # fmt: skip
        text = render_to_string("monenfant/pro_link_mail.txt", context)
        message = EmailMessage("Le lien vers votre semaine", text, None, [address])
        transaction.on_commit(lambda: message.send(), robust=True)


def addresses_of(place: CarePlace, on: date) -> list[str]:
    """Those of the accounts that work for this place; else the one that its professional gave, or the file."""
    grants = ProAccessGrant.objects.filter(Q(end=None) | Q(end__gt=on), place=place, start__lte=on)
    found = sorted(set(grants.exclude(user__email="").values_list("user__email", flat=True)))
    if found:
        return found
    try:
        return list(filter(None, [known_of(place, on).email]))
    except NothingReceived:
        return []
