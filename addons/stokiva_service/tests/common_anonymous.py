# By these a record belongs to a customer.
LINKS = ('work_order_id', 'work_order_ids', 'partner_id', 'device_id', 'question_id', 'event_id')
FREE = ('char', 'text', 'html', 'binary', 'json')


def find_personal(env, addon):
    """Return the stored fields of an addon's models that can hold something about a customer in words or pictures.

    :param str addon: its name
    :return: set of ``model.field``
    """
    links = env['stokiva.secret.link']._fields  # chance, and a hash of it
    return {
        f'{name}.{field.name}'
        for name, model in env.registry.items()
        if name.startswith('stokiva.') and model._auto and not model._abstract and not model._transient
        and (name == 'stokiva.work.order' or any(link in model._fields for link in LINKS))
        for field in model._fields.values()
        if field.type in FREE and field.store and not field.related and field._module == addon
        and field.name not in links}
