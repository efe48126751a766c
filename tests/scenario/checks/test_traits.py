"""Who may ask about which trait, and how."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Refused = Callable[..., str]
Sound = Callable[..., None]
STEP = "{team: desk, work: 1 h}"

CONDITIONS = [
    ("size", "trait 'size' has levels; ask for one of them: `size is large`."),
    ("pages", "trait 'pages' is a number; ask: `pages at least 3` or `pages below 3`."),
    ("urgent is x", "trait 'urgent' is true or false; ask: `urgent`."),
    ("urgent below 3", "trait 'urgent' is true or false; ask: `urgent`."),
    ("size is huge", "no level is called 'huge' of trait 'size'"),
    ("not " * 110 + "urgent", "found a condition more than 20 deep"),
]


@pytest.mark.parametrize(("when", "words"), CONDITIONS)
def test_a_trait_is_asked_about_as_its_kind_wants_it(refused: Refused, when: str, words: str) -> None:
    assert words in refused((STEP, f"{{team: desk, work: 1 h, when: {when}}}"))


BY = [
    ("{by: pages, x: 1 h}", "`by: pages` asks for levels or a share, and 'pages' is a number."),
    ("{by: urgent, true: 1 h}", "a number is missing for false of trait 'urgent'."),
    ("{by: urgent, maybe: 1 h, no: 2 h}", "no level is called 'maybe' of trait 'urgent'."),
    ("{by: case, ide: 1 h}", "a number is missing for idea: cases of this type come here."),
]


@pytest.mark.parametrize(("work", "words"), BY)
def test_by_names_every_value_of_a_trait(refused: Refused, work: str, words: str) -> None:
    assert words in refused(("work: 1 h", f"work: {work}"))


def test_a_share_is_told_apart_by_yes_and_no_as_well(sound: Sound) -> None:
    sound(("work: 1 h", "work: {by: urgent, yes: 1 h, no: 2 h}"))


DEFINITIONS = [
    ("urgent: {by: urgent, yes: 10%, no: 20%}", "traits ask about each other in a circle: urgent → urgent."),
    ("urgent: 3 per d", "Admissible: a share, levels, a plain number, a time or money."),
    ("urgent: -10%", "found -10%. Admissible: 0 or more."),
    ("urgent: {a: 60%, b: 60%, c: rest}", "the probabilities make 120%."),
    ("urgent: {a: ramp 0% at 0 days to 80% at 1 year, b: 40%, c: rest}", "the probabilities make 120%."),
    ("urgent: {a: 60%, b: 40%}", "found 0 levels that are the rest."),
    ("urgent: {by: case, x: 10%}", "no case is called 'x'"),
]


@pytest.mark.parametrize(("trait", "words"), DEFINITIONS)
def test_a_trait_that_makes_no_sense_is_refused(refused: Refused, trait: str, words: str) -> None:
    assert words in refused(("urgent: 40%", trait))


def test_each_case_type_that_comes_to_a_step_has_the_trait_that_is_asked_about(refused: Refused) -> None:
    found = refused(
        ("  idea: {", "  other: {flow: main, traits: {own: 10%}}\n  idea: {"),
        (STEP, "{team: desk, work: 1 h, when: own}"),
    )
    assert "cases of the type 'idea' come here and have no trait 'own'." in found


def test_a_trait_that_is_of_another_kind_in_one_case_type_is_told_with_its_name(refused: Refused) -> None:
    found = refused(
        ("  idea: {", "  other: {flow: main, traits: {urgent: uniform 1 to 2}}\n  idea: {"),
        (STEP, "{team: desk, work: 1 h, when: urgent}"),
    )
    assert "`urgent at least 3` or `urgent below 3` for the case type 'other'." in found
