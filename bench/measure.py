"""Time one thing many times; say what was measured on what."""

import gc
import os
import platform
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def at_share(ordered: Sequence[T], share: float) -> T:
    """The one below which such a share of them lies."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


@dataclass(frozen=True, slots=True)
class Figures:
    """One row of the table. Times in milliseconds; ``rate`` is per second."""

    name: str
    times: tuple[float, ...] = ()
    rate: float | None = None
    queries: int | None = None
    memory_mb: float | None = None
    target: str = ""
    note: str = ""

    def percentile(self, share: float) -> float | None:
        return at_share(sorted(self.times), share) if self.times else None


@dataclass(frozen=True, slots=True)
class Lines:
    """A part of the page that is no table of times: Markdown."""

    name: str
    lines: tuple[str, ...]


def timed(do: Callable[[T], object], inputs: Iterable[T]) -> tuple[float, ...]:
    """Milliseconds of each call, one after another; garbage is collected between."""
    gc.collect()
    gc.freeze()
    times = []
    for value in inputs:
        started = time.perf_counter()
        do(value)
        times.append((time.perf_counter() - started) * 1000)
    gc.unfreeze()
    return tuple(times)


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory of a process in MB."""

    own: float  # what nobody else can use while it lives
    mapped: float  # pages of files, which the machine takes back when it needs them


def memory_of(pid: int) -> Memory:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    status = {name: value for name, _, value in (each.partition(":") for each in lines)}
    own, mapped, shared = (
        int(status[name].split()[0]) / 1024
        for name in ("RssAnon", "RssFile", "RssShmem")
    )
    return Memory(own=own + shared, mapped=mapped)


def fsync_times(folder: Path, times: int = 200) -> tuple[float, ...]:
    """What the disk needs to keep 4 kB: no commit can be faster."""
    path = folder / "fsync-probe"
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    os.pwrite(descriptor, b"x" * 4096, 0)

    def once(_: int) -> None:
        os.pwrite(descriptor, b"y" * 4096, 0)
        os.fdatasync(descriptor)

    measured = timed(once, range(times))
    os.close(descriptor)
    path.unlink()
    return measured


def machine() -> str:
    """Cores, memory and Python, in one line."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    total = Path("/proc/meminfo").read_text().split()[1]
    return (
        f"{os.cpu_count()} cores ({model}), {int(total) // 1024 // 1024} GB, "
        f"Python {platform.python_version()}"
    )
