"""What is fetched, what is refused, and how patiently."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator

import pytest

from harvesting.errors import FetchFailed, FetchRefused
from harvesting.fetching import Fetcher, Limits
from harvesting.guarding import Guard
from tests.harvesting.conftest import Clock
from tests.harvesting.http_server import Asked, Said, Site

Make = Callable[..., Fetcher]


@pytest.fixture
def make(clock: Clock) -> Iterator[Make]:
    made: list[Fetcher] = []

    def fetcher(guard: Guard | None = None, **limits: object) -> Fetcher:
        guard = guard or Guard(["127.0.0.1"], ["127.0.0.0/8"])
        made.append(Fetcher(guard, Limits(**limits), wait=clock.wait, clock=clock))  # type: ignore[arg-type]
        return made[-1]

    yield fetcher
    for one in made:
        one.close()


def refused(make: Make, url: str, **limits: object) -> FetchRefused:
    with pytest.raises(FetchRefused) as caught:
        make(**limits).get(url)
    return caught.value


def test_a_page_comes_with_its_headers(make: Make, site: Site) -> None:
    site.on("/a", Said("目录".encode(), headers={"ETag": '"1"', "Content-Type": "text/plain"}))

    fetched = make().get(f"{site.url}/a?q=雪")

    assert fetched.body.decode() == "目录"
    assert (fetched.headers["etag"], fetched.content_type) == ('"1"', "text/plain")
    assert site.asked[0].query == {"q": "雪"}


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("file:///etc/passwd", "scheme"),
        ("ftp://127.0.0.1/x", "scheme"),
        ("gopher://127.0.0.1/x", "scheme"),
        ("http://user:secret@127.0.0.1/", "credentials"),
        ("http://elsewhere.example/", "host_not_listed"),
        ("http:///nowhere", "malformed"),
        ("http://127.0.0.1:99999/", "malformed"),
        ("http://127.0.0.1/a b", "malformed"),
    ],
)
def test_what_may_not_be_fetched_is_refused_by_rule(make: Make, url: str, rule: str) -> None:
    assert refused(make, url).rule == rule


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1",
    ],
)  # fmt: skip
def test_a_name_that_leads_inside_is_refused_before_a_connection(address: str) -> None:
    guard = Guard(["rebind.example"], resolver=lambda _host, _port: ["93.184.216.34", address])

    with pytest.raises(FetchRefused) as caught, Fetcher(guard) as fetcher:
        fetcher.get("http://rebind.example/")

    assert caught.value.rule == "private_address"
    assert address in str(caught.value)


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(site: Site, clock: Clock) -> None:
    asked: list[str] = []

    def resolver(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    guard = Guard(["name.example"], ["127.0.0.1"], resolver=resolver)
    site.on("/", b"here")
    with Fetcher(guard, wait=clock.wait, clock=clock) as fetcher:
        assert fetcher.get(f"http://name.example:{site.port}/").body == b"here"

    assert asked == ["name.example"]
    assert site.asked[0].headers["host"] == f"name.example:{site.port}"


def test_wildcards_list_a_domain_and_what_is_below_it() -> None:
    guard = Guard(["*.example.org"])

    assert guard.place("https://data.example.org/x").port == 443
    assert guard.place("https://example.org/").host == "example.org"
    with pytest.raises(FetchRefused):
        guard.place("https://notexample.org/")


def test_every_redirect_is_checked(make: Make, site: Site) -> None:
    site.on("/out", Said(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"}))
    site.on("/down", Said(status=301, headers={"Location": "file:///etc/passwd"}))
    site.on("/round", Said(status=302, headers={"Location": "/round"}))
    site.on("/on", Said(status=307, headers={"Location": "/end"}))
    site.on("/end", b"done")

    assert refused(make, f"{site.url}/out").rule == "host_not_listed"
    assert refused(make, f"{site.url}/down").rule == "scheme"
    assert refused(make, f"{site.url}/round").rule == "redirects"
    assert make().get(f"{site.url}/on").url == f"{site.url}/end"


def test_a_key_for_one_server_is_not_told_to_another(make: Make, site: Site) -> None:
    site.on("/a", Said(status=302, headers={"Location": f"http://localhost:{site.port}/b"}))
    site.on("/b", b"there")
    guard = Guard(["127.0.0.1", "localhost"], ["127.0.0.0/8", "::1"])

    make(guard).get(f"{site.url}/a", headers={"Authorization": "Bearer x"})

    assert ["authorization" in one.headers for one in site.asked] == [True, False]


def test_what_is_too_large_is_not_read(make: Make, site: Site) -> None:
    site.on("/big", b"x" * 5000)
    site.on("/bomb", Said(gzip.compress(b"0" * 50_000_000), headers={"Content-Encoding": "gzip"}))
    site.on("/zlib", Said(zlib.compress(b"fine"), headers={"Content-Encoding": "deflate"}))
    site.on("/odd", Said(b"??", headers={"Content-Encoding": "br"}))
    site.on("/not", Said(b"plain words", headers={"Content-Encoding": "gzip"}))

    assert refused(make, f"{site.url}/big", max_bytes=4999).rule == "size"
    assert refused(make, f"{site.url}/bomb", max_bytes=1_000_000).rule == "size"
    assert make().get(f"{site.url}/zlib").body == b"fine"
    assert refused(make, f"{site.url}/odd").rule == "encoding"
    assert refused(make, f"{site.url}/not").rule == "encoding"


def test_a_body_that_breaks_off_is_no_answer(make: Make, site: Site) -> None:
    site.on("/cut", Said(b"x" * 100, cut=40))
    packed = gzip.compress(b"some text " * 100)
    site.on("/short", Said(packed[:-10], headers={"Content-Encoding": "gzip"}))

    for path in ("/cut", "/short"):
        with pytest.raises(FetchFailed):
            make().get(f"{site.url}{path}")


def test_a_busy_server_is_asked_again_when_it_says(make: Make, site: Site, clock: Clock) -> None:
    answers = iter([Said(status=503, headers={"Retry-After": "7"}), Said(status=429), Said(b"now")])
    site.on("/busy", lambda _asked: next(answers))

    assert make(delay_s=0.0).get(f"{site.url}/busy").body == b"now"
    assert clock.waited == [7.0, 2.0]


def test_a_server_that_wants_too_much_patience_ends_it(make: Make, site: Site) -> None:
    site.on("/later", Said(status=503, headers={"Retry-After": "86400"}))

    with pytest.raises(FetchFailed, match="86400 s"):
        make().get(f"{site.url}/later")


def test_requests_to_one_host_keep_their_distance(make: Make, site: Site, clock: Clock) -> None:
    site.on("/a", b"a")
    fetcher = make(delay_s=0.5)

    for _ in range(3):
        fetcher.get(f"{site.url}/a")

    assert sum(clock.waited) == pytest.approx(1.0)


def test_a_validator_saves_the_body(make: Make, site: Site) -> None:
    def answer(asked: Asked) -> Said:
        known = asked.headers.get("if-none-match") == '"v1"'
        return Said(status=304) if known else Said(b"body", headers={"ETag": '"v1"'})

    site.on("/v", answer)
    first = make().get(f"{site.url}/v")

    again = make().get(f"{site.url}/v", etag=first.headers["etag"])

    assert (again.unchanged, again.body) == (True, b"")


def test_errors_of_the_server_are_failures_with_their_status(make: Make, site: Site) -> None:
    with pytest.raises(FetchFailed) as caught:
        make().get(f"{site.url}/missing")

    assert caught.value.status == 404


def test_a_post_sends_its_body(make: Make, site: Site) -> None:
    site.on("/csw", lambda asked: Said(asked.body.upper()))

    assert make().get(f"{site.url}/csw", body=b"<get/>").body == b"<GET/>"


def test_a_head_reads_no_body(make: Make, site: Site) -> None:
    site.on("/x", Said(status=301, headers={"Location": "/y"}))

    assert make().head(f"{site.url}/x") == (404, f"{site.url}/y")
