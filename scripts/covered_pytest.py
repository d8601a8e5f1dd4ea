"""pytest with the coverage of our addons, printed at the end; called by run_tests.py with pytest's arguments.

SlipCover changes the bytecode of our files alone and takes its marks out again once a line has run, where
coverage.py is called for every function of Odoo: which added two thirds to the time.
"""
import sys
from pathlib import Path

import pytest
import slipcover

# Odoo puts a finder of its own before all others and asks the rest: it must be there before SlipCover's.
import odoo.init  # noqa: F401

SOURCES = ['addons']
OMITTED = ['*/tests/*', '*/migrations/*', '*/__manifest__.py', '*/__init__.py']
MISSING_WIDTH = 60


def main(arguments):
    files = slipcover.FileMatcher(sources=SOURCES, omit=OMITTED)
    measured = slipcover.Slipcover(source=SOURCES, omit=OMITTED)
    with slipcover.ImportManager(measured, files):
        code = pytest.main(arguments)
    coverage = measured.get_coverage()
    slipcover.print_coverage(coverage, skip_covered=True, missing_width=MISSING_WIDTH)
    if not coverage['summary']['covered_lines']:
        print('coverage: no line of addons/ was seen to run: SlipCover did not come before their import')
        return 1
    return code


if __name__ == '__main__':
    # As `python -m pytest` would: the folder of this file is nobody's business.
    sys.path[0] = str(Path.cwd())
    sys.exit(main(sys.argv[1:]))
