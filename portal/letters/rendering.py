"""From a template and facts to a tagged, accessible PDF (PDF/UA-1). Nothing outside our own fonts is ever fetched."""

import os
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.template.loader import render_to_string

from portal.letters.kinds import LetterKind

FONTS_DATED = "1577836800"  # 1 January 2020, for every letter


class FactMissing(ValueError):
    """A letter cannot be written without a fact that the law wants in it."""


@dataclass(frozen=True)
class Rendered:
    """A letter's PDF, its pages, and its content as HTML for the screen."""

    pdf: bytes
    pages: int
    html: str


def render_letter(kind: LetterKind, facts: dict[str, Any], *, number: str, dated: date) -> Rendered:
    """Write one letter. The same facts, number and day give the same content. Raises FactMissing."""
    missing = [name for name in kind.needs if facts.get(name) in (None, "", [])]
    if missing:
        raise FactMissing(f"Il manque {', '.join(missing)} pour écrire « {kind.title} ».")
    context = facts | {
        "kind": kind, "number": number, "dated": dated, "portal_name": settings.PORTAL_NAME,
        "portal_phone": settings.PORTAL_PHONE, "portal_hours": settings.PORTAL_HOURS,
    }  # fmt: skip
    html = render_to_string(kind.template, context)
    pages = _document(html)
    return Rendered(pages.write_pdf(pdf_variant="pdf/ua-1", uncompressed_pdf=False), len(pages.pages), html)


def is_our_font(address: str) -> bool:
    """Whether an address leads to one of our fonts, read as it will be looked for: « %2e%2e » is « .. »."""
    fonts = Path(settings.BASE_DIR, "static", "fonts").resolve()
    return address.startswith("file://") and fonts in _path_of(address).parents


def _path_of(address: str) -> Path:
    return Path(unquote(address.removeprefix("file://"))).resolve()


@cache
def unpacked_font(path: Path) -> bytes:
    """One of our fonts out of its WOFF2 envelope, once a process: each letter unpacked them all, most of its time."""
    from fontTools.ttLib import woff2

    plain = BytesIO()
    woff2.decompress(str(path), plain)
    return plain.getvalue()


def _document(html: str) -> Any:
    # Importing it takes a second and needs Pango: the portal starts without.
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFontsOnly(URLFetcher):
        """Refuses every address that is not a font of ours: a letter cannot be made to read anything else."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if not is_our_font(url):
                raise ValueError(f"Adresse refusée dans un courrier : {url}")
            return URLFetcherResponse(url, unpacked_font(_path_of(url)))

    # The fonts inside a PDF bear the second at which they were put there: a letter says its day and no hour.
    os.environ.setdefault("SOURCE_DATE_EPOCH", FONTS_DATED)
    fetcher, configuration = OwnFontsOnly(), FontConfiguration()
    sheet = CSS(
        filename=str(Path(settings.BASE_DIR, "static", "css", "letter.css")), url_fetcher=fetcher,
        font_config=configuration,
    )  # fmt: skip
    base = f"{Path(settings.BASE_DIR, 'static')}/"
    return HTML(string=html, base_url=base, url_fetcher=fetcher).render(
        stylesheets=[sheet], font_config=configuration, pdf_variant="pdf/ua-1"
    )
