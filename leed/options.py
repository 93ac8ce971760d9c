"""Checks of a Describer's options: what was given, and what is accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from leed import quoting, taxonomy
from leed.errors import OptionError, one_of
from leed.lexicon import TENSES, Adverb
from leed.scale import Scale


def label_names(option: str, names: Iterable[str]) -> frozenset[str]:
    """Return the folded names of labels.

    Raises:
        OptionError: it is no list of labels.
    """
    if isinstance(names, str):
        raise OptionError(f"{option} takes a list of labels; for one, write [{names!r}]")
    try:
        return frozenset(taxonomy.fold(name) for name in names)
    except (TypeError, AttributeError) as error:
        raise OptionError(f"{option} is {names!r}; give a list of labels") from error


def unmet(names: Iterable[str], labels: Iterable[str]) -> list[str]:
    """Return a clause for each name that is neither a label that leed knows nor one of these labels.

    >>> unmet(["desire", "wistful", "desier"], ["Wistful"])
    ["'desier' is no label that leed knows or the input has (did you mean 'desire'?)"]
    """
    import difflib  # noqa: PLC0415 - only here

    met = {taxonomy.fold(label) for label in labels}
    known = taxonomy.concepts()
    odd = [name for name in names if taxonomy.fold(name) not in met and not _is_known(name)]
    clauses = []
    for name in odd:
        close = difflib.get_close_matches(name.casefold(), known, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        clauses.append(f"{name[:60]!r} is no label that leed knows or the input has{hint}")
    return clauses


def _is_known(name: str) -> bool:
    canonical = (taxonomy.get(own).canonical(name) for own in taxonomy.ORDER)
    return taxonomy.concept_of(name) is not None or any(canonical)


def check(top: object, person: object, tense: object, quote: object) -> None:
    """Check the plain options.

    Raises:
        OptionError: one of them has a value that leed does not know.
    """
    if tense not in TENSES:
        raise one_of("tense", tense, TENSES)
    if top not in (None, "all") and (not isinstance(top, int) or top is True or top < 1):
        raise OptionError(f"top is {top!r}; give a number from 1, or 'all'")
    if not isinstance(quote, int) or quote < 0:
        raise OptionError(f"quote is {quote!r}; give True, False, or how many characters to quote at most")
    if person is not None and not (isinstance(person, str) and quoting.spoken(person)):
        raise OptionError(f"person is {person!r}; give a name, or one of They, The user, You, We, I, He, She")


def check_adverbs(scale: Scale, adverbs: Mapping[str, Adverb], lang: str) -> None:
    """Check that a scale's adverbs have their forms.

    Raises:
        OptionError: one has none.
    """
    known = adverbs
    for quantity in ("intensity", "probability", "likelihood", "bipolar"):
        for steps in getattr(scale, quantity).values():
            unknown = [adverb for adverb in steps.adverbs if adverb not in known]
            if unknown:
                raise OptionError(
                    f"scale {scale.name}: the lexicon '{lang}' has no adverb {unknown[0]!r}; it has "
                    f"{', '.join(known)}; or give its form before a noun under 'adverbs'"
                )
