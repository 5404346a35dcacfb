from django.apps import AppConfig


class CmgConfig(AppConfig):
    name = "cmg"
    label = "cmg"
    verbose_name = "CMG"

    def ready(self) -> None:
        from cmg.flows.kinds import register_kinds
        from cmg.letters import register_letters
        from cmg.notices import register_notices, tell_of_letter, tell_of_message
        from cmg.remedies.reports import why_not_to_sign
        from cmg.simulation import simulate
        from portal.batches.operations import SIGNING_CHECKS
        from portal.casework.papers import AFTER_MESSAGE
        from portal.legislation import simulations
        from portal.letters.operations import AFTER_LETTER

        register_kinds()
        register_letters()
        register_notices()
        AFTER_LETTER.append(tell_of_letter)
        AFTER_MESSAGE.append(tell_of_message)
        simulations.register("cmg", simulate)
        SIGNING_CHECKS["cmg-month"] = why_not_to_sign
