"""Keeps the tokens of links that customers get, and the codes of replies, out of whatever is stored. No ORM."""
import re

LINK = '{link}'
REPLY = '{reply}'
_TOKEN_LINK = re.compile(r'(?:https?://[^\s/]+)?/(?:o(?:/r)?|t|appointment/h)/[\w-]+')


def mask(text):
    """Return the text with each link that carries a token replaced by ``{link}``."""
    return _TOKEN_LINK.sub(LINK, text or '')
