"""Care of the service: backups that were restored once, restores that are compared, and what ails it today."""
