from django.db import migrations

SET_NULL = """
DO $$ DECLARE old record; BEGIN
    FOR old IN SELECT conname FROM pg_constraint
               WHERE conrelid = 'jobs_idempotencykey'::regclass AND confrelid = 'jobs_job'::regclass
    LOOP EXECUTE format('ALTER TABLE jobs_idempotencykey DROP CONSTRAINT %I', old.conname); END LOOP;
END $$;
ALTER TABLE jobs_idempotencykey
    ADD CONSTRAINT key_job FOREIGN KEY (job_id) REFERENCES jobs_job (id)
        ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    """Row security shows a key to its actor only, so the database empties it for whoever deletes the job."""

    dependencies = [
        ('jobs', '0001_initial'),
    ]

    operations = [migrations.RunSQL(SET_NULL, migrations.RunSQL.noop)]
