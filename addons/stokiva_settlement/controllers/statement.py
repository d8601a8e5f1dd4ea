"""Download of a statement, for the back office."""
from odoo import http
from odoo.http import content_disposition, request

XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'


class StatementController(http.Controller):

    @http.route('/stokiva/statements/<int:statement_id>.xlsx', type='http', auth='user', methods=['GET'], readonly=True)
    def stokiva_statement_xlsx(self, statement_id):
        """Send a statement as a workbook; there is no such page for whom may not read it."""
        statement = request.env['stokiva.statement']
        if statement.has_access('read'):
            statement = statement.search([('id', '=', statement_id)])
        if not statement:
            raise request.not_found()
        return send_workbook(statement.sudo())  # sudo: after the check of rights; listed values only


def send_workbook(statement_sudo):
    """Return the response that downloads a statement which the user may see.

    :param statement_sudo: stokiva.statement record in sudo
    """
    content = statement_sudo._make_workbook()
    return request.make_response(content, [
        ('Content-Type', XLSX), ('Content-Length', len(content)), ('Cache-Control', 'no-store'),
        ('Content-Disposition', content_disposition(f'{statement_sudo._get_file_name()}.xlsx'))])
