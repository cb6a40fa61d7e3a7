from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "hengwei.governance"
    label = "governance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room registers: events it listens to, jobs, permissions, panels."""
        from hengwei.core.registry import load_room

        load_room(self.name)
