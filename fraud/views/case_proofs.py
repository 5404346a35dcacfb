"""Acts that prove or recover: receipts, papers, an acquittal; a final penalty that is not paid."""

from collections.abc import Callable
from datetime import date

from fraud.cases import deciding, informing, proving, receiving, recovering
from fraud.cases.acting import Act
from fraud.cases.selectors import live_penalty
from fraud.models import ControlCase, DeliveryWay, DemandKind, PaperKind
from fraud.views.case_common import Field
from fraud.views.case_form import DIRECT, LIVE, CaseForm, Letter, P, S, Values, asked, penalty_of


def _receipt(case: ControlCase, v: Values, act: Act) -> object:
    return receiving.note_receipt(
        paper_pk=int(v["paper"]), way=v["way"], received_on=v["received_on"], proof=v["proof"], act=act
    )


def _receipt_fields(case: ControlCase, day: date) -> list[Field]:
    choices = tuple(
        (str(one.pk), f"{one.get_kind_display()}, {one.sent_on:%d/%m/%Y}") for one in receiving.awaited(case.pk)
    )
    return [
        Field("paper", "Courrier", "choice", choices=choices),
        Field("way", "Comment", "choice", choices=tuple(DeliveryWay.choices)),
        Field("received_on", "Reçu le", "day", "jour/mois/année"),
        Field("proof", "Preuve", hint="Numéro du recommandé, ou de la décharge signée."),
    ]


def _piece(case: ControlCase, v: Values, act: Act) -> object:
    piece = proving.Piece(v["title"], v["file"], v["given_by"], v["body"], v["dated"], v["content"])
    return proving.add_piece(case_pk=case.pk, piece=piece, act=act)


def _penalty_is_due(case: ControlCase) -> bool:
    found = live_penalty(case)
    return found is not None and found.decided_cents is not None and recovering.left_of(found) > 0


def _demanded(*kinds: str, without: str) -> Callable[[ControlCase], bool]:
    """Once the acts `kinds` were done, and `without` not yet."""

    def only(case: ControlCase) -> bool:
        found = live_penalty(case)
        done = set(found.demands.values_list("kind", flat=True)) if found is not None else set()
        return _penalty_is_due(case) and set(kinds) <= done and without not in done

    return only


def _demand_letter(case: ControlCase, v: Values, day: date) -> Letter:
    penalty = penalty_of(case)
    return PaperKind.PENALTY_DEMAND, recovering.demand_facts(penalty, recovering.due_of(penalty))


def _contrainte_letter(case: ControlCase, v: Values, day: date) -> Letter:
    penalty = penalty_of(case)
    facts = recovering.contrainte_facts(penalty, recovering.due_of(penalty), recovering.surcharge_of(penalty))
    return PaperKind.CONTRAINTE, facts


PROVING = (
    CaseForm("reception", "Noter la réception d’un courrier", "Les délais de la personne courent de ce jour-là, pas de l’envoi.",
             _receipt, frozenset(S), _receipt_fields, only=lambda case: bool(receiving.awaited(case.pk))),
    CaseForm("documents-recus", "Noter que les documents sont là", "Le rappel du matin ne part pas.",
             lambda c, v, a: informing.note_documents(case_pk=c.pk, act=a), frozenset({S.INFORMED, S.INVESTIGATING})),
    CaseForm("piece", "Ajouter une pièce", "Chiffrée, connue par son empreinte. Si elle vient d’un tiers, la personne en sera avisée.",
             _piece, LIVE,
             asked(Field("title", "Titre"), Field("file", "Document", "file", "PDF, image ou texte, dix mégaoctets au plus."),
                    Field("given_by", "Qui l’a donnée", "choice", choices=tuple(proving.GIVEN_BY.items())),
                    Field("body", "Nom de ce tiers", hint="Seulement s’il s’agit d’un tiers.", required=False),
                    Field("content", "Ce qu’elle dit", "long", "Pour un tiers : la personne lira ces mots.", required=False),
                    Field("dated", "Reçue le", "day", "jour/mois/année"))),
    CaseForm("relaxe", "Noter une relaxe définitive", "Le juge pénal a relaxé la personne pour ces faits : la pénalité tombe.",
             lambda c, v, a: deciding.note_acquittal(
                 case_pk=c.pk, ruled_on=v["ruled_on"], court=v["court"], reference=v["reference"], act=a),
             frozenset(S), asked(Field("ruled_on", "Jugée le", "day", "jour/mois/année"), Field("court", "Tribunal"),
                                  Field("reference", "Numéro de la décision")),
             only=lambda case: case.anonymised_on is None and case.qualifications.exists() and not hasattr(case, "acquittal")),
)  # fmt: skip
FINAL, AFTER = frozenset({P.FINAL}), frozenset({S.PENALTY_PROCEDURE, S.COMPLAINT, S.CLOSED})
RECOVERING = (
    CaseForm("mise-en-demeure", "Mettre en demeure de payer", "La pénalité est définitive et n’est pas payée. Un mois après réception.",
             lambda c, v, a: recovering.send_demand(penalty_pk=penalty_of(c).pk, act=a), AFTER, letter=_demand_letter,
             right=DIRECT, penalty=FINAL, only=_demanded(without=DemandKind.FORMAL_NOTICE)),
    CaseForm("majoration", "Ajouter la majoration", "Un dixième de ce qui reste dû, après le mois de la mise en demeure.",
             lambda c, v, a: recovering.add_surcharge(penalty_pk=penalty_of(c).pk, act=a), AFTER, right=DIRECT, penalty=FINAL,
             only=_demanded(DemandKind.FORMAL_NOTICE, without=DemandKind.SURCHARGE)),
    CaseForm("contrainte", "Délivrer une contrainte", "La personne a quinze jours pour faire opposition.",
             lambda c, v, a: recovering.issue_contrainte(penalty_pk=penalty_of(c).pk, act=a), AFTER, letter=_contrainte_letter,
             right=DIRECT, penalty=FINAL, only=_demanded(DemandKind.FORMAL_NOTICE, without=DemandKind.CONTRAINTE)),
    CaseForm("paiement", "Noter un paiement de la pénalité", "D’après la comptabilité.",
             lambda c, v, a: recovering.note_payment(
                 penalty_pk=penalty_of(c).pk, received_on=v["received_on"], cents=v["cents"], reference=v["reference"], act=a),
             AFTER, asked(Field("received_on", "Reçu le", "day", "jour/mois/année"), Field("cents", "Montant", "money", "en euros"),
                           Field("reference", "Référence du mouvement")),
             penalty=frozenset({P.DECIDED, P.UPHELD, P.FINAL}), only=_penalty_is_due),
)  # fmt: skip
