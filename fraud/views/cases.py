"""Control cases: the list, a case with its next legal step and what it needs, its letters and its evidence."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from fraud.cases import selectors
from fraud.cases.evidence import EvidenceAltered, EvidenceGone, bundle, open_evidence
from fraud.cases.forgetting import kept_until
from fraud.cases.notifying import on_account
from fraud.cases.recovering import left_of
from fraud.cases.standing import last_day_of, qualification_of, untold_of
from fraud.cases.suspending import last_proposal, open_suspension
from fraud.cases.watermark import CannotBeShown
from fraud.models import Acquittal, CaseSource, CaseState, ControlCase, EvidenceItem, ObtainedVia, PaperKind, Penalty
from fraud.rncps.confirming import unconfirmed
from fraud.rules.figures import control_parameters
from fraud.rules.recovery import indemnity_cents
from fraud.signals.people import names_of, number_of
from fraud.views.case_acts import ACT_OF_STEP, FORMS, REMEDIES
from fraud.views.case_common import case_or_404, closed_to_linked
from fraud.views.panel import text_of
from portal.accounts.permissions import for_roles, funds_on, may, moment_on, today
from portal.accounts.rights import Right, holders
from portal.audit.operations import journal
from portal.casework.serving import NOTHING_RUNS
from portal.frame.filters import Field, FilterBar, filter_bar
from portal.frame.paging import count_up_to, page_of
from portal.letters.preview import preview_of
from portal.people.vault import decrypt

SEE = holders(Right.SEE_CONTROL)
COPIED = Prefetch("paper__copied__item", EvidenceItem.objects.defer("content"))
MINE = (("mine", "les miens"), ("blocked", "quelque chose à dire ou à envoyer à la personne"))


def _bar(request: HttpRequest) -> FilterBar:
    fields = [
        Field("q", "N° ou intitulé"), Field("state", "Étape", CaseState.choices, is_feminine=True),
        Field("source", "Origine", CaseSource.choices, is_feminine=True),
        Field("box", "Liste", MINE, is_feminine=True),
    ]  # fmt: skip
    return filter_bar("fraud:cases", request.user, request.GET, fields)  # type: ignore[arg-type]


@require_GET
@for_roles(SEE)
def cases(request: HttpRequest) -> HttpResponse:
    """The cases of one's funds, the last opened first."""
    bar, day = _bar(request), today()
    found = selectors.listed_cases(request.user, day)  # type: ignore[arg-type]
    if bar.values["q"]:
        found = found.filter(selectors.of_text(bar.values["q"]))
    if bar.values["state"]:
        found = found.filter(state=bar.values["state"])
    elif not bar.chips:
        found = found.exclude(state=CaseState.CLOSED)
    if bar.values["source"]:
        found = found.filter(source=bar.values["source"])
    if bar.values["box"] == "mine":
        found = found.filter(officer=request.user)
    elif bar.values["box"] == "blocked":
        found = found.exclude(state=CaseState.CLOSED).filter(selectors.something_to_tell())
    page = page_of(found, request.GET.dict(), order=("-pk",))
    context = {
        "page": page, "lines": _lines(page.rows), "total": count_up_to(found), "bar": bar,
        "may_treat": may(request.user, Right.TREAT_CONTROL, day), "may_sign": may(request.user, Right.DIRECT_CONTROL, day),  # type: ignore[arg-type]
    }  # fmt: skip
    return render(request, "fraud/cases.html", context)


def _lines(rows: Sequence[ControlCase]) -> list[tuple[ControlCase, str, str]]:
    """Each case with whose it is."""
    names = names_of(one.subject for one in rows if not one.anonymised_on)
    return [(one, names.get(one.subject, ""), number_of(one.subject)) for one in rows]


@never_cache
@require_GET
@for_roles(SEE)
@closed_to_linked
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case: the next legal step and what it needs, then everything that was said, told, sent and decided."""
    found, day = case_or_404(request, number, "control.case_read"), today()
    journal(
        actor=request.user.get_username(), action="control.case_read", subject=found.subject, detail={"case": found.number}
    )  # fmt: skip
    return render(request, "fraud/case.html", _shown(request, found) | {"today": day})


def _shown(request: HttpRequest, found: ControlCase) -> dict[str, Any]:
    day, penalty = today(), selectors.live_penalty(found)
    offered = _offered(request, found, penalty)
    steps = [
        (
            step,
            offered.get(ACT_OF_STEP[step.to]),
            [(one, offered.get(REMEDIES.get(one.code, ""))) for one in step.missing],
        )
        for step in selectors.next_steps(found, day)
    ]
    taken = {ACT_OF_STEP[step.to] for step, _form, _missing in steps}
    return {
        "family": "" if found.anonymised_on else names_of([found.subject])[found.subject],
        "family_no": number_of(found.subject), "may_treat": may(request.user, Right.TREAT_CONTROL, day),  # type: ignore[arg-type]
        "one": found, "steps": steps, "timeline": selectors.timeline(found), "penalty": penalty,
        "acts": [form for slug, form in offered.items() if slug not in taken],
        "findings": found.findings.order_by("since", "pk"), "replies": [(reply, text_of(reply)) for reply in found.replies.order_by("pk")],
        "obtained": found.obtained.select_related("told__paper").order_by("pk"), "untold": untold_of(found).count(),
        "copies": found.copy_requests.select_related("paper").prefetch_related(COPIED).order_by("pk"),
        "papers": found.papers.select_related("delivery").order_by("pk"),
        "reports": found.reports.select_related("sworn__user").order_by("pk"),
        "evidence": found.evidence.defer("content").order_by("pk"), "suspension": open_suspension(found),
        "suspension_proposal": last_proposal(found),
        "qualification": qualification_of(found), "asked": found.qualifications.filter(outcome="").first(),
        "reply_until": last_day_of(found, day), "recovered": sum(found.recoveries.values_list("cents", flat=True)),
        "kept_until": kept_until(found) if found.closed_on and not found.anonymised_on else None,
        "indemnity": indemnity_cents(found.fraud_cents or 0, day, control_parameters()),
        "is_indemnity_claimed": bool(found.fraud_cents) and _claims_indemnity(found),
        "account": () if found.anonymised_on else on_account(found),
        "demands": penalty.demands.order_by("pk") if penalty else (), "left": left_of(penalty) if penalty else 0,
        "acquittal": Acquittal.objects.filter(case=found).first(),
        "looks": unconfirmed(found.pk)[:20], "ways": _ways_out(request, found, day),
        "moves": penalty.moves.order_by("pk") if penalty else (),
    }  # fmt: skip


def _claims_indemnity(found: ControlCase) -> bool:
    """Whether the notice that left claimed it."""
    told = found.papers.select_related("job").filter(kind=PaperKind.OVERPAYMENT).first()
    return told is not None and bool(json.loads(decrypt(told.job.facts)).get("indemnity_cents"))


@dataclass(frozen=True)
class WayOut:
    """Somebody else who may be asked: where, what was asked already, what came of it."""

    title: str
    address: str
    asked: int
    obtained: int


def _ways_out(request: HttpRequest, found: ControlCase, day: date) -> list[WayOut]:
    """Whom this person may ask something for an open case: a body, a third party, the directory."""
    if found.state == CaseState.CLOSED:
        return []
    got = dict(found.obtained.values_list("via").annotate(Count("pk")).order_by("via"))
    ways = (
        (Right.EXCHANGE, "Demander à un organisme", f"{reverse('fraud:exchange_new')}?dossier={found.number}",
         found.exchanges, ObtainedVia.EXCHANGE),
        (Right.TREAT_CONTROL, "Demander à un tiers", reverse("fraud:third_new", args=[found.pk]),
         found.third_party_requests, ObtainedVia.THIRD_PARTY),
        (Right.ASK_RNCPS, "Consulter le RNCPS", f"{reverse('fraud:rncps')}?dossier={found.number}",
         found.rncps_consultations, ObtainedVia.RNCPS),
    )  # fmt: skip
    return [
        WayOut(title, address, asked.count(), got.get(via, 0))
        for right, title, address, asked, via in ways
        if may(request.user, right, day)  # type: ignore[arg-type]
    ]


def _offered(request: HttpRequest, found: ControlCase, penalty: Penalty | None) -> dict[str, Any]:
    """The acts that this person may do now on this case; who proposed something signs none of its acts."""
    rights = {
        right
        for right in (Right.TREAT_CONTROL, Right.DIRECT_CONTROL)
        if (funds := funds_on(request.user, today(), right)) is None or found.fund in funds  # type: ignore[arg-type]
    }
    return {
        slug: form
        for slug, form in FORMS.items()
        if form.right in rights
        and form.is_offered(found, penalty)
        and not form.is_ones_own(found, penalty, request.user.pk)  # type: ignore[arg-type]
    }


@never_cache
@require_GET
@for_roles(SEE)
@closed_to_linked
def case_paper(request: HttpRequest, number: str, paper: int) -> HttpResponse:
    """A letter of the case, as it was asked for."""
    found = case_or_404(request, number, "control.paper_read")
    sent = found.papers.select_related("job").filter(pk=paper).first()
    if sent is None:
        raise Http404
    detail = {"case": found.number, "paper": sent.pk}
    journal(actor=request.user.get_username(), action="control.paper_read", subject=found.subject, detail=detail)
    text = preview_of(sent.job.kind, json.loads(decrypt(sent.job.facts)), dated=sent.job.dated)
    return render(request, "fraud/case_paper.html", {"one": found, "paper": sent, "text": text})


@never_cache
@require_GET
@for_roles(holders(Right.SEE_CONTROL, Right.QUALIFY_FRAUD))
@closed_to_linked
def evidence(request: HttpRequest, number: str, item: int) -> HttpResponse:
    """A paper of the case as a PDF that bears the reader's name and the hour; refused when it no longer agrees with its hash."""
    found = _evidence_of(request, number, item)
    try:
        content = open_evidence(evidence_pk=found.pk, user=request.user, at=moment_on(today()))  # type: ignore[arg-type]
    except (EvidenceAltered, EvidenceGone, CannotBeShown) as refused:
        return render(request, "fraud/evidence_refused.html", {"number": number, "sentence": str(refused)}, status=409)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(True, f"{number}-{found.pk}.pdf")
    answer["Content-Security-Policy"] = NOTHING_RUNS
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@never_cache
@require_GET
@for_roles(holders(Right.TREAT_CONTROL))
@closed_to_linked
def case_copies(request: HttpRequest, number: str, paper: int) -> HttpResponse:
    """The documents that a letter of copies names, as they were received, for whoever sends them."""
    found = case_or_404(request, number, "control.copies_read")
    sent = found.papers.filter(pk=paper, kind=PaperKind.COPIES, copied__isnull=False).first()
    if sent is None:
        raise Http404
    items = [one.item for one in sent.copied.select_related("item__case").order_by("pk")]
    try:
        content = bundle(items=items, user=request.user, at=moment_on(today()))  # type: ignore[arg-type]
    except (EvidenceAltered, EvidenceGone) as refused:
        return render(request, "fraud/evidence_refused.html", {"number": number, "sentence": str(refused)}, status=409)
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = content_disposition_header(True, f"{number}-copies-{paper}.zip")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _evidence_of(request: HttpRequest, number: str, item: int) -> EvidenceItem:
    """Of a case of one's fund; for the panel, of a case that it was asked about."""
    found = EvidenceItem.objects.defer("content").select_related("case").filter(pk=item, case__number=number).first()
    if found is None or found.case is None:
        raise Http404
    day, fund = today(), found.case.fund
    sees = funds_on(request.user, day, Right.SEE_CONTROL)  # type: ignore[arg-type]
    sits = funds_on(request.user, day, Right.QUALIFY_FRAUD)  # type: ignore[arg-type]
    is_asked = found.case.qualifications.exists()
    if not (sees is None or fund in sees or (is_asked and (sits is None or fund in sits))):
        raise Http404
    return found
