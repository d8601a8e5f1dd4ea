"""The guide: its pictures and links are there, what it calls by name is called so in the product."""
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
