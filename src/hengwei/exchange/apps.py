from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "hengwei.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room registers: events it listens to, jobs, permissions, panels."""
        from hengwei.core.registry import load_room

        load_room(self.name)
