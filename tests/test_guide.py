"""The documents: pictures, links and commands are there, what is called by name is called so in the product."""
import os
import re

from helpers import ROOT
from screens import PICTURES, SIZES, read_screens

GUIDE = ROOT / 'docs/guide'
ROLES = {
    'salesperson', 'call_centre', 'dispatcher', 'settlement_officer', 'manager', 'technician', 'provider', 'customer'}
# Odoo's own.
FOREIGN = {'Sales', 'Orders', 'New', 'Confirm'}


def read_pages():
    return {path.stem: path.read_text() for path in GUIDE.glob('*.md')}


def read_terms():
    """Return all terms of the addons, of the technicians' app too, without the dots of those that ask more."""
    text = ''.join(path.read_text() for path in ROOT.glob('addons/*/i18n/*.pot'))
    return {
        ''.join(re.findall(r'"(.*)"', term)).removesuffix('…')
        for term in re.findall(r'^msgid ((?:".*"\n)+)', text, re.MULTILINE)}


def test_a_page_for_each_role():
    assert read_pages().keys() == ROLES | {'README'}


def test_links_and_pictures_are_there():
    for path in (*ROOT.glob('docs/**/*.md'), ROOT / 'README.md'):
        for target in re.findall(r'\]\((?!https?:|#)([^)#]+)', path.read_text()):
            assert (path.parent / target).exists(), f'{path.name}: {target}'


def test_pictures_come_from_the_list():
    made = {
        f"{screen['name']}-{size}" for screen in read_screens() for size in screen.get('sizes') or SIZES}
    for name, text in read_pages().items():
        for picture in re.findall(r'\.\./img/([\w-]+)\.png', text):
            assert picture in made, f'{name}: {picture}'
    assert not [path.name for path in PICTURES.glob('*.png') if path.stem not in made and not path.stem.startswith('readme-')]


def test_what_is_called_by_name_is_called_so():
    """Words in italics are menus, buttons, columns: each is a term of the addons."""
    terms = read_terms() | FOREIGN
    for name, text in read_pages().items():
        for words in re.findall(r'(?<!\*)\*([^*]+)\*(?!\*)', text):
            for term in ' '.join(words.split()).split(' › '):
                assert re.sub(r' \(.*\)$', '', term) in terms, f'{name}: {term}'


def test_commands_are_there():
    """With their options. What operators do is run by test_operate, test_audit_log (upgrade) and every server (health)."""
    targets = set(re.findall(r'^(\w+):', (ROOT / 'Makefile').read_text(), re.M))
    for path in (*ROOT.glob('docs/**/*.md'), *ROOT.glob('config/*'), ROOT / 'README.md'):
        text = path.read_text()
        for target in re.findall(r'(?:`|^    )make (\w+)', text, re.M):
            assert target in targets, f'{path.name}: make {target}'
        for command, arguments in re.findall(r'\bscripts/(\w+)\b(?!\.py)([^`#\n]*)', text):
            script = ROOT / 'scripts' / command
            assert os.access(script, os.X_OK), f'{path.name}: {script}'
            known = ''.join(found.read_text() for found in ROOT.glob(f'scripts/{command}*'))
            for option in re.findall(r'\s(--[\w-]+)', arguments) if command != 'odoo' else ():
                assert option in known, f'{path.name}: {command} {option}'
        for name in re.findall(r'scripts/bench (\w+)', text):
            assert (ROOT / f'tests/bench/{name}.py').exists(), f'{path.name}: bench {name}'
        for node in re.findall(r'ARGS="?([\w/.:]+)', text):
            file, *names = node.split('::')
            found = [*ROOT.glob(file), *ROOT.glob(f'tests/bench/{file}.py')]
            assert found and all(name in found[0].read_text() for name in names), f'{path.name}: {node}'
