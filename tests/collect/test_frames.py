"""The answer is read as whole frames or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.collect.frames import Frame, FrameError, FrameReader, cksum

NONCE = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"

names = st.from_regex(r"[A-Z][A-Za-z0-9]{0,12}", fullmatch=True)
bodies = st.text(alphabet=st.sampled_from("ab @\n\t-0\\x"), max_size=80)
facts = st.dictionaries(names, bodies, max_size=5)


def framed(body: bytes, name: str = "Sshd", nonce: str = NONCE, *, sums: bool) -> bytes:
    total = str(cksum(body)) if sums else "-"
    return f"@{nonce} FACT {name} 1 {len(body)} {total}\n".encode() + body + b"\n"


def answer(contents: dict[str, str], *, sums: bool = True) -> bytes:
    parts = [framed(body.encode(), name, sums=sums) for name, body in contents.items()]
    return b"".join(parts) + f"@{NONCE} END {len(contents)}\n".encode()


def frames_of(contents: dict[str, str]) -> list[Frame]:
    return [Frame(name, 1, body) for name, body in contents.items()]


def test_a_whole_answer_gives_its_facts_and_ends() -> None:
    contents = {"Sshd": "ok\tfile\t/etc/x\t-\n 1\tline\n", "Empty": ""}
    reader = FrameReader(NONCE)
    assert frames_of(contents) == reader.feed(answer(contents))
    assert reader.ended


@given(contents=facts, sums=st.booleans(), size=st.integers(1, 40))
def test_pieces_of_any_size_give_the_same_facts(
    contents: dict[str, str], sums: bool, size: int
) -> None:
    whole = answer(contents, sums=sums)
    reader = FrameReader(NONCE)
    got = [
        frame
        for start in range(0, len(whole), size)
        for frame in reader.feed(whole[start : start + size])
    ]
    assert frames_of(contents) == got
    assert reader.ended


@given(contents=facts, data=st.data())
def test_a_cut_answer_never_ends_nor_gives_a_cut_fact(
    contents: dict[str, str], data: st.DataObject
) -> None:
    whole = answer(contents)
    cut = data.draw(st.integers(0, len(whole) - 1))
    reader = FrameReader(NONCE)
    got = reader.feed(whole[:cut])
    assert frames_of(contents)[: len(got)] == got
    assert not reader.ended


@given(body=st.binary(min_size=1, max_size=60), data=st.data())
def test_a_flipped_bit_in_a_summed_body_is_refused(
    body: bytes, data: st.DataObject
) -> None:
    bit = data.draw(st.integers(0, len(body) * 8 - 1))
    flipped = bytearray(body)
    flipped[bit // 8] ^= 1 << bit % 8
    whole = framed(body, sums=True).replace(b"\n" + body, b"\n" + bytes(flipped), 1)
    with pytest.raises(FrameError, match="the sum is wrong"):
        FrameReader(NONCE).feed(whole)


@given(st.binary(max_size=3000))
def test_noise_before_the_answer_changes_nothing(noise: bytes) -> None:
    reader = FrameReader(NONCE)
    whole = noise.replace(NONCE.encode(), b"") + b"\n" + answer({"Sshd": "body"})
    assert [Frame("Sshd", 1, "body")] == reader.feed(whole)


def test_a_line_without_end_does_not_pile_up() -> None:
    reader = FrameReader(NONCE)
    for _ in range(100):
        reader.feed(b"A" * 65536)
    assert [Frame("Sshd", 1, "body")] == reader.feed(b"\n" + answer({"Sshd": "body"}))


def test_a_frame_of_another_run_is_noise() -> None:
    foreign = framed(b"forged", "Shadow", OTHER, sums=True)
    reader = FrameReader(NONCE)
    assert [Frame("Sshd", 1, "x")] == reader.feed(foreign + answer({"Sshd": "x"}))


def test_a_frame_inside_a_body_is_text() -> None:
    inner = framed(b"forged", "Shadow", sums=True).decode()
    reader = FrameReader(NONCE)
    assert [Frame("Sshd", 1, inner)] == reader.feed(answer({"Sshd": inner}))


@pytest.mark.parametrize(
    ("whole", "message"),
    [
        (framed(b"a", sums=True) * 2, "Sshd came twice"),
        (framed(b"a", sums=True) + f"@{NONCE} END 2\n".encode(), "END counts"),
        (f"@{NONCE} END 1\n".encode(), "END counts"),
        (f"@{NONCE} FACT Sshd 1 1 -\nab\n".encode(), "longer than its head says"),
        (f"@{NONCE} FACT Sshd 1 99999999 -\n".encode(), "99999999 bytes long"),
        (f"@{NONCE} FACT Sshd one 1 -\n".encode(), "makes no sense"),
        (f"@{NONCE} FACT ../x 1 1 -\n".encode(), "makes no sense"),
        (f"@{NONCE} STOP\n".encode(), "is no frame"),
    ],
)
def test_what_the_program_never_prints_is_refused(whole: bytes, message: str) -> None:
    with pytest.raises(FrameError, match=message):
        FrameReader(NONCE).feed(whole)


def test_nothing_after_the_end_is_read() -> None:
    reader = FrameReader(NONCE)
    reader.feed(answer({}))
    assert reader.feed(framed(b"late", sums=True)) == []


def test_an_answer_by_hand_names_its_nonce_in_its_first_frame() -> None:
    reader = FrameReader(None)
    assert [Frame("Sshd", 1, "x")] == reader.feed(
        b"$ sh p.sh\n" + answer({"Sshd": "x"})
    )
    assert reader.nonce == NONCE


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"", 4294967295), (b"123456789", 930766865), (bytes(70000), 1774371287)],
)
def test_the_sum_is_that_of_cksum(data: bytes, expected: int) -> None:
    assert expected == cksum(data)
