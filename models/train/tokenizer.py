"""A small CLIP tokenizer: byte-level BPE with `</w>`, trained on the words of `words.py`.

The same algorithm, file format and pre-tokenisation as CLIP's own, with a vocabulary of some hundreds of tokens. Any text
can be spelled: what has no token falls back to letters and bytes. End-of-text has the highest id, because CLIP pools the
text at the position of the highest id.
"""

from __future__ import annotations

import collections
import re
import unicodedata

from words import vocabulary

START, END = "<|startoftext|>", "<|endoftext|>"
MAX_LENGTH = 77
# CLIP's pattern; Python's `re` has no \p{L}, so letters are \w without digits and underscore.
SPLIT_JSON = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
SPLIT = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|(?:[^\s\w]|_)+")


def byte_letters() -> list[str]:
    """The printable letter that stands for each byte, in GPT-2's order of vocabulary, as pairs byte -> letter."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {b: chr(b) for b in printable}
    for extra, byte in enumerate(b for b in range(256) if b not in letters):
        letters[byte] = chr(256 + extra)
    return letters


LETTERS = byte_letters()


def spell(word: str) -> list[str]:
    """A word as byte letters, the last one marked as the word's end."""
    letters = [LETTERS[b] for b in word.encode("utf-8")]
    return [*letters[:-1], letters[-1] + "</w>"]


def merge_pair(pieces: list[str], pair: tuple[str, str]) -> list[str]:
    """Join every neighbouring occurrence of a pair."""
    merged, i = [], 0
    while i < len(pieces):
        if i + 1 < len(pieces) and (pieces[i], pieces[i + 1]) == pair:
            merged.append(pieces[i] + pieces[i + 1])
            i += 2
        else:
            merged.append(pieces[i])
            i += 1
    return merged


def train(words: list[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Merge the most frequent pair until every word is one token."""
    spelled = [spell(w) for w in words]
    merges: list[tuple[str, str]] = []
    while any(len(p) > 1 for p in spelled):
        counts = collections.Counter(pair for p in spelled for pair in zip(p, p[1:]))
        pair = max(sorted(counts), key=counts.__getitem__)
        merges.append(pair)
        spelled = [merge_pair(p, pair) for p in spelled]
    letters = list(LETTERS.values())
    tokens = [*letters, *(c + "</w>" for c in letters), *dict.fromkeys(a + b for a, b in merges)]
    vocab: dict[str, int] = {}
    for token in [*tokens, START, END]:
        vocab.setdefault(token, len(vocab))
    return vocab, merges


VOCAB, MERGES = train(vocabulary())
RANK = {pair: i for i, pair in enumerate(MERGES)}
START_ID, END_ID = VOCAB[START], VOCAB[END]
_cache: dict[str, list[int]] = {}


def encode_word(word: str) -> list[int]:
    """Token ids of one pre-tokenised word."""
    if word not in _cache:
        pieces = spell(word)
        while len(pieces) > 1:
            pair = min(zip(pieces, pieces[1:]), key=lambda p: RANK.get(p, len(RANK)))
            if pair not in RANK:
                break
            pieces = merge_pair(pieces, pair)
        if len(_cache) > 20000:
            _cache.clear()
        _cache[word] = [VOCAB[p] for p in pieces]
    return _cache[word]


def encode(texts: list[str]) -> tuple[list[list[int]], list[list[int]]]:
    """Padded ids and attention masks of texts; texts that are too long keep their end-of-text."""
    rows = []
    for text in texts:
        normal = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).lower()
        ids = [i for word in SPLIT.findall(normal) for i in encode_word(word)][: MAX_LENGTH - 2]
        rows.append([START_ID, *ids, END_ID])
    longest = max(map(len, rows))
    masks = [[1] * len(r) + [0] * (longest - len(r)) for r in rows]
    return [r + [END_ID] * (longest - len(r)) for r in rows], masks


def tokenizer_json() -> dict:
    """The contents of tokenizer.json, as CLIP's own has them."""
    special = [
        dict(id=i, content=t, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
        for i, t in ((START_ID, START), (END_ID, END))
    ]
    spaces = dict(type="Replace", pattern=dict(Regex=r"\s+"), content=" ")
    split = dict(type="Split", pattern=dict(Regex=SPLIT_JSON), behavior="Removed", invert=True)
    return dict(
        version="1.0",
        truncation=None,
        padding=None,
        added_tokens=special,
        normalizer=dict(type="Sequence", normalizers=[dict(type="NFC"), spaces, dict(type="Lowercase")]),
        pre_tokenizer=dict(
            type="Sequence", pretokenizers=[split, dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True)]
        ),
        post_processor=dict(
            type="RobertaProcessing", sep=[END, END_ID], cls=[START, START_ID], trim_offsets=False, add_prefix_space=False
        ),
        decoder=dict(type="ByteLevel", add_prefix_space=True, trim_offsets=True),
        model=dict(
            type="BPE", dropout=None, unk_token=END, continuing_subword_prefix="", end_of_word_suffix="</w>",
            fuse_unk=False, vocab=VOCAB, merges=[f"{a} {b}" for a, b in MERGES],
        ),
    )


if __name__ == "__main__":
    print(len(vocabulary()), "words", len(VOCAB), "tokens", len(MERGES), "merges")
    print(encode(["a photo of a red cup", "Oranges", "zxqv 日本"]))
