"""Values of new records, as a user would give them."""
import base64
import io

from PIL import Image


def photo(shade=40):
    """Return a small JPEG as base64 text, another one for every shade."""
    out = io.BytesIO()
    Image.new('RGB', (64, 48), (shade % 256, 90, 120)).save(out, 'JPEG')
    return base64.b64encode(out.getvalue()).decode()


class Values:
    """Makes values for another record like one of the world, or for a dialog.

    :param world: access.world.World
    """

    def __init__(self, world):
        self.world, self.known = world, {}

    def like(self, sample):
        """Return the values that a user gives for another record like one: what is required, and its company.

        :param sample: a record, in the superuser's environment
        """
        key = sample._name, sample.id
        if key not in self.known:
            self.known[key] = self._get_values(sample)
        return dict(self.known[key])

    def _get_values(self, sample):
        defaults = sample.default_get(list(sample._fields))
        names = [
            name for name, field in sample._fields.items()
            if field.store and not field.related and not field.compute
            and (field.required and name not in defaults or name == 'company_id' and not field.readonly)]
        values = {
            name: sample[name].id if sample._fields[name].type == 'many2one' else sample[name] for name in names}
        if 'name' in values:
            values['name'] = f"New {values['name']}"
        if special := getattr(self, '_new_' + sample._name.replace('.', '_'), None):
            values |= special(sample)
        return values

    def of_dialog(self, model, role, scope='own'):
        """Return values for a dialog of a model: what is required, of a scope of the role."""
        records = self._of_company(model, scope)
        defaults = records.default_get(list(records._fields))
        return {
            name: self._value_of_field(field, role, scope) for name, field in records._fields.items()
            if field.required and field.store and not field.related and not field.compute and not defaults.get(name)}

    def _of_company(self, model, scope):
        return self.world.env[model].with_company(self.world.other_company if scope == 'other' else self.world.company)

    def _value_of_field(self, field, role, scope):
        if field.relational:
            comodel = self._of_company(field.comodel_name, scope)
            if comodel._transient:
                record = comodel.create(self.of_dialog(comodel._name, role, scope))
            elif comodel._name == 'res.city':
                record = self.world.places['own'].customer.city_id
            else:
                record = self.world.samples(self.world.env, comodel._name, role, scope)
            return record.id if field.type == 'many2one' else [(6, 0, record.ids)]
        if field.type == 'selection':
            return field.get_values(self.world.env)[0]
        return photo() if field.type == 'binary' else "Text"

    def _new_res_partner(self, sample):
        return {'name': "New"}

    def _new_stokiva_message_rule(self, sample):
        return {'template_id': sample.template_id.id}

    def _new_stokiva_claim_rule(self, _sample):
        return {'kind': 'serial'}

    def _new_stokiva_device(self, sample):
        return {'device_type_id': sample.device_type_id.id}

    def _new_stokiva_labour_line(self, sample):
        return {'name': "More"}

    def _new_stokiva_media(self, sample):
        return {'image': photo()}

    def _new_stokiva_personnel(self, sample):
        return {'partner_id': self.world.make_contact("New").id}

    _new_stokiva_provider = _new_stokiva_personnel

    def _new_stokiva_public_holiday(self, sample):
        return {'date': '2031-04-04'}

    def _new_stokiva_service_area(self, sample):
        return {'zip_prefix': '34'}

    def _new_stokiva_settlement_share(self, sample):
        free = sample.provider_id.personnel_ids - sample.settlement_id.share_ids.personnel_id
        return {'personnel_id': free[:1].id}

    def _new_stokiva_sla_escalation(self, sample):
        return {'minutes': 77}

    def _new_stokiva_sla_policy(self, sample):
        return {'complete_hours': 8}

    def _new_stokiva_warranty_extension(self, sample):
        return {'labour_months': 6}
