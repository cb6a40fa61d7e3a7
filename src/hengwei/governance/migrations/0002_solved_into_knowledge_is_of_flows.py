"""The control of reusable solutions belongs to the room that joins items and articles: bindings and their runs follow its key."""

from django.db import migrations

WAS, IS = "governance.solved_into_knowledge", "flows.solved_into_knowledge"


def rename(was: str, now: str):
    def run(apps, schema_editor) -> None:
        for model in ("Binding", "ControlRun"):
            apps.get_model("governance", model).objects.filter(control=was).update(control=now)

    return run


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]
    operations = [migrations.RunPython(rename(WAS, IS), rename(IS, WAS))]
