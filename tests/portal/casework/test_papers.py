"""Messages and papers: kept once, encrypted, of the right kind and size, with names that cannot harm."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from portal.casework.models import Attachment, Message
from portal.casework.papers import A_DAY, LARGEST, PaperRefused, content_of, keep_attachment, send_message, text_of

AT = datetime(2026, 10, 26, 8, 42, tzinfo=UTC)
SUBJECT = "cmg:employer:E1"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


def keep(content: bytes, name: str = "photo.png") -> Attachment:
    return keep_attachment(subject=SUBJECT, about="cmg.report:1", name=name, content=content, given_by="E1", at=AT)


@pytest.mark.django_db
def test_the_same_form_twice_is_one_message() -> None:
    key = uuid4()
    values = {"subject": SUBJECT, "from_family": True, "author": "E1", "form_key": key, "at": AT}

    first, second = send_message(**values, text="<script>x</script>"), send_message(**values, text="autre")

    assert (first.again, second.again) == (False, True)
    assert text_of(second.message) == "<script>x</script>"
    assert b"script" not in bytes(Message.objects.get().text)
    with pytest.raises(PaperRefused, match="Écrivez"):
        send_message(**values | {"form_key": uuid4()}, text=" \x00 ")
    with pytest.raises(PaperRefused, match="5001"):
        send_message(**values | {"form_key": uuid4()}, text="a" * 5_001)


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"MZ\x90", b"<svg onload=x>", b"", b"PK\x03\x04", b"GIF89a"])
def test_a_paper_is_believed_by_its_bytes(content: bytes) -> None:
    with pytest.raises(PaperRefused, match="ni une photo"):
        keep(content, "photo.png")


@pytest.mark.django_db
def test_a_paper_is_kept_once_encrypted_and_for_ever() -> None:
    first, second = keep(PNG), keep(PNG, "autre.png")

    assert first.pk == second.pk
    assert content_of(Attachment.objects.get()) == PNG
    assert PNG[8:] not in bytes(Attachment.objects.get().content)
    with pytest.raises(DatabaseError), transaction.atomic():
        Attachment.objects.update(name="x")


@pytest.mark.django_db
@pytest.mark.parametrize(("size", "taken"), [(LARGEST, True), (LARGEST + 1, False)])
def test_ten_megabytes_at_most(size: int, taken: bool) -> None:
    content = PNG + b"0" * (size - len(PNG))
    if taken:
        assert keep(content).size == size
    else:
        with pytest.raises(PaperRefused, match="10 Mo"):
            keep(content)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ('../../etc/"passwd"', "....etcpasswd"),
        ("photo\r\n.png", "photo.png"),
        ("\x00", "document"),
        ("é" * 200, "é" * 120),
    ],
)
def test_names_cannot_harm(given: str, kept: str) -> None:
    assert keep(PNG, given).name == kept


@pytest.mark.django_db
def test_fifty_papers_a_day_for_one_subject() -> None:
    for number in range(A_DAY):
        keep(PNG + str(number).encode())

    with pytest.raises(PaperRefused, match="Continuez demain"):
        keep(PNG + b"one more")
    assert keep(PNG + b"0").pk, "one that is there already is no other"
    other = {"about": "cmg.report:1", "name": "x.png", "content": PNG, "given_by": "E1"}
    assert keep_attachment(subject="cmg:employer:E2", at=AT, **other).pk
    assert keep_attachment(subject=SUBJECT, at=AT + timedelta(days=1), **other).pk
