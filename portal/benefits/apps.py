from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    name = "portal.benefits"
    label = "benefits"
    verbose_name = "Prestations familiales"

    def ready(self) -> None:
        from portal.benefits.flows.kinds import register_kinds
        from portal.benefits.moving import register_holdings
        from portal.benefits.running.registering import register_runs
        from portal.benefits.simulations import aeeh, ars, small_payment
        from portal.benefits.simulations.forms import FORMS
        from portal.benefits.simulations.small_form import SMALL_PAYMENT
        from portal.benefits.small.debt_letters import register_debt_letters
        from portal.benefits.small.letters import register_letters, tell_of_letter
        from portal.benefits.small.proof import check_small_sums
        from portal.frame import simulators, spaces
        from portal.ledger.proof import prove_with
        from portal.legislation import simulations
        from portal.letters.operations import AFTER_LETTER

        register_kinds()
        register_runs()
        register_holdings()
        register_letters()
        register_debt_letters()
        AFTER_LETTER.append(tell_of_letter)
        prove_with(check_small_sums)
        spaces.register(spaces.Space("Rentrée et handicap", "benefits:own_home", "/famille/prestations/", "family"))
        for module in (ars, aeeh, small_payment):
            simulations.register(module.__name__.rpartition(".")[2], module.simulate)
        for form in (*FORMS, SMALL_PAYMENT):
            simulators.register(form)
