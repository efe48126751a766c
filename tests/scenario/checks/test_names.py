"""What a thing may be called."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.scenario.checks.names import SEPARATORS

Refused = Callable[..., str]


@pytest.mark.parametrize("sign", [sign for sign in SEPARATORS if sign not in '\\"'])
def test_a_sign_that_parts_names_from_each_other_is_refused_in_names(refused: Refused, sign: str) -> None:
    found = refused(("{a: {team", f'{{"a{sign}b": {{team'), ("idea: {", f'"c{sign}d": {{'))
    assert f"found 'a{sign}b' as a name: the character {sign} has a meaning of its own" in found
    assert f"found 'c{sign}d' as a name" in found


@pytest.mark.parametrize("written", [r"a\nb", r"a\tb", r"a\u202eb", r"a\u200db", r"a\u2028b", r"a\ud800b"])
def test_what_cannot_be_seen_is_refused_and_told_as_an_escape(refused: Refused, written: str) -> None:
    found = refused(("{a: {team", f'{{"{written}": {{team'))
    assert "cannot be seen" in found
    assert found.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x" * 300, "it has 300 characters, the limit is 80"),
        ('" a"', "a name neither is empty nor begins or ends with a space"),
        ("3 d", "it reads as a time"),
        ("next", "`next` is a word of the language"),
        ("done", "`done` is a word of the language"),
        ("remove", "`remove` is a word of the language"),
    ],
)
def test_a_name_that_would_be_misread_is_refused(refused: Refused, name: str, words: str) -> None:
    assert words in refused(("{a: {team", f"{{{name}: {{team"))


@pytest.mark.parametrize(
    "name", ["שלום", "\U0001f600", "Ünïcode", "a-b", "two words", "2nd_line", "null", "true"]
)
def test_any_script_and_harmless_signs_are_in_order(sound: Callable[..., None], name: str) -> None:
    sound(("{a: {team", f"{{{name}: {{team"), ("idea: {", f"{name}: {{"))


@pytest.mark.parametrize("trait", ["case", "by", "and", "is", "a-b", "2nd", "größe"])
def test_a_trait_has_a_name_that_conditions_can_say(refused: Refused, trait: str) -> None:
    assert f"traits.{trait}" in refused(("{urgent: 40%", f"{{{trait}: 10%, urgent: 40%"))


def test_levels_do_not_begin_with_a_digit(refused: Refused) -> None:
    assert "A level does not begin with a digit" in refused(("large: 50%", "1: 50%"))


def test_a_calendar_is_named_by_one_word(refused: Refused) -> None:
    assert "A calendar is named by one word" in refused(("  odd:", "  odd one:"))


def test_outcomes_are_not_called_like_targets(refused: Refused) -> None:
    step = "{team: desk, work: 1 h, then: {go_to: {p: 10%, end: x}, on: rest}}"
    assert "`go_to` is a word of the language" in refused(("{team: desk, work: 1 h}", step))
