"""Asking for notices and sending them: one row and one task an e-mail, tried again with a limit, seen by support."""

from datetime import datetime
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from portal.accounts.models import FamilyLink, User
from portal.audit.operations import journal
from portal.notices import outgoing
from portal.notices.kinds import DISCREET, kind_of
from portal.notices.models import Contact, Notice, Seen, Unwanted

CONFIRM_SECONDS = 48 * 3600
SALT = "portal.notices.confirm"


class LinkExpired(Exception):
    """The link of a confirmation is too old, was replaced by another address, or is not ours."""


def ask(*, subject: str, kind: str, key: str, path: str, words: str = "") -> int:
    """Ask for a notice to whoever is linked to `subject`, in the caller's transaction; returns how many were asked.

    Nobody without a confirmed address, nobody who does not want this kind. The same key again asks nothing.
    """
    kind_of(kind)
    linked = FamilyLink.objects.filter(subject=subject, until__isnull=True).values("user_id")
    contacts = Contact.objects.filter(user_id__in=linked, confirmed_at__isnull=False)
    unwanted = Unwanted.objects.filter(kind=kind).values("user_id")
    now = timezone.now()
    rows = [
        Notice(user_id=user, subject=subject, kind=kind, key=key, words=words[:80], path=path, next_try_at=now, asked_at=now)
        for user in contacts.exclude(user_id__in=unwanted).values_list("user_id", flat=True)
    ]  # fmt: skip
    known = set(Notice.objects.filter(key=key).values_list("user_id", flat=True)) if rows else set()
    made = Notice.objects.bulk_create((row for row in rows if row.user_id not in known), ignore_conflicts=True)
    if made:
        call_senders()
    return len(made)


ASK_MANY = """
INSERT INTO notices_notice (user_id, subject, kind, key, words, path, state, attempts, next_try_at, asked_at, last_error)
SELECT l.user_id, l.subject, %(kind)s, %(prefix)s || l.subject || %(suffix)s, %(words)s, %(path)s, 'WAITING', 0,
       %(now)s, %(now)s, ''
FROM accounts_familylink l JOIN notices_contact c ON c.user_id = l.user_id AND c.confirmed_at IS NOT NULL
WHERE l.until IS NULL AND l.subject IN ({subjects})
  AND NOT EXISTS (SELECT 1 FROM notices_unwanted u WHERE u.user_id = l.user_id AND u.kind = %(kind)s)
ON CONFLICT (user_id, key) DO NOTHING
"""


def ask_many(
    *, subjects_sql: str, values: dict[str, int], kind: str, prefix: str, suffix: str, path: str, words: str
) -> int:
    """The same for every subject that a query gives, in one statement; returns how many were asked."""
    kind_of(kind)
    with connection.cursor() as cursor:
        cursor.execute(
            ASK_MANY.format(subjects=subjects_sql),
            values
            | {"kind": kind, "prefix": prefix, "suffix": suffix, "path": path, "words": words, "now": timezone.now()},
        )
        count: int = cursor.rowcount
    if count:
        call_senders()
    return count


ASK_OUTSIDE = """
INSERT INTO notices_notice (subject, kind, key, words, path, state, attempts, next_try_at, asked_at, last_error)
SELECT told.subject, %(kind)s, told.key, %(words)s, %(path)s, 'WAITING', 0, %(now)s, %(now)s, ''
FROM ({told}) told (subject, key)
WHERE NOT EXISTS (SELECT 1 FROM notices_notice n WHERE n.key = told.key AND n.user_id IS NULL)
ON CONFLICT (key) WHERE user_id IS NULL DO NOTHING
"""


def ask_outside(*, told_sql: str, values: dict[str, Any], kind: str, path: str, words: str) -> int:
    """Ask for a notice to each subject that a query gives with its key, whether it has an account or not; how many."""
    if kind_of(kind).reach is None:
        raise ValueError(f"{kind} has no address of its own")
    with connection.cursor() as cursor:
        cursor.execute(
            ASK_OUTSIDE.format(told=told_sql),
            values | {"kind": kind, "path": path, "words": words, "now": timezone.now()},
        )
        count: int = cursor.rowcount
    if count:
        call_senders()
    return count


def call_senders() -> None:
    """Tell the workers once the rows are there; a message lost with the broker is made up for by the sweep."""
    from portal.notices.tasks import send_waiting

    transaction.on_commit(lambda: send_waiting.delay(), robust=True)


def waiting(now: datetime) -> list[int]:
    """Notices whose turn has come, the oldest first."""
    return outgoing.oldest(Notice.objects.all(), now)


def send(*, notice_pk: int) -> Notice | None:
    """Send one notice, unless somebody else is at it."""
    sent: Notice | None = outgoing.send(Notice.objects.all(), notice_pk, _message, _said)
    return sent


def _said(notice: Notice, error: Exception) -> str:
    """To somebody without an account, the kind of the error alone: no address lies in a row."""
    return type(error).__name__ if notice.user_id is None else str(error)


def _message(notice: Notice) -> tuple[EmailMessage | None, str]:
    """The e-mail, or why there is nobody to write to any more."""
    kind = kind_of(notice.kind)
    if notice.user_id is None:
        address = kind.reach(notice.subject) if kind.reach else ""
        return (outside_message(notice, address), "") if address else (None, "plus d’adresse")
    contact = Contact.objects.filter(user_id=notice.user_id, confirmed_at__isnull=False).first()
    if contact is None:
        return None, "plus d’adresse"
    if not _is_linked(notice.user_id):
        return None, "plus reliée à une famille"
    return message_of(notice, contact), ""


def _is_linked(user_pk: int) -> bool:
    """Asked for while the link was there, an e-mail leaves only while it still is."""
    return FamilyLink.objects.filter(user_id=user_pk, until__isnull=True).exists()


def subject_of(notice: Notice, contact: Contact) -> str:
    """What stands in a list of e-mails, for any eye."""
    return DISCREET if contact.discreet else kind_of(notice.kind).subject.format(words=notice.words)


def message_of(notice: Notice, contact: Contact) -> EmailMessage:
    """The e-mail: one sentence and the address of the page; the page asks who reads it."""
    kind = kind_of(notice.kind)
    sentence = "Un message vous attend dans votre espace." if contact.discreet else kind.text.format(words=notice.words)
    context = {
        "sentence": sentence, "address": settings.PORTAL_ADDRESS + ("/" if contact.discreet else notice.path),
        "preferences": settings.PORTAL_ADDRESS + "/famille/preferences/", "portal_name": settings.PORTAL_NAME,
        "portal_phone": settings.PORTAL_PHONE, "portal_hours": settings.PORTAL_HOURS,
    }  # fmt: skip
    text = render_to_string("notices/notice.txt", context)
    return EmailMessage(
        subject_of(notice, contact), text, None, [contact.address], headers=outgoing.message_id("notice", notice.pk)
    )


def outside_message(notice: Notice, address: str) -> EmailMessage:
    """The e-mail to somebody who may have no account: the same sentence, and the link that its kind makes now."""
    kind = kind_of(notice.kind)
    address_of_page = kind.link(notice.subject) if kind.link else settings.PORTAL_ADDRESS + notice.path
    context = {
        "sentence": kind.text.format(words=notice.words), "address": address_of_page,
        "portal_name": settings.PORTAL_NAME, "portal_phone": settings.PORTAL_PHONE, "portal_hours": settings.PORTAL_HOURS,
    }  # fmt: skip
    text = render_to_string("notices/outside.txt", context)
    return EmailMessage(
        kind.subject.format(words=notice.words), text, None, [address], headers=outgoing.message_id("notice", notice.pk)
    )


CONFIRM_PATH = "/famille/preferences/adresse/"


def give_address(
    *, user_pk: int, address: str, discreet: bool, at: datetime, path: str = CONFIRM_PATH
) -> Contact:  # fmt: skip
    """Keep the address a person gives and send it the link that confirms it. Another address replaces the first.

    `path` is where their space takes the confirmation.
    """
    contact, _new = Contact.objects.update_or_create(
        user_id=user_pk, defaults={"address": address, "asked_at": at, "confirmed_at": None, "discreet": discreet}
    )
    user = User.objects.get(pk=user_pk)
    journal(actor=user.username, action="notice.address", subject=f"user:{user_pk}", detail={})
    link = f"{settings.PORTAL_ADDRESS}{path}{token_of(contact)}/"
    context = {"address": link, "portal_name": settings.PORTAL_NAME, "portal_phone": settings.PORTAL_PHONE}
    text = render_to_string("notices/confirm.txt", context)
    message = EmailMessage(f"{settings.PORTAL_NAME} : confirmez votre adresse", text, None, [address])
    message.extra_headers["Message-ID"] = make_msgid(domain="portail")
    transaction.on_commit(lambda: message.send(), robust=True)
    return contact


def token_of(contact: Contact) -> str:
    """What the link of a confirmation holds: whose it is, and for which address."""
    return signing.dumps({"user": contact.user_id, "address": contact.address}, salt=SALT)


def confirm_address(*, user_pk: int, token: str, at: datetime) -> Contact:
    """The person opened the link, signed in as themselves. A second call changes nothing. Raises LinkExpired."""
    try:
        held = signing.loads(token, salt=SALT, max_age=CONFIRM_SECONDS)
    except signing.BadSignature as wrong:
        raise LinkExpired from wrong
    contact = Contact.objects.filter(user_id=user_pk, address=held["address"]).first()
    if contact is None or held["user"] != user_pk:
        raise LinkExpired
    if contact.confirmed_at is None:
        contact.confirmed_at = at
        contact.save(update_fields=["confirmed_at"])
        journal(actor=contact.user.username, action="notice.confirmed", subject=f"user:{user_pk}", detail={})
    return contact


def prefer(*, user_pk: int, wanted: set[str], kinds: list[str], discreet: bool) -> None:
    """Which kinds a person wants by e-mail, and whether subjects say nothing."""
    with transaction.atomic():
        Unwanted.objects.filter(user_id=user_pk).delete()
        Unwanted.objects.bulk_create(Unwanted(user_id=user_pk, kind=kind) for kind in kinds if kind not in wanted)
        Contact.objects.filter(user_id=user_pk).update(discreet=discreet)


def note_seen(*, user_pk: int, kind: str, ref: int, at: datetime) -> None:
    """The person opened it; a second time changes nothing."""
    Seen.objects.get_or_create(user_id=user_pk, kind=kind, ref=ref, defaults={"at": at})
