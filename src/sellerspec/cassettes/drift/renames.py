"""Recognise a member that has a new name."""

from difflib import SequenceMatcher

from sellerspec.cassettes.drift.shape import Shape

ENOUGH = 0.75
ALONE = 0.5
"""Enough where only one member is gone and only one has come: its place says the rest."""


def renames(old: Shape, new: Shape) -> dict[str, str]:
    """Return old name -> new name of the members of an object that were renamed.

    A pair counts when the types fit and enough speaks for it: names that are alike, the same place
    among the members, the same texts. Each name is used once, the best pairs first.
    """
    gone = [each for each in old.order if each not in new.members]
    come = [each for each in new.order if each not in old.members]
    found: dict[str, str] = {}
    scored = sorted(
        (
            (_score(old, new, one, other), -place, one, other)
            for place, one in enumerate(gone)
            for other in come
        ),
        reverse=True,
    )
    for score, _, one, other in scored:
        if score >= ENOUGH and one not in found and other not in found.values():
            found[one] = other
    left = [each for each in gone if each not in found], [each for each in come if each not in found.values()]
    if len(left[0]) == len(left[1]) == 1 and _score(old, new, left[0][0], left[1][0]) >= ALONE:
        found[left[0][0]] = left[1][0]
    return found


def _score(old: Shape, new: Shape, one: str, other: str) -> float:
    before, after = old.members[one], new.members[other]
    types, now = before.types - {"null"}, after.types - {"null"}
    if types and now and not (types & now):
        return 0.0
    score = SequenceMatcher(None, one, other).ratio()
    score += 0.5 if old.order.index(one) == new.order.index(other) else 0.0
    told = {value for value in before.values if len(value) > 3}
    if told and told & after.values:
        score += 1.0
    if before.members and before.members.keys() == after.members.keys():
        score += 0.5
    return score
