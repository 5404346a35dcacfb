from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "portal.organisations"
    label = "organisations"
    verbose_name = "Organismes"

    def ready(self) -> None:
        from portal.frame import steering
        from portal.organisations.joint.steering import joint_section, joint_waiting

        steering.SECTIONS.append(joint_section)
        steering.WAITING.append(joint_waiting)
