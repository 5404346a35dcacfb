"""The guide of vendors as a page: the Markdown of the repository, read again for everybody, so that the two cannot differ."""

from functools import cache
from itertools import count
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

SOURCE = Path("docs") / "availability.md"
# What is wider than a telephone moves within a frame, by keyboard too; each frame is named.
FRAMES = (("table", "Tableau"), ("pre", "Exemple"))


@cache
def guide() -> SafeString:
    """Its title is that of the page."""
    return mark_safe(as_page((settings.BASE_DIR / SOURCE).read_text(encoding="utf-8")))


def as_page(text: str) -> str:
    page: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    for tag, name in FRAMES:
        parts, number = page.split(f"<{tag}>"), count(1)
        opened = (f'<div class="table-region" role="region" tabindex="0" aria-label="{name} {next(number)}"><{tag}>{part}'
                  for part in parts[1:])  # fmt: skip
        page = "".join([parts[0], *opened]).replace(f"</{tag}>", f"</{tag}></div>")
    return page
