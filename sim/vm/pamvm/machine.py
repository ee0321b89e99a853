# SPDX-License-Identifier: Apache-2.0
"""Boots stock QEMU with simulated cards, runs one shell script in the guest, and
brings back its output and exit status. One thread serves everything; a deadline
stands over all of it; nothing started here outlives it."""

import contextlib
import fcntl
import json
import os
import pathlib
import re
import selectors
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field

from . import BUILD, CACHE, Problem, images, kernels, scan
from .cards import SIGNALS, Card, bound
from .cpio import Archive

# A simulated card that answers later than this is dropped by QEMU for good.
CARD_TIMEOUT_MS = 60000
# After the script's end the guest only has to power off.
POWEROFF_SECONDS = 30
# Enough for a server to read what a paused QEMU has sent.
DRAIN_SECONDS = 0.3
# A telnet break, which the kernel's serial console takes for SysRq.
BREAK = b"\xff\xf3"
# Stalls are judged by the test's deadline, not by watchdogs: emulated guests on a
# busy machine are slow without being stuck.
CMDLINE = ("console=ttyS0 panic=-1 oops=panic mitigations=off tsc=reliable no_timer_check "
           "watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120 random.trust_cpu=on sysrq_always_enabled")


def _try_lock(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


@contextlib.contextmanager
def slot(on_wait):
    """Only as many machines run at a time as there are cores: more of them would
    miss their deadlines together. on_wait() is called once if there is a wait."""
    CACHE.mkdir(parents=True, exist_ok=True)
    slots = [open(CACHE / f"slot{n}.lock", "w") for n in range(max(2, os.cpu_count()))]
    try:
        waited = False
        while True:
            if any(_try_lock(place) for place in slots):
                yield
                return
            if not waited:
                waited = True
                on_wait()
            time.sleep(0.2)
    finally:
        for place in slots:
            place.close()


@dataclass
class Options:
    """What machine to run. `cards` has one string of pamsim options per card;
    `files` are (path on the host, path below /run/vm in the guest)."""
    name: str = "vm"
    kernel: str = "newest"
    ram: int = 512
    cpus: int = 2
    cards: list = field(default_factory=lambda: [""])
    disks: list = field(default_factory=list)
    files: list = field(default_factory=list)
    environment: dict = field(default_factory=dict)
    cmdline: str = ""
    qemu: list = field(default_factory=list)
    timeout: float = 120
    allow: list = field(default_factory=list)
    accel: str = "tcg"
    simulator: str = None
    profile: bool = False
    logs: pathlib.Path = None


@dataclass
class Result:
    """How it went: the script's exit status (None: it never came), what is wrong
    besides, seconds, and where the logs are."""
    status: int = None
    problems: list = field(default_factory=list)
    seconds: float = 0
    logs: pathlib.Path = None

    @property
    def good(self):
        return self.status == 0 and not self.problems


class Machine:
    """One run. on_output(bytes) sees the script's output as it comes,
    on_say(text) its "host say" lines."""

    def __init__(self, options, command, on_output=None, on_say=None):
        self.options = options
        self.command = command
        self.on_output = on_output or (lambda data: None)
        self.on_say = on_say or (lambda text: None)
        self.result = Result()
        self.cards = []
        self.allow = list(options.allow)
        self.release = kernels.find(options.kernel)

    def run(self):
        """Boots, runs the script, powers off; returns the Result. Waits first while
        too many other machines run."""
        with slot(lambda: self.on_say("waiting for another machine to end")):
            self._run()
            if self._died_early():
                return self._run_again()
            return self.result

    def _died_early(self):
        """Did the kernel panic before anything of ours ran? QEMU's emulation with several threads
        now and then lets a CPU see the int3 of code that Linux is patching while it boots."""
        console = self.logs / "console.log"
        return (self.options.accel == "tcg" and not self.begun and self.result.status is None and console.exists()
                and "Kernel panic" in console.read_text(errors="replace"))

    def _run_again(self):
        first = (self.logs / "console.log").read_bytes()
        self.on_say("the kernel panicked before the script began; started once more (console-first.log)")
        self.result = Result()
        self.cards = []
        self.allow = list(self.options.allow)
        self._run()
        (self.logs / "console-first.log").write_bytes(first)
        return self.result

    def _run(self):
        self.started = time.monotonic()
        self.deadline = self.started + self.options.timeout
        self.fresh_line = True
        self.begun = False
        self.logs = self.options.logs or BUILD / "vm/log" / self.options.name
        shutil.rmtree(self.logs, ignore_errors=True)
        self.logs.mkdir(parents=True)
        self.result.logs = self.logs
        self.folder = tempfile.mkdtemp(prefix="pamvm-")
        self.qemu = None
        try:
            self._start()
            self._serve()
        finally:
            self._stop()
            shutil.rmtree(self.folder, ignore_errors=True)
        self._judge()
        self.result.seconds = time.monotonic() - self.started
        return self.result

    # ------------------------------------------------------------ start

    def _initrd(self):
        """The cached initramfs plus what belongs to this run."""
        extra = Archive()
        extra.file("vm/command", (self.command + "\n").encode())
        lines = [f"export {k}={shlex.quote(str(v))}" for k, v in self.options.environment.items()]
        extra.file("vm/environment", ("\n".join(lines) + "\n").encode())
        for source, name in self.options.files:
            path = pathlib.Path(source)
            if not path.is_file():
                raise Problem(f"{source} is not a file")
            extra.file(f"vm/{name}", path.read_bytes(), path.stat().st_mode & 0o755)
        target = pathlib.Path(self.folder, "initrd")
        with open(target, "wb") as out, open(images.initramfs(self.release), "rb") as base:
            shutil.copyfileobj(base, out)
            out.write(extra.bytes())
        return target

    def _listen(self, name):
        server = socket.socket(socket.AF_UNIX)
        server.bind(f"{self.folder}/{name}")
        server.listen(1)
        return server

    def _qemu_command(self, initrd):
        o = self.options
        accel = "kvm" if o.accel == "kvm" else "tcg,thread=multi"
        # max: all that QEMU can emulate; five-level page tables only cost time.
        cpu = "host" if o.accel == "kvm" else "max,la57=off"
        command = [
            "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-machine", "q35,memory-backend=ram", "-accel", accel, "-cpu", cpu, "-smp", str(o.cpus), "-m", f"{o.ram}M",
            "-object", f"memory-backend-memfd,id=ram,size={o.ram}M,share=on",
            "-kernel", f"/boot/vmlinuz-{self.release}", "-initrd", str(initrd), "-append", f"{CMDLINE} {o.cmdline}",
            "-chardev", f"socket,id=console,path={self.folder}/console,server=on,wait=off,telnet=on,logfile={self.logs}/console.log",
            "-serial", "chardev:console",
            "-qmp", f"unix:{self.folder}/qmp,server=on,wait=off",
            "-drive", f"file={images.root_disk()},format=raw,if=virtio,readonly=on,cache=unsafe",
            "-device", "virtio-serial-pci"]
        for name in ("out", "control"):
            command += ["-chardev", f"socket,id={name},path={self.folder}/{name}",
                        "-device", f"virtserialport,chardev={name},name={name}"]
        for number, size in enumerate(o.disks):
            path = f"{self.folder}/disk{number}"
            with open(path, "wb") as disk:
                disk.truncate(size << 20)
            command += ["-drive", f"file={path},format=raw,if=virtio,cache=unsafe"]
        for card in self.cards:
            device = {"driver": "vfio-user-pci", "bus": f"port{card.number}", "x-msg-timeout": CARD_TIMEOUT_MS,
                      "socket": {"type": "unix", "path": card.socket}}
            command += ["-device", f"pcie-root-port,id=port{card.number},chassis={card.number + 1},slot={card.number + 1}",
                        "-device", json.dumps(device)]
        if o.profile:
            command += ["-plugin", f"{BUILD}/vm/profile.so,socket={self.folder}/profile"]
        return command + o.qemu

    def _start(self):
        if not shutil.which("qemu-system-x86_64"):
            raise Problem("no qemu-system-x86_64; run this through make or tools/toolbox/enter.sh")
        if self.options.accel == "kvm" and not os.access("/dev/kvm", os.R_OK | os.W_OK):
            raise Problem("ACCEL=kvm, but /dev/kvm cannot be used; leave ACCEL out")
        initrd = self._initrd()
        self.servers = {name: self._listen(name) for name in ("out", "control")}
        for number, words in enumerate(self.options.cards):
            self.cards.append(Card(number, words, self.folder, self.logs, self.options.simulator,
                                   self.options.environment.get("PAMCARD_SEED")))
        with open(self.logs / "qemu.log", "wb") as log:
            self.qemu = subprocess.Popen(bound(self._qemu_command(initrd)), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    # ------------------------------------------------------------ serve

    def _serve(self):
        select = selectors.DefaultSelector()
        for name, server in self.servers.items():
            select.register(server, selectors.EVENT_READ, ("accept", name))
        output = open(self.logs / "output.log", "wb")
        pending = b""
        while self.qemu.poll() is None:
            left = self.deadline - time.monotonic()
            if left <= 0:
                self.result.problems.append(f"not finished after {self.options.timeout:.0f} s"
                                            if self.result.status is None else "the guest did not power off")
                self._where()
                break
            for key, _ in select.select(min(left, 0.25)):
                kind, name = key.data
                if kind == "accept":
                    link, _ = key.fileobj.accept()
                    select.register(link, selectors.EVENT_READ, ("read", name))
                    continue
                data = self._receive(key.fileobj)
                self.begun = self.begun or bool(data)
                if not data:
                    select.unregister(key.fileobj)
                elif name == "out":
                    self._log(output, data)
                    self.on_output(data)
                else:
                    *lines, pending = (pending + data).split(b"\n")
                    for line in lines:
                        key.fileobj.sendall(self._act(line.decode(errors="replace")).encode() + b"\n")
        output.close()

    @staticmethod
    def _receive(link):
        try:
            return link.recv(65536)
        except ConnectionResetError:  # QEMU died; the judge says so
            return b""

    def _log(self, output, data):
        """Writes the script's output with the time since the start before each line."""
        stamp = f"{time.monotonic() - self.started:7.1f}  ".encode()
        body = data.removesuffix(b"\n").replace(b"\n", b"\n" + stamp)
        output.write((stamp if self.fresh_line else b"") + body + data[len(data.removesuffix(b"\n")):])
        output.flush()
        self.fresh_line = data.endswith(b"\n")

    def _where(self):
        """Has the kernel print what its CPUs do and which tasks are stuck: the console
        of a run that did not end should say why."""
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(f"{self.folder}/console")
            time.sleep(0.2)
            for key in b"lwm":
                link.sendall(BREAK + bytes([key]))
                time.sleep(1)

    def _act(self, line):
        """Does what the guest asks for; returns the answer, "ok ..." or "error ..."."""
        try:
            verb, *words = line.split(" ")
            if verb == "exit":
                self.result.status = int(words[0])
                self.deadline = min(self.deadline, time.monotonic() + POWEROFF_SECONDS)
            elif verb == "say":
                self.on_say(" ".join(words))
            elif verb == "allow":
                self.allow.append(re.compile(" ".join(words)).pattern)
            elif verb == "kill":
                self._unplug(self.cards[int(words[0])])
            elif verb in SIGNALS:
                self.cards[int(words[0])].signal(verb)
            elif verb == "control":
                return "ok " + self.cards[int(words[0])].control(" ".join(words[1:]))
            elif verb == "profile":
                self._profile(words[0])
            elif verb == "qmp":
                return "ok " + self._qmp(json.loads(" ".join(words)))
            else:
                return f"error no action '{verb}'"
            return "ok"
        except (ValueError, IndexError, KeyError, OSError, re.error, subprocess.SubprocessError) as error:
            return f"error {line}: {error}".replace("\n", " ")

    def _profile(self, name):
        """Writes the instructions counted so far to NAME.profile in the log folder."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(30)
            link.connect(f"{self.folder}/profile")
            link.sendall(f"{self.logs / name}.profile\n".encode())
            if link.recv(16) != b"ok\n":
                raise ValueError("the profile was not written")

    def _unplug(self, card):
        """Kills a card's server. QEMU (11.1) aborts when it has posted writes queued
        as the connection breaks, so its CPUs pause until the server has read them;
        commands that the card has begun stay unfinished."""
        self._qmp({"execute": "stop"})
        time.sleep(DRAIN_SECONDS)
        card.signal("kill")
        self._qmp({"execute": "cont"})

    def _qmp(self, command):
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(10)
            link.connect(f"{self.folder}/qmp")
            stream = link.makefile("rw")
            stream.readline()
            for request in ({"execute": "qmp_capabilities"}, command):
                stream.write(json.dumps(request) + "\n")
                stream.flush()
                answer = json.loads(stream.readline())
                while "event" in answer:
                    answer = json.loads(stream.readline())
        return json.dumps(answer)

    # ------------------------------------------------------------ end

    def _stop(self):
        if self.qemu:
            self.qemu.kill()
            self.qemu.wait()
        for card in self.cards:
            wrong = card.close()
            if wrong:
                self.result.problems.append(wrong)
        for server in getattr(self, "servers", {}).values():
            server.close()

    def _judge(self):
        text = (self.logs / "console.log").read_text(errors="replace") if (self.logs / "console.log").exists() else ""
        self.result.problems += [f"kernel: {line}" for line in scan.complaints(text.splitlines(), self.allow)]
        if self.result.status is None:
            tail = (self.logs / "qemu.log").read_text(errors="replace").strip()
            self.result.problems.append("the guest ended without an exit status" + (f"; QEMU: {tail[-300:]}" if tail else ""))
