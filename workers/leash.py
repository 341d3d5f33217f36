"""A process on a leash dies with its parent, even when the parent is killed with -9: nobody is left behind.

`python -m workers.leash PARENT COMMAND...` puts the leash on and becomes the command; the kernel keeps the leash
over the exec.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tie(parent: int, with_signal: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send `with_signal` when the thread that started us ends; leave if `parent` is gone already."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(f"The parent process {parent} ended before its child began.")


def on_leash(*command: str) -> list[str]:
    """The arguments that start `command` as a child which dies with this process."""
    return [sys.executable, "-m", "workers.leash", str(os.getpid()), *command]


def main() -> None:
    parent, *command = sys.argv[1:]
    tie(int(parent))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
