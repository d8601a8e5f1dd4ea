"""What a customer or a dispatcher means by a reply. No ORM: tested without a database.

A reply is an answer only if it begins with a word of ours (or with the code, and then the word) and nothing
takes that word back. Whatever else somebody writes is left to people.
"""
import re
import unicodedata
from typing import NamedTuple

APPROVE, REJECT, STOP, UNCLEAR = 'approve', 'reject', 'stop', 'unclear'


def _words(text):
    return frozenset(text.split())


WORDS = {
    APPROVE: _words('evet e onay onayla onayliyorum onaylandi kabul tamam ok okay yes y approve accept 1'),
    REJECT: _words('hayir h red ret iptal istemiyorum reddet reddediyorum no n reject refuse 2'),
    STOP: _words('dur stop cikis unsubscribe'),
}
# "tamam istemiyorum", "evet degil", "evet mi hayir mi", "yes but not this"
NEGATIONS = _words(
    'degil istemiyorum istemem istemedim olmaz olmadi yok yapma yapmayin yapilmadi hayir red ret iptal not no never '
    "dont don't cancel mi mu ama fakat ancak but")
# "evet hala calismiyor", "evet gelmediler": verbs deny by an ending
DENYING = re.compile(r'[a-z]+(?:m[iu]yor|m[ae]di|m[ae]m|m[ae]z)[a-z]*')
# "hayir sorun yok", "no problem": what looks like a refusal is praise
PRAISE = _words('sorun problem')
CODE = re.compile(r'(\d{4})')
GLUED = re.compile(r'([a-z]+)(\d{4})|(\d{4})([a-z]+)')
_FOLD = str.maketrans('İIıŞşÇçĞğÜüÖöÂâÎîÛû', 'iiissccgguuooaaiiuu')
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


class Reply(NamedTuple):
    """What a text says.

    :param str verdict: ``approve``, ``reject``, ``stop`` or ``unclear``
    :param code: the four digits that were given, None without
    :param str reason: the rest, in the writer's own spelling
    :param bool is_ret: the word was "ret", by which one leaves in Türkiye where nothing is asked
    """
    verdict: str
    code: str
    reason: str
    is_ret: bool


def fold(text):
    """Return a text in lower case without Turkish letters: whatever the phone made of "HAYIR" is "hayir"."""
    # Composed first, for phones that send a letter and its dots apart; then our letters, before `lower`,
    # which turns İ into two characters.
    composed = unicodedata.normalize('NFKC', text or '')
    return ''.join(
        char for char in unicodedata.normalize('NFKD', composed.translate(_FOLD).lower())
        if not unicodedata.combining(char))


def parse(text):
    """Read a reply.

    :param str text: as received
    :rtype: Reply
    """
    original = [found.group() for found in _TOKEN.finditer(unicodedata.normalize('NFKC', text or ''))]
    words = [fold(word) for word in original]
    if words and (glued := GLUED.fullmatch(words[0])):
        parts = [part for part in glued.groups() if part]
        original[:1] = words[:1] = parts
    code = None
    for place in (0, 1):
        if len(words) > place and CODE.fullmatch(words[place]):
            code = words.pop(place)
            original.pop(place)
            break
    first, rest = (words[0], words[1:]) if words else ('', [])
    verdict = next((key for key, known in WORDS.items() if first in known), UNCLEAR)
    if _is_taken_back(verdict, rest, code):
        verdict = UNCLEAR
    return Reply(verdict, code, ' '.join(original[1:]), first == 'ret')


def _is_taken_back(verdict, rest, code):
    """Tell whether the words after the first one contradict it."""
    if verdict == APPROVE:
        return bool(NEGATIONS.intersection(rest)) or any(map(DENYING.fullmatch, rest))
    if verdict == REJECT:
        return bool(WORDS[APPROVE].intersection(rest) - {'e', 'y', '1'} or PRAISE.intersection(rest[:1]) or 'mi' in rest)
    return verdict == STOP and bool(code)
