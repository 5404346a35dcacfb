from django.apps import AppConfig


class FraudConfig(AppConfig):
    name = "fraud"
    label = "fraud"
    verbose_name = "Lutte contre la fraude"

    def ready(self) -> None:
        from fraud.cases import letters as case_letters
        from fraud.cases.selectors import count_opinions_awaited, count_views_awaited
        from fraud.codaf import letters as codaf_letters
        from fraud.exchanges import notices as exchange_notices
        from fraud.exchanges.receiving import register_receivers
        from fraud.exchanges.selectors import count_to_answer
        from fraud.journal import alarms
        from fraud.journal.selectors import count_open
        from fraud.moving import register_holdings
        from fraud.programme import letters as programme_letters
        from fraud.programme.selectors import count_waiting
        from fraud.rncps.printing import register_report
        from fraud.rncps.selectors import count_to_read
        from fraud.signals.flows import register_kinds
        from fraud.steering import control_section, control_waiting
        from fraud.thirdparties import letters as third_party_letters
        from portal.frame import steering
        from portal.frame.menu import COUNTS

        for one in (case_letters, third_party_letters, codaf_letters, programme_letters):
            one.register_letters()
        for told in (exchange_notices, alarms):
            told.register_notices()
        register_report()
        register_receivers()
        register_kinds()
        register_holdings()
        COUNTS["fraud:exchanges"] = count_to_answer
        COUNTS["fraud:partner"] = count_to_answer
        COUNTS["fraud:panel"] = count_views_awaited
        COUNTS["fraud:opinions"] = count_opinions_awaited
        COUNTS["fraud:journal"] = count_open
        COUNTS["fraud:programme"] = count_waiting
        COUNTS["fraud:rncps_oversight"] = count_to_read
        steering.SECTIONS.append(control_section)
        steering.WAITING.append(control_waiting)
