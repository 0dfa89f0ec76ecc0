import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_audit_is_kept_so_long'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='auditentry',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'Cannot truncate % table', TG_TABLE_NAME;", hash='80f7d03931dd2c9398f80ba259a937a36aa9ac63', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_db8fc', table='accounts_auditentry', when='BEFORE')),
        ),
    ]
