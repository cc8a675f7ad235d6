import subprocess
import sys

GROW = """
import sys, threading
from pathlib import Path
if sys.argv[1] == "asked":
    from sohoa.allocator import give_memory_back
    give_memory_back()

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 >> 20

def work():
    kept = []
    for n in range(60):
        large = bytearray(1 << 20)
        kept.append(bytes(3000))
        del large

before = resident()
for _ in range(20):
    threads = [threading.Thread(target=work) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
print(resident() - before)
"""


def grown(word: str) -> int:
    done = subprocess.run([sys.executable, "-c", GROW, word], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_what_threads_freed_does_not_stay_resident() -> None:
    assert grown("asked") <= max(6, grown("left alone"))
