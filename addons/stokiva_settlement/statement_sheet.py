"""A statement as a workbook. Knows no ORM."""
import io
from datetime import datetime, time

import xlsxwriter

WIDTHS = (11, 20, 20, 40, 12, 12, 12, 16, 16, 14, 60)


def make(document, words, digits=2):
    """Return the workbook of a statement.

    :param dict document: see ``stokiva.statement._get_document``
    :param dict words: ``title``, ``facts`` (pairs), ``columns`` (one more than the amounts), and the words ``further``,
        ``subtotal``, ``payable``
    :param int digits: decimals of the currency
    :return: the file
    :rtype: bytes
    """
    out = io.BytesIO()
    # What somebody typed is text, never a formula.
    book = xlsxwriter.Workbook(out, {'in_memory': True, 'strings_to_formulas': False, 'strings_to_urls': False})
    sheet = book.add_worksheet(document['number'].replace('/', '-')[:31])
    money = '#,##0' + ('.' + '0' * digits if digits else '')
    formats = {
        name: book.add_format(values) for name, values in {
            'title': {'bold': True, 'font_size': 14}, 'head': {'bold': True, 'bottom': 1, 'text_wrap': True},
            'bold': {'bold': True}, 'day': {'num_format': 'dd.mm.yyyy', 'valign': 'top'},
            'money': {'num_format': money, 'valign': 'top'}, 'sum': {'num_format': money, 'bold': True, 'top': 1},
            'text': {'text_wrap': True, 'valign': 'top'}}.items()}
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, words['title'], formats['title'])
    row = 1
    for label, value in words['facts']:
        sheet.write_string(row, 0, label, formats['bold'])
        sheet.write_string(row, 2, value or '')
        row += 1
    row += 1
    for column, label in enumerate(words['columns']):
        sheet.write_string(row, column, label, formats['head'])
    sheet.freeze_panes(row + 1, 0)
    for item in document['rows']:
        row += 1
        _write_settlement(sheet, row, item, formats)
    if document['further']:
        row += 2
        sheet.write_string(row, 0, words['further'], formats['head'])
        for item in document['further']:
            row += 1
            sheet.write_string(row, 3, item['name'], formats['text'])
            sheet.write_number(row, 9, item['amount'], formats['money'])
            sheet.write_string(row, 10, item['why'] or '', formats['text'])
    row += 2
    for label, amount, style in [
            *((*pair, 'money') for pair in document['sums']), (words['subtotal'], document['subtotal'], 'sum'),
            *((*pair, 'money') for pair in [*document['taxes'], *document['below']]),
            (words['payable'], document['payable'], 'sum')]:
        sheet.write_string(row, 8, label, formats['bold'] if style == 'sum' else None)
        sheet.write_number(row, 9, amount, formats[style])
        row += 1
    book.close()
    return out.getvalue()


def _write_settlement(sheet, row, item, formats):
    sheet.write_datetime(row, 0, datetime.combine(item['date'], time.min), formats['day'])
    for column, text in enumerate((item['order'], item['number'], item['what']), start=1):
        sheet.write_string(row, column, text or '', formats['text'])
    for column, name in enumerate(('labour', 'travel', 'part', 'adjustment', 'deduction', 'total'), start=4):
        sheet.write_number(row, column, item[name], formats['money'])
    sheet.write_string(row, 10, "\n".join(item['reasons']), formats['text'])
