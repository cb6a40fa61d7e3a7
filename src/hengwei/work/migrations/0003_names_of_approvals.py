"""What is approved has a name in English too, where the company gave it one."""

from django.db import migrations, models
from django.utils.translation import gettext_lazy as _


class Migration(migrations.Migration):
    dependencies = [("work", "0002_fewer_indexes")]

    operations = [migrations.AddField("approval", "name_en", models.CharField(_("English name"), max_length=200, blank=True, default=""))]
