"""Identifiers in one spelling, checked by the rules of their scheme."""

from __future__ import annotations

import pytest

from corpus.identifiers import identified


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        ("https://doi.org/10.12402/J.ABC.2024", "doi", "10.12402/j.abc.2024"),
        ("doi:10.1000/182", "doi", "10.1000/182"),
        ("http://dx.doi.org/10.1000%2F182", "doi", "10.1000/182"),
        ("CSTR:17081.11.abc-1", "cstr", "17081.11.abc-1"),
        ("cstr：17081.11.abc-1", "cstr", "17081.11.abc-1"),
        ("https://hdl.handle.net/10900/70377", "handle", "10900/70377"),
        ("https://n2t.net/ark:/12345/x9", "ark", "ark:/12345/x9"),
        ("https://orcid.org/0000-0002-1825-0097", "orcid", "0000-0002-1825-0097"),
        ("https://ror.org/04wxnsj81", "ror", "04wxnsj81"),
        ("ISSN 1581-3215", "issn", "1581-3215"),
        ("ISBN 978-3-16-148410-0", "isbn", "9783161484100"),
        ("PRJCA000126", "accession", "PRJCA000126"),
        ("https://example.org/a", "url", "https://example.org/a"),
        ("MS-49-3632", "local", "MS-49-3632"),
    ],
)
def test_is_recognised_and_spelled_one_way(text: str, scheme: str, value: str):
    found = identified(text)

    assert (found.scheme, found.value, found.fault) == (scheme, value, None)


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("10.1", "DOI"),
        ("https://doi.org/10.12402", None),
        ("CSTR:17081.1", None),
        ("0000-0002-1825-0098", "ORCID"),
        ("https://ror.org/04wxnsj82", None),
        ("1581-3216", "ISSN"),
        ("978-3-16-148410-1", "ISBN"),
        ("http://localhost/x", None),
        ("//////not-a-url.example.com/", "URL"),
        ("http://a b.example.org", "URL"),
    ],
)
def test_what_cannot_be_right_has_a_fault_and_no_address(text: str, scheme: str | None):
    found = identified(text, scheme)

    assert found.fault
    assert found.url is None
