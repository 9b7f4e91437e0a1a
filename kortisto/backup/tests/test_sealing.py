"""A sealed stream opens whole, or says why it does not."""

import io

import pytest

from kortisto.backup.sealing import CHUNK, HEADER_BYTES, TAG_BYTES, Opener, Sealer
from kortisto.backup.trouble import BackupTrouble

KEY = b"k" * 32
STEP = CHUNK + TAG_BYTES


def sealed(text: bytes) -> bytes:
    out = io.BytesIO()
    sealer = Sealer(out, KEY)
    for start in range(0, len(text), 300_000):
        sealer.write(text[start : start + 300_000])
    sealer.finish()
    return out.getvalue()


def opened(data: bytes, key: bytes = KEY) -> bytes:
    return io.BufferedReader(Opener(io.BytesIO(data), key)).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_sealed_opens(size: int) -> None:
    text = bytes(n % 251 for n in range(size))
    data = sealed(text)

    assert opened(data) == text
    assert size < 2 or text[:200] not in data


def test_the_same_text_is_never_sealed_the_same() -> None:
    assert sealed(b"Aino Virtanen") != sealed(b"Aino Virtanen")


def test_what_was_altered_moved_or_lost_does_not_open() -> None:
    data = sealed(b"a" * CHUNK + b"b" * CHUNK + b"c")
    start = HEADER_BYTES
    header, first = data[:start], data[start : start + STEP]
    second, last = data[start + STEP : start + 2 * STEP], data[start + 2 * STEP :]
    flipped = bytearray(data)
    flipped[start + STEP + 7] ^= 1
    damaged = {
        "flipped": bytes(flipped),
        "swapped": header + second + first + last,
        "repeated": header + first + first + second + last,
        "one left out": header + first + last,
        "cut in a chunk": data[:-5],
        "cut between chunks": header + first + second,
        "cut to nothing": header,
        "something added": data + b"x",
        "of another file": sealed(b"a" * CHUNK + b"b")[:start] + first + second + last,
    }
    assert header + first + second + last == data

    for what, broken in damaged.items():
        with pytest.raises(BackupTrouble, match="damaged"):
            pytest.fail(f"{what}: {len(opened(broken))} bytes were opened")


def test_another_key_and_another_kind_of_file_are_told_apart() -> None:
    data = sealed(b"text")

    with pytest.raises(BackupTrouble, match="another key"):
        opened(data, b"x" * 32)
    for other in (b"", b"PGDMP" * 100, data[:20]):
        with pytest.raises(BackupTrouble, match="not a backup of Kortisto"):
            opened(other)
