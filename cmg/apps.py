from django.apps import AppConfig


class CmgConfig(AppConfig):
    name = "cmg"
    label = "cmg"
    verbose_name = "CMG"

    def ready(self) -> None:
        from cmg.first_pages import month_to_sign_first, month_to_sign_second
        from cmg.flows.kinds import register_kinds
        from cmg.letters import register_letters
        from cmg.moving import register_holdings
        from cmg.notices import register_notices, tell_of_letter, tell_of_message
        from cmg.operations import issue_run
        from cmg.remedies.proof import check_remedies
        from cmg.remedies.reports import why_not_to_sign
        from cmg.remedies.returned import after_bank_message
        from cmg.repairs.owing import waiting_for
        from cmg.simulation import simulate
        from portal.accounts.rights import Right
        from portal.banking.answers import follow_with
        from portal.batches.operations import ISSUERS, SIGNING_CHECKS
        from portal.casework.papers import AFTER_MESSAGE
        from portal.frame import simulators, spaces
        from portal.frame.homes import WAITING
        from portal.frame.menu import COUNTS
        from portal.ledger.proof import prove_with
        from portal.legislation import simulations
        from portal.letters.operations import AFTER_LETTER

        register_kinds()
        register_holdings()
        register_letters()
        follow_with(after_bank_message)
        prove_with(check_remedies)
        register_notices()
        AFTER_LETTER.append(tell_of_letter)
        AFTER_MESSAGE.append(tell_of_message)
        simulations.register("cmg", simulate)
        simulators.announce(
            simulators.Page(
                "Aide à la garde (CMG)", "Ce que vous recevez et ce qui vous reste à payer.", "cmg:simulator"
            )
        )
        spaces.register(spaces.Space("Garde d’enfant", "cmg:own_home", "/famille/", "cmg"))
        SIGNING_CHECKS["cmg-month"], ISSUERS["cmg-month"] = why_not_to_sign, issue_run
        WAITING[Right.SIGN_FIRST], WAITING[Right.SIGN_SECOND] = month_to_sign_first, month_to_sign_second
        COUNTS["cmg:acts:regularisations"] = lambda user, day: waiting_for(user, day).total
