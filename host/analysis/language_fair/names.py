"""English names of the benchmark's languages, for sentences that people read."""

from __future__ import annotations

_TABLE = (
    "af=Afrikaans ar=Arabic az=Azerbaijani bg=Bulgarian bn=Bengali de=German el=Greek "
    "en=English es=Spanish et=Estonian eu=Basque fa=Persian fi=Finnish fr=French gu=Gujarati "
    "he=Hebrew hi=Hindi hu=Hungarian id=Indonesian it=Italian ja=Japanese jv=Javanese "
    "ka=Georgian kk=Kazakh ko=Korean lt=Lithuanian ml=Malayalam mr=Marathi ms=Malay "
    "my=Burmese nl=Dutch pa=Punjabi pl=Polish pt=Portuguese qu=Quechua ro=Romanian ru=Russian "
    "sw=Swahili ta=Tamil te=Telugu th=Thai tl=Tagalog tr=Turkish uk=Ukrainian ur=Urdu "
    "vi=Vietnamese wo=Wolof yo=Yoruba zh=Chinese"
)
_NAMES = dict(pair.split("=") for pair in _TABLE.split()) | {"ht": "Haitian Creole"}


def language_name(code: str) -> str:
    """Return a language's English name; its code where there is none here."""
    return _NAMES.get(code, code)
