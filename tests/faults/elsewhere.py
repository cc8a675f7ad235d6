"""The real command with recorded reading, as if on another machine: only the name of the host is another.

PYTHONPATH=<repository> python -m tests.faults.elsewhere HOST READINGS COMMAND...
"""

import socket
import sys

from tests.faults.recorded import main

if __name__ == "__main__":
    host = sys.argv.pop(1)
    socket.gethostname = lambda: host
    main()
