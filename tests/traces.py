"""What an addon can leave in a database: its schema and its rows, as sets that can be compared."""
import psycopg2

# Rows that any session of Odoo adds or renews by itself; the list of addons on the disk is one of them.
VOLATILE = {
    'bus_bus', 'bus_presence', 'ir_cron_progress', 'ir_cron_trigger', 'ir_logging', 'ir_module_module_dependency', 'ir_profile',
    'res_device_log', 'res_users_log',
}
SCHEMA = {
    'columns': """
        SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
          FROM information_schema.columns WHERE table_schema = current_schema""",
    'indexes': "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema",
    'constraints': """
        SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = current_schema::regnamespace""",
    'functions': "SELECT proname FROM pg_proc WHERE pronamespace = current_schema::regnamespace",
    'triggers': "SELECT tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal",
    'sequences': "SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema",
}
# Tables whose rows are known by a name; of the others the ids are compared.
NAMED = {
    'ir_model': 'model',
    'ir_model_fields': "model || '.' || name",
    'ir_model_fields_selection': 'id::text',
    'ir_model_data': "module || '.' || name",
    'ir_config_parameter': "key || '=' || value",
    'ir_module_module': "name || ' ' || state",
    'ir_attachment': "id || ' ' || COALESCE(res_model, '')",
    'mail_activity': "id || ' ' || COALESCE(res_model, '')",
    'mail_followers': "id || ' ' || res_model",
    'mail_message': "id || ' ' || COALESCE(model, '')",
    'rating_rating': "id || ' ' || COALESCE(res_model, '')",
}
FILTERS = {
    # The web client's bundles are attachments that come and go.
    'ir_attachment': "url IS NULL OR url NOT LIKE '/web/assets/%'",
    'ir_model_data': r"NOT (module = 'base' AND name LIKE 'module\_stokiva\_%')",
    'ir_module_module': r"name NOT LIKE 'stokiva\_%'",
}


def read(database):
    """Return what stands in a database.

    :param str database: its name
    :return: ``{kind or table: set of texts}``
    :rtype: dict
    """
    connection = psycopg2.connect(dbname=database)
    try:
        with connection.cursor() as cr:
            return _read_schema(cr) | _read_rows(cr)
    finally:
        connection.close()


def _read_schema(cr):
    found = {}
    for kind, query in SCHEMA.items():
        cr.execute(query)
        found[kind] = {text for (text,) in cr.fetchall()}
    return found


def _read_rows(cr):
    cr.execute("""
        SELECT c.relname, EXISTS (
                   SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'id' AND NOT a.attisdropped)
          FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema::regnamespace""")
    found = {}
    for table, has_id in cr.fetchall():
        if table in VOLATILE or table.startswith('orm_signaling_'):
            continue
        name = NAMED.get(table, 'id::text' if has_id else 't::text')
        cr.execute(f'SELECT {name} FROM "{table}" t WHERE {FILTERS.get(table, "true")}')
        found[table] = {text for (text,) in cr.fetchall()}
    return found


def compare(before, after):
    """Say what came and what went between two readings.

    :param dict before: as ``read`` returns it
    :param dict after: likewise
    :return: lines, empty when nothing changed
    :rtype: list
    """
    return [
        f'{sign} {kind}: {text}'
        for kind in sorted(before.keys() | after.keys())
        for sign, one, other in (('+', after, before), ('-', before, after))
        for text in sorted(one.get(kind, set()) - other.get(kind, set()))
    ]
