"""What the corpus can talk about, in no language: the keys that every lexicon must translate."""

from __future__ import annotations

LANGUAGES = ("de", "en", "es", "hi", "ru", "tr", "vi", "zh")

WOMEN = ("anna", "maria", "sara", "laura", "julia", "nina", "eva", "lena")
MEN = ("peter", "thomas", "daniel", "david", "martin", "simon", "robert", "viktor")
NAMES = WOMEN + MEN
FEMALE_ROLES = ("woman", "mother", "grandmother", "singer")
MALE_ROLES = ("man", "doctor", "teacher", "farmer", "student", "driver")
PERSONS = NAMES + FEMALE_ROLES + MALE_ROLES
SOMEONE = "someone"
PRONOUN = "pronoun"
FEMALE = frozenset(WOMEN + FEMALE_ROLES)

PLACES = (
    "park", "kitchen", "garden", "school", "station", "market",
    "hospital", "library", "office", "hotel", "restaurant", "museum",
)  # fmt: skip
HOURS = (5, 6, 7, 8, 9, 10, 11)
TIMES = ("today", "now", "morning", "evening", *(f"at_{hour}" for hour in HOURS))
COLOURS = ("red", "blue", "green", "black", "white")
SOMETHING = "something"

_GOODS = (
    "book", "newspaper", "tea", "coffee", "milk", "banana", "bread", "fish", "cake", "bicycle",
    "car", "radio", "clock", "phone", "cup", "picture", "map", "chair", "table", "bag", "house",
)  # fmt: skip
OBJECTS: dict[str, tuple[str, ...]] = {
    "read": ("book", "newspaper", "letter", "poem"),
    "write": ("letter", "poem", "book"),
    "drink": ("tea", "coffee", "water", "milk", "juice"),
    "eat": ("banana", "bread", "rice", "fish", "soup", "cake"),
    "buy": _GOODS,
    "sell": _GOODS,
    "cook": ("soup", "rice", "fish"),
    "repair": ("bicycle", "car", "radio", "clock", "phone"),
    "wash": ("car", "bicycle", "cup"),
    "paint": ("picture", "map"),
    "carry": ("box", "chair", "table"),
    "search": ("key", "bag", "phone", "map", "book"),
    "sing": ("song",),
    "watch": ("film",),
    "hear": ("music", "song"),
}
"""Which nouns a verb may take, so that every sentence makes sense."""

NOUNS = tuple(sorted({noun for nouns in OBJECTS.values() for noun in nouns}))
MASS = frozenset(
    ("tea", "coffee", "water", "milk", "juice", "bread", "rice", "fish", "soup", "music")
)
"""Nouns that stand without an article, where a language has one."""
COLOURED = frozenset(
    ("bicycle", "car", "radio", "phone", "cup", "box", "chair", "table", "bag", "house")
)

OPPOSITES = {
    "happy": "sad", "sick": "healthy", "rich": "poor", "strong": "weak", "young": "old",
    "sad": "happy", "healthy": "sick", "poor": "rich", "weak": "strong", "old": "young",
}  # fmt: skip
STATES = tuple(OPPOSITES)

CAUSES: dict[str, tuple[str, ...]] = {
    "eat": ("hungry", "likes_food"),
    "drink": ("thirsty", "sweating"),
    "read": ("likes_stories", "curious"),
    "search": ("forgetful", "loses_things"),
    "repair": ("likes_technology", "mechanic"),
    "sell": ("needs_money", "vendor", "poor"),
    "buy": ("likes_new_things", "rich"),
    "wash": ("likes_cleanliness", "hates_dirt"),
    "hear": ("likes_melodies", "dreams_of_concert"),
    "carry": ("moving_house", "strong"),
    "paint": ("likes_art", "artist"),
    "write": ("misses_friend", "writer"),
    "cook": ("chef", "expects_guests"),
}
"""Why somebody does what a verb says: the causal knowledge that XCOPA asks for."""

PREDICATES = tuple(dict.fromkeys((*STATES, *(c for causes in CAUSES.values() for c in causes))))
