"""Notices: asked once, sent once, tried again with a limit; only to a confirmed address; subjects that tell nothing."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail, signing
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from cmg.notices import KINDS
from portal.accounts.models import Door, FamilyLink, LinkedBy, User
from portal.notices import operations, outgoing
from portal.notices.kinds import NoticeKind, all_kinds, register
from portal.notices.models import Contact, Notice, NoticeState

pytestmark = pytest.mark.django_db
SUBJECT = "cmg:employer:E1"


@pytest.fixture(autouse=True)
def here(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_ADDRESS = "https://portail.example"


@pytest.fixture
def anne() -> User:
    user = User.objects.create(username="anne", door=Door.FAMILY)
    FamilyLink.objects.create(user=user, subject=SUBJECT, since=date(2026, 1, 1), how=LinkedBy.EMPLOYER_NO)
    return user


def confirmed(user: User, *, discreet: bool = False) -> Contact:
    return Contact.objects.create(
        user=user, address="anne@exemple.fr", asked_at=timezone.now(), confirmed_at=timezone.now(), discreet=discreet
    )


def ask(key: str = "k", kind: str = "cmg.hold") -> int:
    return operations.ask(subject=SUBJECT, kind=kind, key=key, path="/famille/mois/2026-10/", words="d’octobre")


def test_asked_twice_it_is_one_row_and_sent_twice_it_leaves_once(anne: User) -> None:
    confirmed(anne)

    assert (ask(), ask()) == (1, 0)
    pk = Notice.objects.get().pk
    operations.send(notice_pk=pk)
    assert operations.send(notice_pk=pk) is None

    assert [one.subject for one in mail.outbox] == ["Nous avons arrêté un prélèvement"]
    assert mail.outbox[0].to == ["anne@exemple.fr"]
    assert "https://portail.example/famille/mois/2026-10/" in mail.outbox[0].body
    assert Notice.objects.get().state == NoticeState.SENT


def test_nobody_without_a_confirmed_address_or_the_wish_is_written_to(anne: User) -> None:
    assert ask() == 0
    contact = confirmed(anne)
    Contact.objects.filter(pk=contact.pk).update(confirmed_at=None)
    assert ask() == 0
    Contact.objects.filter(pk=contact.pk).update(confirmed_at=timezone.now())
    operations.prefer(user_pk=anne.pk, wanted={"cmg.ready"}, kinds=[kind.code for kind in KINDS], discreet=False)

    assert ask() == 0
    assert ask(kind="cmg.ready") == 1


def test_a_family_that_is_not_linked_any_more_is_not_written_to(anne: User) -> None:
    confirmed(anne)
    FamilyLink.objects.update(until=date(2026, 6, 1))
    assert ask() == 0


def test_discreet_subjects_and_bodies_say_nothing(anne: User) -> None:
    confirmed(anne, discreet=True)
    ask()
    operations.send(notice_pk=Notice.objects.get().pk)

    assert mail.outbox[0].subject == "Un message vous attend"
    assert "prélèvement" not in mail.outbox[0].body
    assert "2026-10" not in mail.outbox[0].body


def test_no_subject_or_text_holds_an_amount_or_a_place() -> None:
    for kind in KINDS:
        for words in (kind.subject, kind.text):
            assert not re.search(r"€|\d|Caf|MSA|enfant", words.format(words="d’octobre")), kind.code


class Broken(EmailBackend):
    def send_messages(self, messages: list) -> int:
        raise OSError("mail server is away")


def test_a_server_that_is_away_is_tried_again_and_given_up_in_the_end(anne: User, settings) -> None:  # type: ignore[no-untyped-def]
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    confirmed(anne)
    ask()
    notice = Notice.objects.get()

    for attempt in range(1, outgoing.ATTEMPTS_MAX + 1):
        operations.send(notice_pk=notice.pk)
        notice.refresh_from_db()
        assert notice.attempts == attempt
        assert "away" in notice.last_error
        assert (notice.state == NoticeState.FAILED) == (attempt == outgoing.ATTEMPTS_MAX)
        assert operations.waiting(timezone.now()) == []
        Notice.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    assert operations.waiting(timezone.now()) == []


def test_one_taken_by_a_worker_that_died_is_sent_after_its_lease(anne: User) -> None:
    confirmed(anne)
    ask()
    pk = Notice.objects.get().pk
    outgoing._take(Notice.objects.all(), pk)
    assert operations.send(notice_pk=pk) is None

    Notice.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    assert operations.waiting(timezone.now()) == [pk]
    operations.send(notice_pk=pk)
    assert len(mail.outbox) == 1


def test_an_address_counts_once_its_link_was_opened_by_its_owner(
    anne: User, django_capture_on_commit_callbacks
) -> None:  # type: ignore[no-untyped-def]
    with django_capture_on_commit_callbacks(execute=True):
        contact = operations.give_address(user_pk=anne.pk, address="a@exemple.fr", discreet=False, at=timezone.now())
    token = operations.token_of(contact)
    assert f"/famille/preferences/adresse/{token}/" in mail.outbox[0].body
    another = User.objects.create(username="other", door=Door.FAMILY)

    with pytest.raises(operations.LinkExpired):
        operations.confirm_address(user_pk=another.pk, token=token, at=timezone.now())
    assert Contact.objects.get().confirmed_at is None
    operations.confirm_address(user_pk=anne.pk, token=token, at=timezone.now())
    assert Contact.objects.get().confirmed_at is not None


def test_an_old_link_and_that_of_a_former_address_are_refused(anne: User, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = operations.give_address(user_pk=anne.pk, address="a@exemple.fr", discreet=False, at=timezone.now())
    former = operations.token_of(contact)
    operations.give_address(user_pk=anne.pk, address="b@exemple.fr", discreet=False, at=timezone.now())
    with pytest.raises(operations.LinkExpired):
        operations.confirm_address(user_pk=anne.pk, token=former, at=timezone.now())

    fresh = operations.token_of(Contact.objects.get())
    monkeypatch.setattr(operations, "CONFIRM_SECONDS", -1)
    with pytest.raises(operations.LinkExpired):
        operations.confirm_address(user_pk=anne.pk, token=fresh, at=timezone.now())
    with pytest.raises(operations.LinkExpired):
        operations.confirm_address(user_pk=anne.pk, token=signing.dumps({"user": anne.pk}), at=timezone.now())


OUTSIDE = NoticeKind(
    "test.outside", "", "Vos places avant le {words}", "Merci de dire vos places avant le {words}.",
    reach=lambda subject: "monique@exemple.fr" if subject == "place:1" else "",
    link=lambda subject: f"https://portail.example/clef/{subject}/",
)  # fmt: skip


def ask_outside(subject: str = "place:1", kind: str = "test.outside") -> int:
    told = "SELECT %(subject)s, 'due:' || %(subject)s"
    return operations.ask_outside(
        told_sql=told, values={"subject": subject}, kind=kind, path="/semaine/", words="1er juin"
    )


def test_who_has_no_account_is_written_to_once_by_the_link_made_when_it_leaves() -> None:
    register(OUTSIDE)

    assert (ask_outside(), ask_outside()) == (1, 0)
    notice = operations.send(notice_pk=Notice.objects.get().pk)

    assert (mail.outbox[0].to, mail.outbox[0].subject) == (["monique@exemple.fr"], "Vos places avant le 1er juin")
    assert "https://portail.example/clef/place:1/" in mail.outbox[0].body
    assert notice is not None
    assert "clef" not in notice.path
    assert OUTSIDE not in all_kinds()


def test_who_has_no_address_is_told_apart_and_nothing_leaves() -> None:
    register(OUTSIDE)
    ask_outside("place:2")

    notice = operations.send(notice_pk=Notice.objects.get().pk)

    assert notice is not None
    assert (notice.state, notice.last_error) == (NoticeState.FAILED, "plus d’adresse")
    assert mail.outbox == []


def test_a_notice_for_accounts_is_not_sent_outside_them() -> None:
    with pytest.raises(ValueError, match="no address"):
        ask_outside(kind="cmg.hold")
