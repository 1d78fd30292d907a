"""Whoever writes many rows has them counted for the planner, without owning the tables."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """A function of the owner's that analyses one table and does nothing else."""

    dependencies: ClassVar = [("registry", "0007_contact")]
    operations: ClassVar = [
        migrations.RunSQL(
            """
            CREATE FUNCTION karama_analyse(name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
                SET search_path = public, pg_temp AS $$
                BEGIN
                    EXECUTE format('ANALYZE public.%I', name);
                END $$;
            """,
            "DROP FUNCTION karama_analyse(text)",
        ),
    ]
