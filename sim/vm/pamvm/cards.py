# SPDX-License-Identifier: Apache-2.0
"""Simulated cards of a machine: one pamsim process each, its sockets in the
machine's temporary folder."""

import os
import shlex
import signal
import socket
import subprocess
import time

from . import BUILD, Problem

SIGNALS = {"kill": signal.SIGKILL, "term": signal.SIGTERM, "stop": signal.SIGSTOP, "cont": signal.SIGCONT}
# The card in RTL formats its flash first, cycle by cycle.
READY_SECONDS = 120
CONTROL_SECONDS = 10


def bound(command):
    """Returns a command whose process cannot outlive this one, however it ends."""
    return ["setpriv", "--pdeathsig", "KILL", "--", *command]


class Card:
    """A running pamsim."""

    def __init__(self, number, options, folder, logs, program=None, seed=None):
        program = program or os.environ.get("PAMSIM") or str(BUILD / "pamsim")
        if not os.access(program, os.X_OK):
            raise Problem(f"{program} is not built; run 'make {os.path.relpath(program, BUILD.parent)}', or use --no-card")
        self.number = number
        self.socket = f"{folder}/card{number}.sock"
        self.control_path = f"{folder}/card{number}.ctl"
        self.log = logs / f"card{number}.log"
        self.gone_on_purpose = False
        # The run's seed and kind of card, unless the card is given its own.
        kind = os.environ.get("CARD")
        words = [*([f"--seed={seed}"] if seed else []), *([f"--card={kind}"] if kind else []), *shlex.split(options)]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                bound([program, f"--socket-path={self.socket}", f"--control={self.control_path}", *words]),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._await_socket()

    def _await_socket(self):
        end = time.monotonic() + READY_SECONDS
        while not os.path.exists(self.socket):
            if self.process.poll() is not None:
                raise Problem(f"card {self.number} did not start: {self.log.read_text(errors='replace').strip()[-500:]}")
            if time.monotonic() > end:
                raise Problem(f"card {self.number} has no socket after {READY_SECONDS} s; see {self.log}")
            time.sleep(0.02)

    def signal(self, name):
        """Sends one of SIGNALS; kill and term are no failure of the card then."""
        if name in ("kill", "term"):
            self.gone_on_purpose = True
        self.process.send_signal(SIGNALS[name])
        if name in ("kill", "term"):
            self.process.wait(CONTROL_SECONDS)

    def control(self, text):
        """Sends a command to the control socket and returns what follows "ok".
        ValueError says what the card says against it."""
        with socket.socket(socket.AF_UNIX) as link:
            # After a power cycle it is ready again.
            link.settimeout(READY_SECONDS)
            link.connect(self.control_path)
            link.sendall(text.encode() + b"\n")
            verdict, _, answer = link.makefile(errors="replace").readline().strip().partition(" ")
        if verdict != "ok":
            raise ValueError(answer or "no answer")
        return answer

    def close(self):
        """Ends the card; returns what was wrong with it, or None."""
        died = self.process.poll()
        if died is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                died = self.process.wait(CONTROL_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                return f"card {self.number} ignored SIGTERM"
        elif not self.gone_on_purpose:
            return f"card {self.number} ended during the run with status {died}; see {self.log}"
        if died != 0 and not self.gone_on_purpose:
            return f"card {self.number} ended with status {died}; see {self.log}"
        return None
