"""The order of speakers: sums over all ways a conversation may have gone.

A turn depends on the two before it: speakers change with the paragraph and, where two talk, come back with
every second one. Exact forward and backward sums over pairs of speakers give each candidate's
probability (the forward-backward algorithm for a second-order chain).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp

from scriptwriter.prose.turns import Relation

# Log odds that the speaker of the turn before speaks on, by how the turn follows.
SAME_SPEAKER = {
    Relation.FIRST: 0.0,
    Relation.REPLY: -2.6,
    Relation.TOLD: 0.0,
    Relation.SAME: 2.6,
    Relation.LOOSE: 0.0,
    Relation.TAGGED: 2.0,
    Relation.ASKED: -1.0,
}
# Log odds that the speaker before the last one comes back.
COMES_BACK = {
    Relation.FIRST: 0.0,
    Relation.REPLY: 2.0,
    Relation.TOLD: 0.5,
    Relation.SAME: 0.0,
    Relation.LOOSE: 0.4,
    Relation.TAGGED: 0.0,
    Relation.ASKED: 0.8,
}

Pair = tuple[str, str]


def probabilities(
    scores: Sequence[Mapping[str, float]], relations: Sequence[Relation]
) -> list[dict[str, float]]:
    """Return for each turn of one conversation the probability of each candidate.

    `scores` are log odds of the candidates from the turn's own evidence; a turn needs at least one.
    """
    weights = [_weights(line) for line in scores]
    forward = _forward(weights, relations)
    backward = _backward(weights, relations, forward)
    found = []
    for ahead, behind in zip(forward, backward, strict=True):
        sums: dict[str, float] = {}
        for pair, weight in ahead.items():
            sums[pair[1]] = sums.get(pair[1], 0.0) + weight * behind[pair]
        total = sum(sums.values())
        found.append({key: weight / total for key, weight in sums.items()})
    return found


def likeliest(scores: Sequence[Mapping[str, float]], relations: Sequence[Relation]) -> list[str]:
    """Return the speakers of the single likeliest course of one conversation (Viterbi)."""
    weights = [_weights(line) for line in scores]
    best: dict[Pair, float] = {("", key): weight for key, weight in weights[0].items()}
    trail: list[dict[Pair, str]] = []
    for at in range(1, len(weights)):
        same, back = _factors(relations[at])
        step: dict[Pair, float] = {}
        origin: dict[Pair, str] = {}
        for (earlier, last), mass in best.items():
            for key, weight in weights[at].items():
                factor = same if key == last else back if key == earlier else 1.0
                value = mass * weight * factor
                if value > step.get((last, key), -1.0):
                    step[last, key], origin[last, key] = value, earlier
        best = _scaled(step)
        trail.append(origin)
    earlier, last = max(best, key=lambda pair: best[pair])
    path = [last]
    for origin in reversed(trail):
        path.append(earlier)
        earlier, last = origin[earlier, last], earlier
    return path[::-1]


def _weights(line: Mapping[str, float]) -> dict[str, float]:
    top = max(line.values())
    return {key: exp(max(-30.0, score - top)) for key, score in line.items()}


def _factors(relation: Relation) -> tuple[float, float]:
    return exp(SAME_SPEAKER[relation]), exp(COMES_BACK[relation])


def _forward(
    weights: Sequence[Mapping[str, float]], relations: Sequence[Relation]
) -> list[dict[Pair, float]]:
    steps: list[dict[Pair, float]] = [{("", key): weight for key, weight in weights[0].items()}]
    for at in range(1, len(weights)):
        same, back = _factors(relations[at])
        step: dict[Pair, float] = {}
        for (earlier, last), mass in steps[-1].items():
            for key, weight in weights[at].items():
                factor = same if key == last else back if key == earlier else 1.0
                pair = (last, key)
                step[pair] = step.get(pair, 0.0) + mass * weight * factor
        steps.append(_scaled(step))
    return steps


def _backward(
    weights: Sequence[Mapping[str, float]],
    relations: Sequence[Relation],
    forward: Sequence[Mapping[Pair, float]],
) -> list[dict[Pair, float]]:
    steps = [dict.fromkeys(forward[-1], 1.0)]
    for at in range(len(weights) - 1, 0, -1):
        same, back = _factors(relations[at])
        after = steps[-1]
        step: dict[Pair, float] = {}
        for earlier, last in forward[at - 1]:
            mass = 0.0
            for key, weight in weights[at].items():
                factor = same if key == last else back if key == earlier else 1.0
                mass += weight * factor * after[(last, key)]
            step[(earlier, last)] = mass
        steps.append(_scaled(step))
    return steps[::-1]


def _scaled(step: dict[Pair, float]) -> dict[Pair, float]:
    """Keep the largest at 1, so that long conversations do not underflow."""
    top = max(step.values())
    return {pair: mass / top for pair, mass in step.items()}
