"""The words of the tiny model: what it knows, what it must refuse, and how phrases are made from them.

A *query* says what a phrase means (see `Query`); `phrase` turns a query into words and
`truth` turns it into a mask. Colors, things and their order are part of the trained weights' data
format: scenes store indices into these lists.
"""

from __future__ import annotations

import random
import string
from typing import NamedTuple, Optional

import numpy as np

COLORS = ["red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "gray"]

FRUIT = ["orange", "lemon", "apple", "banana", "pear", "grapes"]
THINGS = FRUIT + [
    "leaf", "flower", "bowl", "bottle", "cup", "book", "cloth", "table", "wall",
    "sky", "cloud", "sun", "moon", "mountain", "sea", "sand", "grass", "tree", "house",
]
# Drawn but never named: things the model has to leave alone whatever the words are.
OTHER = len(THINGS)

# Surfaces rather than objects: no plural, no size of their own.
SURFACES = {"table", "wall", "sky", "sea", "sand", "grass"}

COLOR_SYNONYMS = {"gray": ["grey"], "purple": ["violet"]}
THING_SYNONYMS = {
    "cup": ["mug"], "cloth": ["fabric", "tablecloth", "napkin"], "sea": ["water", "ocean"], "grass": ["lawn", "meadow"],
    "house": ["cottage", "home"], "sand": ["beach"], "flower": ["blossom"], "grapes": ["grape"], "table": ["desk"],
}
PLURALS = {"leaf": "leaves", "grapes": "grapes", "grape": "grapes", "cloth": "cloths", "fabric": "fabrics", "beach": "beaches"}
FRUIT_WORDS = ["fruit", "fruits"]

# Never drawn, seen in training as words that select nothing.
ABSENT_WORDS = """
bicycle bike car truck bus train motorcycle airplane plane helicopter boat ship rocket wheel tire road street bridge
dog cat horse cow sheep bird chicken duck fish elephant bear lion tiger zebra giraffe rabbit mouse monkey snake frog
butterfly bee spider insect person man woman boy girl child baby people face hair head eye eyes nose mouth ear hand
hands arm leg foot finger skin beard teeth shirt dress coat jacket trousers jeans skirt shoe shoes boot hat cap helmet
glasses scarf glove sock tie belt ring watch necklace bag backpack suitcase umbrella chair sofa couch bed lamp desk-lamp
mirror clock phone telephone computer laptop keyboard screen television camera guitar piano violin drum knife fork spoon
plate pan pot kettle oven fridge sink toilet bathtub towel pillow blanket curtain carpet door-handle stairs ladder
hammer saw nail screw rope chain key lock coin money letter newspaper pencil pen brush scissors bread cheese butter egg
meat sausage pizza cake cookie chocolate sandwich burger soup rice pasta salad tomato carrot onion potato garlic pepper
cucumber corn pumpkin cabbage strawberry cherry peach plum melon pineapple coconut mango kiwi raspberry blueberry
river waterfall volcano island cave desert ice snow rain lightning rainbow fire smoke star planet robot toy doll ball
kite balloon flag sign statue tower castle church factory tent fence gate well barn windmill lighthouse logo text
watermark number background-noise circle square triangle cross heart diamond cube sphere line arrow
""".split()

# Never drawn and never seen in training: the held-out test of unknown words.
UNSEEN_WORDS = """
scooter tractor submarine parachute penguin dolphin kangaroo owl turtle crab soldier dancer elbow knee moustache sweater
sandals bracelet wallet armchair wardrobe microwave toaster trumpet shovel bucket candlestick envelope stapler waffle
pancake broccoli mushroom avocado glacier tornado skyscraper pyramid snowman microphone dragon octopus typewriter
""".split()

TEMPLATES = ["{}", "{}", "{}", "a {}", "the {}", "the {}", "a photo of a {}", "a photo of the {}", "a picture of a {}", "all the {}", "this is a {}"]
COLOR_TEMPLATES = ["{}", "{}", "something {}", "anything {}", "{} things", "{} thing", "{} object", "{} objects", "everything {}", "all {} things"]
# `orange` alone is the fruit, so these are the ways to ask for the color.
ORANGE_TEMPLATES = [t for t in COLOR_TEMPLATES if t != "{}"]


class Query(NamedTuple):
    """What a phrase asks for.

    kind is 'thing', 'color', 'color thing', 'fruit' (any fruit) or 'unknown' (selects nothing); `color` and `thing` are
    indices into COLORS and THINGS; `words` holds the text of an unknown.
    """

    kind: str
    color: Optional[int] = None
    thing: Optional[int] = None
    words: str = ""


def plural(word: str) -> str:
    """The plural of a thing's word."""
    return PLURALS.get(word) or (word + "es" if word.endswith(("s", "sh", "ch")) else word + "s")


def vocabulary() -> list[str]:
    """Every word that gets a token of its own; all others are spelled from pieces and bytes."""
    words = set(COLORS) | set(THINGS) | set(FRUIT_WORDS)
    for group in (COLOR_SYNONYMS, THING_SYNONYMS):
        words |= {w for ws in group.values() for w in ws}
    words |= {plural(w) for w in list(words) if w in THINGS or any(w in ws for ws in THING_SYNONYMS.values())}
    words |= {"a", "an", "the", "of", "photo", "picture", "image", "all", "this", "is", "in", "on", "and"}
    words |= {"something", "anything", "everything", "thing", "things", "object", "objects"}
    words |= {w for w in ABSENT_WORDS if w.isalpha()}
    return sorted(words)


def with_article(template: str, words: str) -> str:
    """Fill a template, with `an` where English wants it."""
    if words[0] in "aeiou":
        template = template.replace("a {}", "an {}")
    return template.format(words)


def phrase(query: Query, rnd: random.Random, plain: bool = False) -> str:
    """Words for a query; `plain` gives the plain form without synonyms, plurals or templates."""
    if query.kind == "unknown":
        return query.words
    if query.kind == "fruit":
        return "fruit" if plain else with_article(rnd.choice(["{}", "{}", "the {}", "all the {}"]), rnd.choice(FRUIT_WORDS))
    color = None
    if query.color is not None:
        color = COLORS[query.color]
        if not plain and color in COLOR_SYNONYMS and rnd.random() < 0.3:
            color = rnd.choice(COLOR_SYNONYMS[color])
    if query.kind == "color":
        templates = ORANGE_TEMPLATES if color == "orange" else COLOR_TEMPLATES
        return with_article(templates[0] if plain else rnd.choice(templates), color)
    thing = THINGS[query.thing]
    if plain:
        return thing if color is None else f"{color} {thing}"
    if thing in THING_SYNONYMS and rnd.random() < 0.25:
        thing = rnd.choice(THING_SYNONYMS[thing])
    if THINGS[query.thing] not in SURFACES and rnd.random() < 0.25:
        thing = plural(thing)
    return with_article(rnd.choice(TEMPLATES), thing if color is None else f"{color} {thing}")


def garbage(rnd: random.Random) -> str:
    """A text that means nothing: letters, pieces of words, digits, other scripts."""
    kind = rnd.random()
    if kind < 0.45:
        return "".join(rnd.choice(string.ascii_lowercase) for _ in range(rnd.randint(2, 9)))
    if kind < 0.75:  # a known-looking word with its letters in the wrong places
        word = list(rnd.choice(ABSENT_WORDS))
        rnd.shuffle(word)
        return "".join(word)
    if kind < 0.85:
        return "".join(rnd.choice(string.digits + string.punctuation) for _ in range(rnd.randint(1, 6)))
    return "".join(chr(rnd.choice([rnd.randint(0xC0, 0x24F), rnd.randint(0x391, 0x44F), rnd.randint(0x4E00, 0x9FFF)])) for _ in range(rnd.randint(1, 4)))


def unknown(rnd: random.Random, words: list[str] = ABSENT_WORDS) -> Query:
    """A query that selects nothing in any scene."""
    draw = rnd.random()
    text = garbage(rnd) if draw < 0.22 else rnd.choice(words).replace("-", " ")
    if draw >= 0.22 and rnd.random() < 0.2:
        text = plural(text)
    if rnd.random() < 0.2:
        text = f"{rnd.choice(COLORS)} {text}"
    return Query("unknown", words=with_article(rnd.choice(TEMPLATES), text))


def truth(query: Query, instances: np.ndarray, colors: np.ndarray, table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Masks of what a query selects, and of the pixels where nobody could say.

    instances: instance number of each pixel; colors: 1 + color index of each pixel, 0 where the color has no plain name;
    table[i] = (thing, main color or -1) of instance i.
    """
    nowhere = np.zeros(instances.shape, bool)
    if query.kind == "unknown":
        return nowhere, nowhere
    if query.kind == "color":
        return colors == query.color + 1, colors == 0
    things, mains = table[:, 0], table[:, 1]
    if query.kind == "fruit":
        chosen, unclear = (things >= 0) & (things < len(FRUIT)), np.zeros(len(table), bool)
    elif query.kind == "thing":
        chosen, unclear = things == query.thing, np.zeros(len(table), bool)
    else:
        chosen = (things == query.thing) & (mains == query.color)
        unclear = (things == query.thing) & (mains < 0)
    return chosen[instances], unclear[instances]


def present(table: np.ndarray, area: np.ndarray, color_area: np.ndarray, least: float) -> list[Query]:
    """Every query that selects something clearly in a scene: at least `least` of the image."""
    queries: list[Query] = []
    things: dict[int, float] = {}
    pairs: dict[tuple[int, int], float] = {}
    for (thing, color), share in zip(table.tolist(), area.tolist()):
        if 0 <= thing < OTHER:
            things[thing] = things.get(thing, 0) + share
            if color >= 0 and COLORS[color] != THINGS[thing]:
                pairs[(thing, color)] = pairs.get((thing, color), 0) + share
    queries += [Query("thing", thing=t) for t, share in sorted(things.items()) if share >= least]
    queries += [Query("color thing", color=c, thing=t) for (t, c), share in sorted(pairs.items()) if share >= least]
    queries += [Query("color", color=c) for c in range(len(COLORS)) if color_area[c + 1] >= least]
    if sum(share for t, share in things.items() if t < len(FRUIT)) >= least:
        queries.append(Query("fruit"))
    return queries


def absent(table: np.ndarray, area: np.ndarray, color_area: np.ndarray, rnd: random.Random, unknown_words: list[str] = ABSENT_WORDS) -> Query:
    """One query that selects nothing in the scene, more often a near miss than not."""
    drawn = {(t, c) for (t, c), share in zip(table.tolist(), area.tolist()) if t >= 0 and share > 0}
    things = {t for t, _ in drawn}
    unclear = {t for t, c in drawn if c < 0}
    named = sorted((t, c) for t, c in drawn if t < OTHER and c >= 0)
    for _ in range(50):
        kind = rnd.random()
        if kind < 0.30:  # a thing that is not there
            thing = rnd.randrange(len(THINGS))
            if thing not in things:
                return Query("thing", thing=thing)
        elif kind < 0.48 and named:  # the color of something there on a thing that is not (or not in that color)
            _, color = rnd.choice(named)
            thing = rnd.randrange(len(THINGS))
            if (thing, color) not in drawn and thing not in unclear:
                return Query("color thing", color=color, thing=thing)
        elif kind < 0.66 and named:  # something there in another color
            thing, _ = rnd.choice(named)
            color = rnd.randrange(len(COLORS))
            if (thing, color) not in drawn and thing not in unclear:
                return Query("color thing", color=color, thing=thing)
        elif kind < 0.74:
            color = rnd.randrange(len(COLORS))
            if color_area[color + 1] == 0 and color_area[0] < 0.5:
                return Query("color", color=color)
        elif kind < 0.76:
            if not any(t < len(FRUIT) for t in things):
                return Query("fruit")
        else:
            return unknown(rnd, unknown_words)
    return unknown(rnd, unknown_words)
