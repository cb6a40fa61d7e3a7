from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "hengwei.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what this room registers: events it listens to, jobs, permissions, panels."""
        from django.db.backends.signals import connection_created
        from django.db.models.signals import post_migrate

        from hengwei.core.history import naming, tracking
        from hengwei.core.registry import load_room

        load_room(self.name)
        connection_created.connect(naming.attend, dispatch_uid="history")
        post_migrate.connect(tracking.install, sender=self, dispatch_uid="history")
