"""What words of a brief are: tokens with part of speech and lemma, and the noun phrases that they form."""

from agents.language.phrases import NounPhrase, noun_phrases
from agents.language.tokens import Tag, Token, can_be_noun, lemma_of, tagged

__all__ = ["NounPhrase", "Tag", "Token", "can_be_noun", "lemma_of", "noun_phrases", "tagged"]
