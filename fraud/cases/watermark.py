"""A paper as it is shown: each page bears who looks at it and when. The result is pictures and text only.

No library of the portal writes inside somebody else's PDF: its pages are drawn as pictures by poppler (`pdftoppm`) and put
into a new document. What it carried beside its pages (scripts, attachments, links) stays behind.
"""

import base64
import shutil
import subprocess
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from PIL import Image, UnidentifiedImageError

from fraud.models import EvidenceKind
from portal.letters.rendering import is_our_font

# The longest side of a page, in dots: some 140 an inch of A4. A page may say that it is ten metres wide, and would fill the memory.
PAGES_MOST, DOTS_MOST, SECONDS = 60, 1600, 60
PIXELS_MOST = 40_000_000


class CannotBeShown(Exception):
    """The paper is whole, and cannot be shown with its mark: why, in French."""


def watermarked(*, kind: str, title: str, content: bytes, officer: str, at: datetime) -> bytes:
    """The paper as a PDF with the officer's name and the time across each page. Raises CannotBeShown."""
    context: dict[str, object] = {"title": title, "mark": f"{officer} — {timezone.localtime(at):%d/%m/%Y %H:%M}"}
    if kind == EvidenceKind.TEXT:
        context["text"] = content.decode()
    else:
        pages = _pages_of(content) if kind == EvidenceKind.PDF else [content]
        context["pictures"] = [_picture(page) for page in pages]
    return _document(render_to_string("letters/fraud/evidence.html", context))


def _pages_of(content: bytes) -> list[bytes]:
    drawer = shutil.which("pdftoppm")
    if drawer is None:
        raise CannotBeShown("Ce poste ne sait pas marquer un PDF (poppler-utils manque) : prévenez le support.")
    with TemporaryDirectory() as folder:
        command = [drawer, "-jpeg", "-scale-to", str(DOTS_MOST), "-l", str(PAGES_MOST + 1), "-", f"{folder}/page"]
        try:
            subprocess.run(command, input=content, check=True, capture_output=True, timeout=SECONDS)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise CannotBeShown("Ce PDF est abîmé ou protégé : il ne peut pas être affiché.") from error
        pages = [path.read_bytes() for path in sorted(Path(folder).iterdir())]
    if not 1 <= len(pages) <= PAGES_MOST:
        raise CannotBeShown(f"Ce PDF n’a pas de page, ou plus de {PAGES_MOST} : demandez-le en plusieurs parties.")
    return pages


def _picture(content: bytes) -> str:
    """The picture as an address that holds it, once its size is known to be sane."""
    try:
        with Image.open(BytesIO(content)) as picture:
            (width, height), kind = picture.size, picture.format
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise CannotBeShown("Cette image est abîmée : elle ne peut pas être affichée.") from error
    if width * height > PIXELS_MOST:
        raise CannotBeShown("Cette image est trop grande pour être affichée.")
    return f"data:image/{str(kind).lower()};base64,{base64.b64encode(content).decode()}"


def _document(html: str) -> bytes:
    # Importing it takes a second and needs Pango: the portal starts without.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    class OwnPagesOnly(URLFetcher):
        """Fonts of ours, and the pictures held by the page itself."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if not (url.startswith("data:image/") or is_our_font(url)):
                raise ValueError(f"Adresse refusée dans une pièce : {url[:80]}")
            return super().fetch(url, headers)

    base = f"{Path(settings.BASE_DIR, 'static')}/"
    return HTML(string=html, base_url=base, url_fetcher=OwnPagesOnly()).write_pdf()
