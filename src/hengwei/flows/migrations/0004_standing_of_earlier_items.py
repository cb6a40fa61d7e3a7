from django.db import migrations

#: Items recorded before rules on time existed: as they stand now; how long before, nobody wrote down.
FILL = """
INSERT INTO flows_standing (item_id, phase, since, unanswered_since)
SELECT id, phase, updated_at, CASE WHEN last_public_from_requester AND phase IN ('new', 'active', 'waiting') THEN last_public_at END
  FROM work_workitem WHERE phase <> 'closed'
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [("flows", "0003_learning")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
