"""Letters: tagged PDF, numbered, kept as they left; a batch killed or doubled writes each once; nothing outside is read."""

import contextlib
import re
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from cmg.letters import KINDS
from portal.letters.kinds import LetterKind, UnknownLetter, register
from portal.letters.models import Letter, LetterJob
from portal.letters.operations import Wanted, ask_batch, ask_letter, read_pdf, retry_failed, write_letters
from portal.letters.rendering import FactMissing, is_our_font, render_letter
from portal.letters.selectors import failures_of, letters_of, progress_of

DAY = date(2026, 10, 26)
SUBJECT = "cmg:employer:E1"
FACTS = {
    "recipient": ["Émilie Chabrol", "12 rue de l’Œuvre", "63000 Clermont-Ferrand"], "month": "2026-10-01",
    "held_cents": 46_815, "reasons": ["La Caf et Pajemploi n’ont pas le même numéro pour vous."],
    "owner": "Thomas Vidal", "body": "Pajemploi", "deadline": "2026-11-09", "awaited_cents": 46_153,
    "paid_cents": 46_882, "due_cents": 37_400, "amount_cents": 9_482, "cause": "déclaration corrigée",
    "until": "2026-11-15", "months_most": 12, "months": ["2026-10-01"], "expected_on": "2026-10-28",
    "refusal": "L’aide est déjà partie.", "total_cents": 82_026, "held_on": "2026-10-26", "report_number": "26-3817",
    "answer": "Nous avons tout refait : le montant est juste.", "sentence": "Le numéro est relié.", "reason": "précarité",
    "debit_cents": 0, "payout_cents": 46_153, "payout_on": "2026-10-28",
    "kept_cents": 1_234, "refund_cents": 1_734, "left_cents": 500,
    "lines": [{"month": "2019-07-01", "debited_cents": 41_013, "due_cents": 0, "back_cents": 41_013,
               "due_on": "2026-12-10", "amount_cents": 3_160}],
    "steps": [{"label": "Coût retenu", "value": "626.00", "unit": "EUR", "article": "CSS D. 531-18"}],
    "parameters": [{"key": "regime_b.hourly_cap", "value": "8.09", "date": "2026-04-01", "source": "décret"}],
}  # fmt: skip


def unpacked(pdf: bytes) -> bytes:
    """The PDF with its compressed streams opened."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    opened = [pdf]
    for stream in streams:
        with contextlib.suppress(zlib.error):
            opened.append(zlib.decompress(stream))
    return b"".join(opened)


def ask(key: str = "hold:E1:2026-10", kind: str = "cmg.hold") -> LetterJob:
    return ask_letter(kind=kind, key=key, subject=SUBJECT, facts=FACTS, dated=DAY, by="thomas")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_letter_is_a_tagged_pdf_with_its_facts(kind: LetterKind) -> None:
    rendered = render_letter(kind, FACTS, number="2026-0000001", dated=DAY)

    assert rendered.pdf.startswith(b"%PDF")
    content = unpacked(rendered.pdf)
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", content)
    assert b'pdfuaid:part="1"' in content
    assert b"/Lang (fr)" in content
    # Our own font, not the one that this machine happens to have.
    assert re.search(rb"/FontName /[A-Z]{6}\+Source-Serif-4", content)
    assert rendered.pages >= 2
    assert "Émilie Chabrol" in rendered.html
    assert "lundi 26 octobre 2026" in rendered.html


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_fact_that_the_law_wants_is_never_left_out(kind: LetterKind) -> None:
    for name in kind.needs:
        with pytest.raises(FactMissing, match=name):
            render_letter(kind, FACTS | {name: None}, number="1", dated=DAY)


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://127.0.0.1:1/x.png", "file:///proc/self/environ", "data:text/css,a{}"]
)
def test_a_letter_reads_nothing_but_our_fonts(address: str, caplog: pytest.LogCaptureFixture) -> None:
    kind = LetterKind("cmg.report_answer", "Réponse", "letters/cmg/report_answer.html")
    plain = render_letter(kind, FACTS, number="1", dated=DAY)

    hostile = render_letter(kind, FACTS | {"answer": f'<img src="{address}">'}, number="1", dated=DAY)

    assert "&lt;img" in hostile.html
    assert hostile.pages == plain.pages


@pytest.mark.django_db
def test_a_letter_is_written_once_and_kept_as_it_left() -> None:
    assert ask().pk == ask().pk
    assert write_letters() == 1
    assert write_letters() == 0

    letter = letters_of(SUBJECT).get()
    assert letter.number.startswith("2026-")
    assert read_pdf(letter).startswith(b"%PDF")
    assert b"Chabrol" not in bytes(Letter.objects.get().text)
    for change in (lambda: Letter.objects.update(title="autre"), lambda: Letter.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.django_db
def test_an_unknown_kind_is_refused_at_once() -> None:
    with pytest.raises(UnknownLetter):
        ask(kind="cmg.unheard_of")


@pytest.mark.django_db
def test_one_letter_that_fails_does_not_stop_the_batch() -> None:
    register(LetterKind("test.broken", "Modèle cassé", "letters/cmg/hold.html", ("nothing",)))
    letters = [
        Wanted(f"batch:{number}", SUBJECT, FACTS | {"nothing": None if number == 1 else "là"}) for number in range(3)
    ]
    batch = ask_batch(kind="test.broken", letters=letters, dated=DAY, by="thomas")

    write_letters()

    progress = progress_of(batch)
    assert (progress.done, progress.failed, progress.total) == (2, 1, 3)
    assert failures_of(batch) == [("Il manque nothing pour écrire « Modèle cassé ».", 1)]
    assert retry_failed(batch_pk=batch.pk, by="thomas") == 1
    write_letters()
    assert progress_of(batch).done == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_each_letter_once() -> None:
    letters = [Wanted(f"many:{number}", SUBJECT, FACTS) for number in range(12)]
    ask_batch(kind="cmg.hold", letters=letters, dated=DAY, by="thomas")
    ask_batch(kind="cmg.hold", letters=letters, dated=DAY, by="thomas")

    def work(_number: int) -> int:
        try:
            return write_letters()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(work, range(2)))

    assert sum(done) == 12
    assert Letter.objects.count() == len(set(Letter.objects.values_list("number", flat=True))) == 12


def test_only_a_file_among_our_fonts_is_one_whatever_way_leads_to_it(settings: Any) -> None:
    fonts = f"file://{settings.BASE_DIR}/static/fonts"

    assert is_our_font(f"{fonts}/source-serif-4-latin-wght-normal.woff2")
    assert is_our_font(f"file://{settings.BASE_DIR}/static/css/../fonts/source-serif-4-latin-wght-normal.woff2")
    for way_out in ("../../README.md", "%2e%2e/%2e%2e/README.md", "..%2f..%2fREADME.md", "%2E./../README.md", ""):
        assert not is_our_font(f"{fonts}/{way_out}"), way_out
    assert not is_our_font("https://ailleurs.example/static/fonts/x.woff2")
