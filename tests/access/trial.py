"""Try what a user may do with a record: really, and taken back again."""
from odoo.exceptions import AccessError, MissingError, UserError

from access.table import SCOPES
from access.world import NOBODYS

OPERATIONS = {'r': 'read', 'w': 'write', 'c': 'create', 'd': 'unlink'}
# What a user would change; of other models the name, or whatever comes first.
WRITES = {
    'stokiva.checklist.line': {'remark': "New"},
    'stokiva.device': {'registered_model': "New"},
    'stokiva.labour.line': {'quantity': 2},
    'stokiva.part.line': {'quantity': 2},
    'stokiva.performance.day': {'day': '2031-02-02'},
    'stokiva.personnel': {'role': 'master'},
    'stokiva.provider': {'offer_deadline_minutes': 60},
    'stokiva.rating': {'reply': "New"},
    'stokiva.settlement.line': {'why': "New"},
    'stokiva.sla.clock': {'reason_note': "New"},
    'stokiva.sla.escalation': {'minutes': 99},
    'stokiva.statement.line': {'why': "New"},
    'stokiva.work.order': {'diagnosis': "New"},
}
# Documents that arise from others: the sample itself is deleted.
KEPT = {'stokiva.statement'}


class Trial:
    """Tries of one user.

    :param world: access.world.World
    :param values: access.values.Values
    :param str role: key of `world.users`
    """

    def __init__(self, world, values, role):
        self.world, self.values, self.role, self.root = world, values, role, world.env
        self.env = world.env(
            user=world.users[role].id,
            context={'allowed_company_ids': world.company.ids, 'tracking_disable': True})

    def try_all(self, model):
        """Return `{scope: letters}` of what the user may do with a model's records, `o` for opening a dialog."""
        if self.env[model]._transient:
            allowed = self.may('create', self.env[model], self.values.of_dialog(model, self.role))
            return {'own': 'o' if allowed else ''}
        scopes = SCOPES[:1] if model in NOBODYS else SCOPES
        return {scope: self._try_scope(model, scope) for scope in scopes}

    def _try_scope(self, model, scope):
        samples = self.world.samples(self.env, model, self.role, scope)
        return ''.join(
            letter for letter, operation in OPERATIONS.items()
            if any(self.may(operation, sample) for sample in samples))

    def may(self, operation, sample, values=None):
        """Do it, take it back, and tell whether it was let through.

        :param str operation: `read`, `write`, `create` or `unlink`
        :param sample: a record in the user's environment; to create, one like it
        :param dict values: to create; those of the sample when left out
        :raise Exception: whatever is neither success nor a refusal of rights
        """
        if operation in ('create', 'unlink') and values is None:
            values = self.values.like(self.root[sample._name].browse(sample.id))
        self.root.flush_all()  # what the world owes is not the user's doing
        # What is refused at the door leaves nothing behind; the rest must not stay in the caches.
        clean = operation == 'read' or not sample.browse().has_access(operation)
        savepoint = self.env.cr.savepoint(flush=False)
        allowed = True
        try:
            getattr(self, f'_{operation}')(sample, values)
            self.env.flush_all()
        except (AccessError, MissingError):
            allowed = False
        except UserError as error:
            # Its subclasses speak of wrong values: the try was not what a user would do.
            if type(error) is not UserError:
                raise
            allowed = False
        finally:
            savepoint.close(rollback=True)
            if not clean or allowed and operation != 'read':
                self.env.cr.clear()
        return allowed

    def _read(self, sample, values):
        found = sample.search([('id', '=', sample.id)])
        sample.read(['display_name'])
        if not found:
            raise AssertionError(f"{self.role} reads {sample} without finding it")

    def _write(self, sample, values):
        values = WRITES.get(sample._name)
        if not values:
            name = min(
                (name for name, field in sample._fields.items()
                 if field.type in ('char', 'text', 'selection', 'datetime') and field.store and not field.related),
                key=lambda name: (name != 'note', name != 'name', name))
            values = {name: self.root[sample._name].browse(sample.id)[name]}
        sample.write(values)

    def _create(self, sample, values):
        sample.browse().create(values)

    def _unlink(self, sample, values):
        # What others refer to cannot go, whoever asks: what the user may delete at all is tried on a new one.
        if sample.browse().has_access('unlink') and sample._name not in KEPT:
            sample = self.root[sample._name].create(values).with_env(self.env)
        sample.unlink()
