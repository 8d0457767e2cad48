"""Secrets that follow from a seed: the same again, never the seed itself, typed as people do."""

import pytest

from kosna.core import tokens


def test_a_secret_follows_from_its_seed_and_from_the_key(settings):
    seed = tokens.new_seed()
    assert tokens.token(seed) == tokens.token(seed) != tokens.token(tokens.new_seed())
    assert len(tokens.token(seed)) == 43 and seed not in tokens.token(seed)
    before = tokens.token(seed), tokens.code(seed), tokens.fingerprint("x")
    settings.SECRET_KEY = "another-key-of-the-same-portal"
    after = tokens.token(seed), tokens.code(seed), tokens.fingerprint("x")
    assert not set(before) & set(after)


@pytest.mark.parametrize("typed", ["abcd0123", "ABCD-O1Z3", " abcd o1z3 ", "AbCd-0lz3", "abcdOIZ3"])
def test_a_code_is_read_as_people_type_it(typed):
    assert tokens.as_typed(typed) in {"ABCD0123", "ABCD01Z3"}


def test_codes_hold_no_letters_that_look_alike():
    letters = set("".join(tokens.code(str(n)) for n in range(500)))
    assert letters <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert not letters & set("OILU")
