"""Papers that strangers send: what they may cost whoever opens them."""

from io import BytesIO

from PIL import Image

from fraud.cases.watermark import DOTS_MOST, _pages_of


def pdf(side: int) -> bytes:
    """One empty page, as wide as it says: some hundreds of bytes."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {side} {side}] >>".encode(),
    ]  # fmt: skip
    written = b"%PDF-1.4\n" + b"".join(
        b"%d 0 obj\n%s\nendobj\n" % (number, part) for number, part in enumerate(parts, 1)
    )
    return written + b"trailer << /Size 4 /Root 1 0 R >>\n%%EOF"


def test_a_page_that_says_that_it_is_huge_is_drawn_as_any_other() -> None:
    for side in (600, 14_400):
        with Image.open(BytesIO(_pages_of(pdf(side))[0])) as page:
            assert max(page.size) == DOTS_MOST
