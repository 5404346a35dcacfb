"""Every act on a case, as a form: what is asked, what it does, the letter that it sends. None of them pays or stops anything."""

from collections.abc import Callable
from datetime import date

from fraud.cases import (
    appeals,
    deciding,
    hearing,
    informing,
    letters,
    notifying,
    penalties,
    penalty_letters,
    qualifying,
    suspending,
)
from fraud.cases.acting import Act
from fraud.cases.standing import papers_of, papers_to_copy, untold_of
from fraud.models import (
    PENALTY_FALLEN,
    CaseState,
    ControlCase,
    Ground,
    PaperKind,
    ReplyForm,
    SuspensionProposal,
)
from fraud.rules import delays
from fraud.rules.figures import control_parameters
from fraud.rules.penalty import penalty_bracket
from fraud.views.case_common import Field
from fraud.views.case_form import (
    DIRECT,
    HEARD,
    LIVE,
    ONE,
    REASON,
    TREAT,
    CaseForm,
    Letter,
    P,
    S,
    Values,
    asked,
    penalty_of,
)
from fraud.views.case_proofs import PROVING, RECOVERING
from portal.accounts.models import Posting, User
from portal.accounts.rights import holders


def _finding(case: ControlCase, v: Values, act: Act) -> object:
    found = informing.Found(v["fact"], v["since"], v["last"] + ONE, v["source"], v["owed_by"] or 0, v["owed_to"] or 0)
    return informing.add_finding(case_pk=case.pk, found=found, act=act)


def _reply(case: ControlCase, v: Values, act: Act) -> object:
    said = hearing.Said(v["text"], v["received_on"], v["form"], v["helped_by"], v["is_represented"], v["has_said_all"])
    return hearing.note_reply(case_pk=case.pk, said=said, act=act)


def _panel(case: ControlCase, v: Values, act: Act) -> object:
    intent = tuple(qualifying.Intent(line) for line in letters.lines_of(v["intent"]))
    return qualifying.ask_panel(case_pk=case.pk, question=v["question"], intent=intent, act=act)


def _propose(case: ControlCase, v: Values, act: Act) -> object:
    proposed = penalties.Proposed(
        v["ground"], v["since"], v["last"] + ONE, v["amount"], v["reason"], is_organised_gang=v["gang"]
    )
    return penalties.propose_penalty(case_pk=case.pk, proposed=proposed, act=act)


def _colleagues(case: ControlCase, day: date) -> list[Field]:
    """Who treats the files of its fund that day, at the fund or at the joint fund that took them over."""
    there = Posting.objects.in_force_on(day).filter(serves=case.fund, role__in=holders(TREAT))
    posted = User.objects.filter(pk__in=there.values("user"), is_active=True).exclude(pk=case.officer_id)
    choices = tuple((str(one.pk), one.full_name) for one in posted.order_by("last_name", "pk")[:50])
    return [Field("officer", "À qui", "choice", choices=choices)]


def _findings_letter(case: ControlCase, v: Values, day: date) -> Letter:
    return PaperKind.FINDINGS, letters.findings_facts(list(case.findings.order_by("since", "pk")), day)


def _told_letter(kind: PaperKind) -> Callable[[ControlCase, Values, date], Letter]:
    def facts(case: ControlCase, v: Values, day: date) -> Letter:
        obtained = untold_of(case) if kind == PaperKind.NOTICE else case.obtained.order_by("pk")
        until = delays.reply_until(day, control_parameters()).isoformat()
        told = letters.obtained_facts(list(obtained))
        if kind == PaperKind.COPIES:
            told = letters.copies_facts(list(obtained), list(papers_to_copy(case)))
        return kind, told | {"until": until}

    return facts


def _result_letter(to: CaseState) -> Callable[[ControlCase, Values, date], Letter]:
    def facts(case: ControlCase, v: Values, day: date) -> Letter:
        owed_to = papers_of(case, day).owed_to_cents if to == S.ADJUSTED else 0
        return PaperKind.RESULT, deciding.result_facts(case, to, owed_to, day)

    return facts


def _notified_letter(case: ControlCase, v: Values, day: date) -> Letter:
    until = delays.penalty_reply_until(day, control_parameters())
    return PaperKind.PENALTY_NOTIFIED, penalty_letters.notified_facts(penalty_of(case), until)


def _decided_letter(case: ControlCase, v: Values, day: date) -> Letter:
    penalty = penalty_of(case)
    penalty.decided_cents = v["amount"]
    until = delays.appeal_until(day, control_parameters())
    return PaperKind.PENALTY_DECIDED, penalty_letters.decided_facts(penalty, v["reason"], until)


def _amount(label: str, hint: str, *, required: bool = True) -> Field:
    return Field("amount", label, "money", hint, required=required)


def _proposal(case: ControlCase) -> SuspensionProposal:
    found = suspending.open_proposal(case)
    if found is None:
        raise SuspensionProposal.DoesNotExist
    return found


def _proposal_fields(case: ControlCase, day: date) -> list[Field]:
    """The amount says the line of the finer scale for the facts found, when the body gave one."""
    bracket = penalty_bracket(case.owed_by_cents or 0, papers_of(case, day).facts_since or day, control_parameters())
    hint = "en euros ; vide pour un avertissement"
    return [
        Field("ground", "Les faits", "choice", choices=tuple(Ground.choices)),
        Field("since", "Premier jour des faits", "day", "jour/mois/année"),
        Field("last", "Dernier jour", "day", "jour/mois/année"),
        _amount("Montant", f"{hint} ; {bracket.limits}" if bracket else hint, required=False),
        Field("gang", "En bande organisée", "yes", required=False),
        Field("reason", "Ce que la personne lira", "long", "Les faits et leur gravité."),
    ]


BEFORE_FINDINGS = (
    CaseForm("information", "Informer la personne", "La lettre dit ce qui est vérifié, pourquoi, et qu’elle peut être aidée.",
             lambda c, v, a: informing.send_information(case_pk=c.pk, documents=v["documents"], act=a), frozenset({S.OPENED}),
             asked(Field("documents", "Documents attendus", "long", "Un par ligne ; « aucun document » s’il n’y en a pas.")),
             lambda c, v, d: (PaperKind.INFORMATION, letters.information_facts(c, v["documents"]))),
    CaseForm("verification", "Commencer la vérification", "La personne est informée : les faits peuvent être vérifiés.",
             lambda c, v, a: informing.start_investigation(case_pk=c.pk, act=a), frozenset({S.INFORMED})),
    CaseForm("rappel", "Redemander des documents", "La personne a trente jours. Rien n’est arrêté avant, ni sans décision.",
             lambda c, v, a: informing.remind_documents(case_pk=c.pk, documents=v["documents"], act=a),
             frozenset({S.INFORMED, S.INVESTIGATING}),
             asked(Field("documents", "Documents qui manquent", "long", "Un par ligne.")),
             lambda c, v, d: (PaperKind.DOCUMENTS, letters.documents_facts(v["documents"], d))),
    CaseForm("constat", "Écrire un constat", "Un fait, sa période, ses montants, sa source. La personne le lira tel quel.",
             _finding, frozenset({S.INVESTIGATING}),
             asked(Field("fact", "Le fait", "long", "Ce qui est constaté, sans jugement."),
                    Field("since", "Premier jour", "day", "jour/mois/année"), Field("last", "Dernier jour", "day", "jour/mois/année"),
                    Field("owed_by", "Versé en trop", "money", "en euros ; vide s’il n’y en a pas", required=False),
                    Field("owed_to", "Dû à la personne", "money", "en euros ; vide s’il n’y en a pas", required=False),
                    Field("source", "D’où cela vient", hint="Le document ou l’organisme, et sa date."))),
    CaseForm("rapport", "Déposer le rapport", "D’un agent assermenté et agréé : il vaut preuve jusqu’à preuve du contraire.",
             lambda c, v, a: informing.file_report(case_pk=c.pk, text=v["text"], act=a), frozenset({S.INVESTIGATING}),
             asked(Field("text", "Le rapport", "long")), only=lambda case: case.on_site),
    CaseForm("envoyer-constats", "Envoyer les constats", "La personne a dix jours ouvrés pour répondre. Rien n’est décidé avant.",
             lambda c, v, a: informing.send_findings(case_pk=c.pk, act=a), frozenset({S.INVESTIGATING}),
             letter=_findings_letter),
)  # fmt: skip
HEARING = (
    CaseForm("contradictoire", "Ouvrir l’échange", "Les constats sont chez la personne : sa réponse est attendue.",
             lambda c, v, a: hearing.begin_adversarial(case_pk=c.pk, act=a), frozenset({S.FINDINGS_SENT})),
    CaseForm("avis-114-21", "Envoyer l’avis de l’article L. 114-21",
             "La personne lit ce que d’autres ont dit, et de qui cela vient. Ses dix jours ouvrés recommencent.",
             lambda c, v, a: hearing.send_notice(case_pk=c.pk, act=a), LIVE, letter=_told_letter(PaperKind.NOTICE),
             only=lambda case: untold_of(case).exists()),
    CaseForm("copie-demandee", "Noter une demande de copie", "Rien ne se décide tant que la copie n’est pas envoyée.",
             lambda c, v, a: hearing.note_copy_asked(case_pk=c.pk, asked_on=v["asked_on"], act=a), LIVE,
             asked(Field("asked_on", "Demandée le", "day", "jour/mois/année")), only=lambda case: case.obtained.exists()),
    CaseForm("copies", "Envoyer les copies", "Les documents obtenus de tiers. Les dix jours ouvrés recommencent.",
             lambda c, v, a: hearing.send_copies(case_pk=c.pk, act=a), LIVE, letter=_told_letter(PaperKind.COPIES),
             only=lambda case: case.copy_requests.filter(paper=None).exists()),
    CaseForm("reponse", "Noter une réponse", "Écrite ou de vive voix, assistée ou représentée.", _reply, HEARD,
             asked(Field("text", "Ce que dit la personne", "long"), Field("received_on", "Reçue le", "day", "jour/mois/année"),
                    Field("form", "Comment", "choice", choices=tuple(ReplyForm.choices)),
                    Field("helped_by", "Aidée par", hint="Nom et qualité, s’il y a lieu.", required=False),
                    Field("is_represented", "Cette personne la représente", "yes", required=False),
                    Field("has_said_all", "Elle dit n’avoir rien à ajouter", "yes", required=False))),
    CaseForm("decider", "Passer à la décision", "Tout a été dit à la personne, et elle a pu répondre.",
             lambda c, v, a: hearing.ready_to_decide(case_pk=c.pk, act=a), frozenset({S.ADVERSARIAL})),
)  # fmt: skip
DECIDING = (
    CaseForm("sans-suite", "Classer sans suite", "Rien n’est retenu contre la personne : elle le lit dans un courrier.",
             lambda c, v, a: deciding.decide_no_action(case_pk=c.pk, reason=v["reason"], act=a), frozenset({S.DECISION}),
             asked(REASON), _result_letter(S.NO_ACTION)),
    CaseForm("droit-corrige", "Corriger un droit en sa faveur", "Ce qui est dû à la personne, d’après les constats.",
             lambda c, v, a: deciding.decide_adjusted(case_pk=c.pk, reason=v["reason"], act=a), frozenset({S.DECISION}),
             asked(REASON), _result_letter(S.ADJUSTED)),
    CaseForm("trop-verse", "Retenir une somme versée en trop", "D’après les constats. La notification vient ensuite ; rien n’est "
             "retenu avant ses vingt jours.",
             lambda c, v, a: deciding.decide_overpayment(case_pk=c.pk, avoided_cents=v["avoided"] or 0, reason=v["reason"], act=a),
             frozenset({S.DECISION}),
             asked(Field("avoided", "Montant évité", "money", "en euros : ce qui ne sera plus versé à tort", required=False), REASON)),
    CaseForm("notification", "Notifier la somme versée en trop", "Vingt jours pour demander une rectification (R. 133-9-2).",
             lambda c, v, a: notifying.send_overpayment_notice(case_pk=c.pk, act=a),
             frozenset({S.OVERPAYMENT, S.PENALTY_PROCEDURE, S.COMPLAINT}),
             only=lambda case: bool(case.owed_by_cents) and notifying.is_to_tell(case), drafts=notifying.drafts),
    CaseForm("commission", "Saisir la commission", "Deux membres au moins, qui n’ont pas instruit le dossier.", _panel,
             frozenset({S.DECISION, S.OVERPAYMENT}),
             asked(Field("question", "La question", "long", "Les faits, et ce que la commission doit dire."),
                    Field("intent", "Ce qui montrerait l’intention", "long", "Une preuve par ligne ; vide s’il n’y en a pas.",
                          required=False)),
             only=lambda case: not case.qualifications.exists()),
    CaseForm("penalite", "Ouvrir une procédure de pénalité", "Après la commission seulement.",
             lambda c, v, a: deciding.begin_penalty(case_pk=c.pk, reason=v["reason"], act=a),
             frozenset({S.DECISION, S.OVERPAYMENT}), asked(REASON), only=lambda case: case.qualifications.exclude(outcome="").exists()),
    CaseForm("proposer-suspension", "Proposer une suspension", "Trente jours après un rappel. La direction décide ou refuse ; rien "
             "ne change pour la personne avant.",
             lambda c, v, a: suspending.propose_suspension(case_pk=c.pk, missing=v["missing"], reason=v["reason"], act=a),
             frozenset({S.INFORMED, S.INVESTIGATING}),
             asked(Field("missing", "Documents qui manquent", "long", "La personne lira cette liste si la direction décide."),
                   Field("reason", "Pourquoi le droit en dépend", "long", "La personne lira aussi ces raisons.")),
             only=lambda case: suspending.is_reminded(case) and suspending.open_proposal(case) is None),
    CaseForm("suspension", "Décider la suspension proposée", "Par un courrier motivé. Cette décision n’arrête rien par elle-même : "
             "le service de la prestation l’applique.",
             lambda c, v, a: suspending.decide_suspension(proposal_pk=_proposal(c).pk, act=a),
             frozenset({S.INFORMED, S.INVESTIGATING}),
             letter=lambda c, v, d: (
                 PaperKind.SUSPENSION, suspending.suspension_facts(_proposal(c).missing, _proposal(c).reason, d)),
             right=DIRECT, only=lambda case: suspending.open_proposal(case) is not None, answers=suspending.open_proposal),
    CaseForm("refuser-suspension", "Refuser la suspension proposée", "Le versement continue. Qui l’a proposée lit vos raisons.",
             lambda c, v, a: suspending.decline_suspension(proposal_pk=_proposal(c).pk, reason=v["reason"], act=a), LIVE,
             asked(REASON), right=DIRECT, only=lambda case: suspending.open_proposal(case) is not None,
             answers=suspending.open_proposal),
    CaseForm("lever", "Lever la suspension", "Le document est là : le versement reprend, avec ce qui est dû.",
             lambda c, v, a: suspending.lift_suspension(suspension_pk=suspending.open_suspension(c).pk, act=a), LIVE,
             only=lambda case: suspending.open_suspension(case) is not None),
)  # fmt: skip
PENALTIES = (
    CaseForm("proposer", "Proposer une pénalité ou un avertissement", "Une autre personne signera. Le barème est celui du "
             "premier jour des faits.", _propose, frozenset({S.PENALTY_PROCEDURE}), _proposal_fields,
             only=lambda case: not case.penalties.exclude(state__in=PENALTY_FALLEN).exists()),
    CaseForm("signer", "Signer la notification", "La personne a un mois pour écrire ou être entendue.",
             lambda c, v, a: penalties.sign_notification(penalty_pk=penalty_of(c).pk, act=a), frozenset({S.PENALTY_PROCEDURE}),
             letter=_notified_letter, right=DIRECT, penalty=frozenset({P.PROPOSED})),
    CaseForm("entretien", "Fixer un entretien", "La personne est entendue avant toute décision.",
             lambda c, v, a: penalties.note_hearing(penalty_pk=penalty_of(c).pk, heard_on=v["heard_on"], act=a),
             frozenset({S.PENALTY_PROCEDURE}), asked(Field("heard_on", "Le", "day", "jour/mois/année")),
             lambda c, v, d: (PaperKind.PENALTY_HEARING, penalty_letters.hearing_facts(penalty_of(c), v["heard_on"])),
             penalty=frozenset({P.NOTIFIED})),
    CaseForm("prononcer", "Prononcer la pénalité", "Le montant notifié, ou moins. Deux mois de recours.",
             lambda c, v, a: penalties.decide_penalty(
                 penalty_pk=penalty_of(c).pk, amount_cents=v["amount"], reason=v["reason"], act=a),
             frozenset({S.PENALTY_PROCEDURE}), asked(_amount("Montant", "en euros"), REASON), _decided_letter, DIRECT,
             frozenset({P.NOTIFIED})),
    CaseForm("avertir", "Donner un avertissement", "Sans somme à payer.",
             lambda c, v, a: penalties.warn(penalty_pk=penalty_of(c).pk, reason=v["reason"], act=a),
             frozenset({S.PENALTY_PROCEDURE}), asked(REASON), right=DIRECT, penalty=frozenset({P.NOTIFIED})),
    CaseForm("renoncer", "Renoncer à la pénalité", "La personne est prévenue si elle en savait quelque chose.",
             lambda c, v, a: penalties.drop_penalty(penalty_pk=penalty_of(c).pk, reason=v["reason"], act=a),
             frozenset({S.PENALTY_PROCEDURE}), asked(REASON), right=DIRECT, penalty=frozenset({P.PROPOSED, P.NOTIFIED})),
    CaseForm("recours", "Noter un recours", "La commission du conseil donne son avis dans le mois.",
             lambda c, v, a: appeals.note_appeal(penalty_pk=penalty_of(c).pk, appealed_on=v["appealed_on"], act=a),
             frozenset({S.PENALTY_PROCEDURE, S.COMPLAINT}), asked(Field("appealed_on", "Reçu le", "day", "jour/mois/année")),
             penalty=frozenset({P.DECIDED, P.WARNED})),
    CaseForm("repondre-recours", "Répondre au recours", "Dans le mois qui suit l’avis ; sinon la procédure est abandonnée.",
             lambda c, v, a: appeals.decide_after_opinion(
                 penalty_pk=penalty_of(c).pk, amount_cents=v["amount"], reason=v["reason"], act=a),
             frozenset({S.PENALTY_PROCEDURE, S.COMPLAINT}),
             asked(_amount("Montant maintenu", "en euros ; vide pour retirer la pénalité", required=False), REASON),
             right=DIRECT, penalty=frozenset({P.OPINION_GIVEN})),
    CaseForm("tribunal", "Noter que le tribunal est saisi", "Rien n’est définitif avant sa réponse.",
             lambda c, v, a: appeals.go_to_court(penalty_pk=penalty_of(c).pk, reason=v["reason"], act=a),
             frozenset({S.PENALTY_PROCEDURE, S.COMPLAINT}), asked(REASON), penalty=frozenset({P.DECIDED, P.WARNED, P.UPHELD})),
    CaseForm("jugement", "Noter le jugement", "La pénalité est gardée, ou annulée.",
             lambda c, v, a: appeals.note_judgment(
                 penalty_pk=penalty_of(c).pk, is_kept=v["kept"] == "1", reason=v["reason"], act=a),
             frozenset({S.PENALTY_PROCEDURE, S.COMPLAINT}),
             asked(Field("kept", "Le tribunal", "choice", choices=(("1", "garde la pénalité"), ("0", "l’annule"))), REASON),
             penalty=frozenset({P.IN_COURT})),
)  # fmt: skip
ENDING = (
    CaseForm("plainte", "Déposer une plainte", "Comme partie civile, sur une qualification de la commission (L. 114-9).",
             lambda c, v, a: deciding.file_complaint(
                 case_pk=c.pk, court=v["court"], reference=v["reference"], reason=v["reason"], act=a),
             frozenset({S.DECISION, S.OVERPAYMENT, S.PENALTY_PROCEDURE}),
             asked(Field("court", "Tribunal"), Field("reference", "Référence", required=False), REASON), right=DIRECT,
             only=lambda case: case.qualifications.filter(outcome="FRAUD").exists()),
    CaseForm("recouvrement", "Noter une somme recouvrée", "D’après la comptabilité. Celles du CMG se lisent seules chaque matin.",
             lambda c, v, a: deciding.note_recovery(
                 case_pk=c.pk, received_on=v["received_on"], cents=v["cents"], reference=v["reference"], act=a),
             frozenset({S.OVERPAYMENT, S.PENALTY_PROCEDURE, S.COMPLAINT, S.CLOSED}),
             asked(Field("received_on", "Reçue le", "day", "jour/mois/année"), Field("cents", "Montant", "money", "en euros"),
                    Field("reference", "Référence du mouvement")),
             only=lambda case: bool(case.owed_by_cents) and not notifying.is_of_cmg(case)),
    CaseForm("annulation", "Noter une annulation au fond", "Par la commission de recours ou un juge. La pénalité tombe.",
             lambda c, v, a: deciding.annul_decision(case_pk=c.pk, reason=v["reason"], act=a),
             frozenset({S.ADJUSTED, S.OVERPAYMENT, S.PENALTY_PROCEDURE, S.COMPLAINT, S.CLOSED}), asked(REASON), right=DIRECT,
             only=lambda case: case.annulled_on is None and case.anonymised_on is None),
    CaseForm("confier", "Confier à quelqu’un d’autre", "À une personne de la caisse, sans lien avec la famille.",
             lambda c, v, a: informing.hand_over(case_pk=c.pk, officer_pk=int(v["officer"]), act=a), LIVE, _colleagues),
    CaseForm("cloturer", "Clore le dossier", "Une fois faite la suite que la décision demandait.",
             lambda c, v, a: deciding.close_case(case_pk=c.pk, reason=v["reason"], act=a),
             frozenset({S.NO_ACTION, S.ADJUSTED, S.OVERPAYMENT, S.PENALTY_PROCEDURE, S.COMPLAINT}), asked(REASON)),
)  # fmt: skip
ALL = (*BEFORE_FINDINGS, *HEARING, *DECIDING, *PENALTIES, *ENDING, *PROVING, *RECOVERING)
FORMS = {one.slug: one for one in ALL}
# The act that takes each step, where one does.
ACT_OF_STEP = {
    S.INFORMED: "information", S.INVESTIGATING: "verification", S.FINDINGS_SENT: "envoyer-constats",
    S.ADVERSARIAL: "contradictoire", S.DECISION: "decider", S.NO_ACTION: "sans-suite", S.ADJUSTED: "droit-corrige",
    S.OVERPAYMENT: "trop-verse", S.PENALTY_PROCEDURE: "penalite", S.COMPLAINT: "plainte", S.CLOSED: "cloturer",
}  # fmt: skip
# What gives a missing paper, by its code.
REMEDIES = {
    "control.notice_missing": "avis-114-21", "control.copy_missing": "copies", "control.no_finding": "constat",
    "control.report_missing": "rapport", "control.panel_missing": "commission", "control.officer_not_sworn": "confier",
    "control.overpayment_notice_missing": "notification", "control.complaint_due": "plainte",
}  # fmt: skip
