"""Verify the file of one order without a database and without Odoo. See scripts/verify."""
import argparse
import importlib
import sys
import types
from pathlib import Path

# The checker's modules alone, not the addon around them, which needs Odoo.
package = types.ModuleType('stokiva_check')
package.__path__ = [str(Path(__file__).resolve().parent.parent / 'addons' / 'stokiva_service')]
sys.modules['stokiva_check'] = package
order_file = importlib.import_module('stokiva_check.order_file')

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('file')
parser.add_argument('--seals')
options = parser.parse_args()
try:
    events, findings = order_file.check(options.file, options.seals)
except order_file.BadFile as error:
    sys.stderr.write(f"{error}\n")
    raise SystemExit(2) from None
sys.stdout.writelines(f"{text}\n" for text in findings)
sys.stdout.write(f"{events} events: {len(findings) or 'no'} findings\n")
raise SystemExit(1 if findings else 0)
