from django.apps import AppConfig


class AripaConfig(AppConfig):
    name = "aripa"
    label = "aripa"
    verbose_name = "ARIPA"

    def ready(self) -> None:
        from aripa.bank.proof import check_bank_moves
        from aripa.bank.returns import take_back, wait_for_turn
        from aripa.flows.kinds import register_kinds
        from aripa.letters.kinds import register_letters
        from aripa.moving import register_holdings
        from aripa.notices import register_notices, tell_of_letter
        from aripa.own.menu import begun_by
        from aripa.simulations import asf, direct_payment, indexation, pension_scale, seizable
        from aripa.simulations.forms import FORMS
        from portal.banking.answers import take_back_with
        from portal.frame import simulators, spaces
        from portal.ledger.proof import prove_with
        from portal.legislation import simulations
        from portal.letters.operations import AFTER_LETTER

        register_kinds()
        register_holdings()
        take_back_with(take_back, after=wait_for_turn)
        prove_with(check_bank_moves)
        register_letters()
        register_notices()
        AFTER_LETTER.append(tell_of_letter)
        space = spaces.Space("Pension alimentaire", "aripa:own_home", "/famille/pension/", "aripa", begun_by)
        spaces.register(space)
        for module in (asf, direct_payment, indexation, pension_scale, seizable):
            simulations.register(module.__name__.rpartition(".")[2], module.simulate)
        for form in FORMS:
            simulators.register(form)
