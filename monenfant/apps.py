from django.apps import AppConfig


class MonenfantConfig(AppConfig):
    name = "monenfant"
    label = "monenfant"
    verbose_name = "monenfant"

    def ready(self) -> None:
        from monenfant.appointments.selectors import count_waiting
        from monenfant.duties.joint import register_holdings
        from monenfant.figures.flows import register_figure_kinds
        from monenfant.flows.kinds import register_kinds
        from monenfant.letters import register_letters
        from monenfant.notices import register_notices
        from monenfant.simulations import comparison, creche
        from monenfant.simulations.forms import FORMS
        from portal.frame import simulators
        from portal.frame.menu import COUNTS
        from portal.legislation import simulations

        register_kinds()
        register_holdings()
        register_figure_kinds()
        COUNTS["monenfant:desk"] = count_waiting
        register_letters()
        register_notices()
        simulations.register("creche", creche.simulate)
        simulations.register("childcare_comparison", comparison.simulate)
        for form in FORMS:
            simulators.register(form)
