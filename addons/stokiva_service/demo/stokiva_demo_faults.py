from odoo import api, models
from odoo.tools import file_path
from odoo.tools.translate import TranslationImporter


class Demo(models.AbstractModel):
    """The demo catalogue of faults is told in English and in Turkish."""
    _inherit = 'stokiva.demo'

    @api.model
    def _load_fault_words(self):
        """Load the Turkish column of the faults: demo files are loaded without their translations."""
        importer = TranslationImporter(self.env.cr)
        importer.load_file(file_path('stokiva_service/demo/stokiva.fault.csv'), 'tr_TR', module='stokiva_service')
        importer.save()
        self.env['stokiva.fault'].invalidate_model(['name'])
