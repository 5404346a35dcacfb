"""A paper given back as it was given: an answer that runs nothing, guesses nothing and is kept nowhere."""

import hashlib

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from portal.casework.models import Attachment
from portal.casework.papers import PaperRefused, content_of, content_type_of

# Pictures open in the page. A PDF is downloaded: its readers do not open in a sandbox, and it may carry scripts of its own.
SHOWN = frozenset({"image/jpeg", "image/png"})
NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'; sandbox"


def serve_paper(paper: Attachment) -> HttpResponse:
    """The paper, of the kind that its bytes say. Raises PaperRefused for a kind that is never taken, or changed content."""
    content = content_of(paper)
    if hashlib.sha256(content).hexdigest() != paper.sha256:
        raise PaperRefused("Cette pièce ne correspond plus à son empreinte.")
    content_type = content_type_of(content)
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(content_type not in SHOWN, paper.name)
    answer["Content-Security-Policy"] = NOTHING_RUNS
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
