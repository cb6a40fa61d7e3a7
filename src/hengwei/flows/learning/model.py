"""Learning from text which class an item belongs to: hashed words, a linear model, its accuracy on the newest. Pure; numpy and scikit-learn are imported only where they run."""

from __future__ import annotations

import io
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hengwei.core.search.tokens import tokens

#: Places into which words are hashed: weights of one class are so many half-precision numbers.
PLACES = 2**14
#: Words of one item that count.
WORDS = 400
#: Below this there is nothing to learn; a class needs so many examples to be one.
ITEMS_AT_LEAST, EXAMPLES_AT_LEAST = 60, 4
#: The share of the newest items that is held out to measure by.
HELD_OUT = 0.2
#: Thresholds, in percent, for which it is measured how much is suggested and how much of that is right.
THRESHOLDS = tuple(range(30, 100, 5))
#: Classes of the table of confusion.
CONFUSED = 8

Features = dict[int, float]


@dataclass(frozen=True, slots=True)
class Example:
    """An item to learn from, oldest first in a list; `weight` is how much it counts."""

    features: Features
    label: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Measured:
    """How good it is, on items that it had not seen."""

    tested: int
    right: int
    #: threshold in percent -> (suggested, right of them)
    curve: dict[int, tuple[int, int]]
    #: (what it was, what was suggested) -> how often; of the most frequent classes.
    confusion: list[tuple[str, str, int]]

    @property
    def accuracy(self) -> float:
        return self.right / self.tested if self.tested else 0.0


@dataclass(frozen=True, slots=True)
class Learnt:
    """A trained model: its classes, and its weights as compressed bytes."""

    classes: list[str]
    weights: bytes
    examples: int
    measured: Measured


def features(text: str, facts: Mapping[str, object]) -> Features:
    """The words of a text and the facts beside it, hashed, each the weaker the more often it repeats, together of length one."""
    words = Counter(tokens(text)[:WORDS])
    words.update({f"§{key}={value}": 1 for key, value in facts.items() if value not in (None, "")})
    found: Features = {}
    for word, count in words.items():
        place = zlib.crc32(word.encode()) % PLACES
        found[place] = found.get(place, 0.0) + 1 + math.log(count)
    length = math.sqrt(sum(value * value for value in found.values())) or 1.0
    return {place: value / length for place, value in found.items()}


def usable(examples: Sequence[Example]) -> list[Example]:
    """Those of classes with enough examples; none where too little is known."""
    counts = Counter(example.label for example in examples)
    kept = [example for example in examples if counts[example.label] >= EXAMPLES_AT_LEAST]
    return kept if len(kept) >= ITEMS_AT_LEAST and len({example.label for example in kept}) > 1 else []


def learn(examples: Sequence[Example]) -> Learnt | None:
    """Train on all examples, after measuring on the newest what training on the others is worth; None where too little is known."""
    kept = usable(examples)
    if not kept:
        return None
    cut = len(kept) - max(10, int(len(kept) * HELD_OUT))
    before, newest = kept[:cut], kept[cut:]
    measured = Measured(0, 0, {}, [])
    if len({example.label for example in before}) > 1:
        classes, weights = _fit(before)
        measured = measure([(example.label, predict(classes, weights, example.features)) for example in newest])
    classes, weights = _fit(kept)
    return Learnt(classes, pack(weights), len(kept), measured)


def _fit(examples: Sequence[Example]) -> tuple[list[str], Any]:
    import numpy
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    starts, places, values = [0], list[int](), list[float]()
    for example in examples:
        places.extend(example.features)
        values.extend(example.features.values())
        starts.append(len(places))
    matrix = csr_matrix((values, places, starts), shape=(len(examples), PLACES), dtype=numpy.float64)
    trained = LogisticRegression(C=20.0, max_iter=150, tol=1e-3).fit(matrix, [example.label for example in examples], sample_weight=[example.weight for example in examples])
    coefficients, bias = trained.coef_, trained.intercept_
    if len(trained.classes_) == 2:
        coefficients, bias = numpy.vstack([-coefficients[0] / 2, coefficients[0] / 2]), numpy.array([-bias[0] / 2, bias[0] / 2])
    return [str(one) for one in trained.classes_], numpy.hstack([coefficients, bias[:, None]]).astype(numpy.float32)


def pack(weights: Any) -> bytes:
    """Weights as bytes: half precision, compressed."""
    import numpy

    target = io.BytesIO()
    numpy.save(target, weights.astype(numpy.float16), allow_pickle=False)
    return zlib.compress(target.getvalue(), 6)


def unpack(content: bytes) -> Any:
    """The contrary."""
    import numpy

    return numpy.load(io.BytesIO(zlib.decompress(content)), allow_pickle=False).astype(numpy.float32)


def predict(classes: Sequence[str], weights: Any, item: Features) -> list[tuple[str, float]]:
    """The classes with their probabilities, the likeliest first."""
    import numpy

    places = list(item)
    scores = weights[:, places] @ numpy.array([item[place] for place in places], dtype=numpy.float32) + weights[:, -1]
    shares = numpy.exp(scores - scores.max())
    shares = shares / shares.sum()
    return sorted(((name, float(share)) for name, share in zip(classes, shares, strict=True)), key=lambda one: (-one[1], one[0]))


def measure(judged: Iterable[tuple[str, Sequence[tuple[str, float]]]]) -> Measured:
    """How often the likeliest class was the right one, overall and above each threshold, and what was taken for what."""
    told = [(label, *ranked[0]) for label, ranked in judged if ranked]
    curve = {at: (len(above), sum(label == name for label, name, _share in above)) for at in THRESHOLDS for above in [[one for one in told if one[2] * 100 >= at]]}
    often = [label for label, _count in Counter(label for label, _name, _share in told).most_common(CONFUSED)]
    pairs = Counter((label, name) for label, name, _share in told if label in often)
    return Measured(len(told), sum(label == name for label, name, _share in told), curve, [(label, name, count) for (label, name), count in pairs.most_common()])
