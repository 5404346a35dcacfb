"""What leaves a page of exchanges: a paper with the mark of who looks, the proof, the data for the case."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from fraud.cases.evidence import EvidenceAltered, EvidenceGone, open_evidence
from fraud.cases.watermark import CannotBeShown
from fraud.envelopes.keeping import Forgotten
from fraud.envelopes.proof import NoSuchExchange, proof_of
from fraud.exchanges.export import export_of
from fraud.exchanges.opening import open_exchange
from fraud.views.exchange_common import Area, found, told
from portal.accounts.permissions import moment_on, today
from portal.frame.errors import Conflict
from portal.frame.private import in_private


@in_private
@require_GET
def document(request: HttpRequest, area: Area, key: UUID, document: int) -> HttpResponse:
    """One paper as a PDF that bears the officer's name and the time; both reads are journaled."""
    one, link, at = found(request, key), area.link("exchange", key), moment_on(today())
    paper = one.documents.filter(pk=document).first()
    if paper is None:
        raise Http404
    with told(link):
        open_exchange(exchange=one, user=request.user, on=today(), at=at, what=f"document:{paper.pk}")  # type: ignore[arg-type]
        try:
            content = open_evidence(evidence_pk=paper.evidence_id, user=request.user, at=at)  # type: ignore[arg-type]
        except (EvidenceGone, EvidenceAltered, CannotBeShown) as refused:
            raise Conflict(str(refused), link=link, action="Revenir à l’échange") from refused
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{one.number}-{paper.pk}.pdf"'
    return answer


@in_private
@require_POST
def proof(request: HttpRequest, area: Area, key: UUID) -> HttpResponse:
    """The file that anybody verifies without this portal, of what was asked or of its answer. It holds what was sent: taking
    it is journaled."""
    one, link = found(request, key), area.link("exchange", key)
    is_answer = request.POST.get("of") == "answer"
    envelope = one.answer_envelope if is_answer else one.envelope
    if envelope is None:
        raise Http404
    what = "proof of the answer" if is_answer else "proof"
    with told(link):
        open_exchange(exchange=one, user=request.user, on=today(), at=moment_on(today()), what=what)  # type: ignore[arg-type]
    try:
        content = proof_of(envelope, holder=one.holder_id)
    except (NoSuchExchange, Forgotten) as gone:
        raise Conflict("Il ne reste de cet échange que son empreinte et son accusé de réception.", link=link) from gone
    return _file(content, f"preuve-{one.number}{'-reponse' if is_answer else ''}.json")


@in_private
@require_POST
def export(request: HttpRequest, area: Area, key: UUID) -> HttpResponse:
    """The data, for the case."""
    one, link = found(request, key), area.link("exchange", key)
    with told(link):
        content = export_of(exchange=one, user=request.user, on=today(), at=moment_on(today()))  # type: ignore[arg-type]
    return _file(content, f"echange-{one.number}-{one.case_number}.json")


def _file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
