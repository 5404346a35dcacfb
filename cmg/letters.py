"""The letters of the CMG: their titles, what the law wants in each, and where their facts come from."""

from portal.letters.kinds import LetterKind, register

RECIPIENT = "recipient"
KINDS = (
    LetterKind("cmg.hold", "Nous avons arrêté un prélèvement", "letters/cmg/hold.html",
               (RECIPIENT, "month", "held_cents", "reasons", "owner", "deadline"), ("CSS L. 531-8",)),
    LetterKind("cmg.hold_ended", "Votre mois est réglé", "letters/cmg/hold_ended.html",
               (RECIPIENT, "month", "sentence"), ("CSS L. 531-8",)),
    LetterKind("cmg.advance_granted", "Votre avance arrive", "letters/cmg/advance_granted.html",
               (RECIPIENT, "amount_cents", "months", "expected_on")),
    LetterKind("cmg.advance_refused", "Votre demande d’avance", "letters/cmg/advance_refused.html",
               (RECIPIENT, "refusal", "months", "until")),
    LetterKind("cmg.advance_waits", "Une avance vous attend", "letters/cmg/advance_waits.html",
               (RECIPIENT, "amount_cents", "months")),
    LetterKind("cmg.advance_cancelled", "Votre avance est annulée", "letters/cmg/advance_cancelled.html",
               (RECIPIENT, "amount_cents", "months", "reason")),
    LetterKind("cmg.refund", "Nous vous rendons ce qui a été prélevé à tort", "letters/cmg/refund.html",
               (RECIPIENT, "lines", "total_cents", "expected_on"), ("CSS L. 531-8",)),
    LetterKind("cmg.kept", "Nous avons gardé une part d’un remboursement", "letters/cmg/kept.html",
               (RECIPIENT, "month", "kept_cents", "refund_cents", "left_cents", "until"),
               ("CSS L. 531-8", "CSS L. 553-2", "CSS R. 133-9-2")),
    LetterKind("cmg.overpayment", "Une somme vous a été versée en trop", "letters/cmg/overpayment.html",
               (RECIPIENT, "month", "paid_cents", "amount_cents", "cause", "until", "months_most"),
               ("CSS L. 553-1", "CSS L. 553-2", "CSS R. 133-9-2")),
    LetterKind("cmg.instalments", "Votre remboursement en plusieurs fois", "letters/cmg/instalments.html",
               (RECIPIENT, "total_cents", "lines"), ("CSS L. 553-2",)),
    LetterKind("cmg.remission", "Vous n’avez plus à rembourser cette somme", "letters/cmg/remission.html",
               (RECIPIENT, "amount_cents", "reason"), ("CSS L. 553-2",)),
    LetterKind("cmg.board", "Décision de la commission d’urgence sociale", "letters/cmg/board.html",
               (RECIPIENT, "held_on")),
    LetterKind("cmg.report_answer", "Réponse à votre signalement", "letters/cmg/report_answer.html",
               (RECIPIENT, "report_number", "answer")),
)  # fmt: skip


def register_letters() -> None:
    """Make the CMG's letters known to the kernel."""
    for kind in KINDS:
        register(kind)
