#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pamsim as a program: options, sockets, signals, control channel, counters, trace."""

import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback

PROGRAM = os.environ.get("PAMSIM", "build/san/pamsim")
PATIENCE = 20
CASES = []


def case(function):
    CASES.append(function)
    return function


class Sim:
    """A pamsim that must end with the status `code`."""

    def __init__(self, folder, *options, code=0, wait=True, pass_fds=(), listen=True):
        self.path = f"{folder}/socket"
        self.control_path = f"{folder}/control"
        self.code = code
        where = (f"--socket-path={self.path}",) if listen else ()
        self.process = subprocess.Popen([PROGRAM, *where, f"--control={self.control_path}", "--dram=16MiB", *options],
                                        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=pass_fds)
        if wait:
            until(lambda: os.path.exists(self.path if listen else self.control_path))

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.terminate()
        self.finish()
        if kind is None:
            assert self.process.returncode == self.code, (self.process.returncode, self.errors)

    def finish(self):
        """Awaits its end; its messages are in self.errors then."""
        if hasattr(self, "errors"):
            return self.errors
        try:
            _, self.errors = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, self.errors = self.process.communicate()
            self.errors += "did not end"
        return self.errors

    def control(self, line):
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(PATIENCE)
            link.connect(self.control_path)
            link.sendall(line.encode() + b"\n")
            return link.makefile().readline().rstrip("\n")


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.01)


def connect(path):
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(PATIENCE)
    link.connect(path)
    return link


def call(link, command, payload):
    """One command; (error, payload of the reply), or None when the server closed."""
    link.sendall(struct.pack("<HHIII", 1, command, 16 + len(payload), 0, 0) + payload)
    head = link.recv(16, socket.MSG_WAITALL)
    if not head:
        return None
    _, _, size, _, error = struct.unpack("<HHIII", head)
    return error, link.recv(size - 16, socket.MSG_WAITALL) if size > 16 else b""


def handshake(link):
    reply = call(link, 1, struct.pack("<HH", 0, 0) + b'{"capabilities":{"max_msg_fds":16}}\0')
    assert reply and reply[0] == 0, reply


def magic(link):
    """Reads register MAGIC."""
    error, data = call(link, 9, struct.pack("<QII", 0, 0, 4))
    assert error == 0 and data[16:] == b"PAMC", (error, data)


def run(*options):
    return subprocess.run([PROGRAM, *options], capture_output=True, text=True, timeout=PATIENCE, check=False)


def has_rtl(variant=""):
    return os.path.exists(os.path.join(os.path.dirname(PROGRAM), f"../libpamcard_rtl{variant}.so"))


@case
def bad_options(folder):
    good = f"--socket-path={folder}/s"
    bad = {
        (): "--socket-path",
        (good, "--fd=3"): "exclude each other",
        (good, "--nonsense"): "nonsense",
        (good, "extra"): "'extra'",
        (good, "--card=other"): "model and rtl",
        (good, "--dram=1 GiB"): "--dram=1 GiB",
        (good, "--dram=-1"): "512MiB",
        (good, "--dram=99999999999TiB"): "--dram",
        (good, "--dram="): "--dram",
        (good, "--queue-pairs=1"): "2 to 64",
        (good, "--queue-pairs=65"): "2 to 64",
        (good, "--vectors=0"): "1 to 64",
        (good, "--vectors=4x"): "1 to 64",
        (good, "--seed=abc"): "--seed=abc",
        (good, "--lz4=zstd"): "liblz4 or card",
        (good, "--lz4="): "liblz4 or card",
        (good, "--put-latency=5"): "unit",
        (good, "--get-latency=5 us"): "unit",
        (good, "--get-latency=2000000s"): "unit",
        (good, "--fault=dma"): "dma=N",
        (good, "--fault=oops=1"): "'oops'",
        (good, "--fault=dma=x"): "one in N",
        (good, "--fault="): "no fault",
        (good, "--fault=delay=10"): "delay=100:20ms",
        (good, "--fault=delay=10:5"): "20ms",
        (good, "--output-format=xml"): "normal or json",
        (good, "--rtl=rcb=64"): "--card=rtl alone",
        (good, "--waves=x"): "--card=rtl alone",
        (good, "--waves="): "no name",
        (good, "--waves=x,from=0"): "from 1 on",
        (good, "--waves=x,from=1,commands"): "from 1 on",
        (good, "--waves=x,to=1"): "from 1 on",
        ("--fd=-1",): "--fd=-1",
    }
    rtl = (good, "--card=rtl")
    if has_rtl():
        bad.update({
            (*rtl, "--rtl=latency=3us"): "there are max-payload,",
            (*rtl, "--rtl="): "no figure",
            (*rtl, "--rtl=rcb"): "64 to 128",
            (*rtl, "--rtl=rcb=96"): "64 to 128",
            (*rtl, "--rtl=rcb=64,max-payload=2048"): "128 to 1024",
            (*rtl, "--rtl=rcb=64,,split=yes"): "no figure",
            (*rtl, "--rtl=read-latency=800"): "0ns to 1000us",
            (*rtl, "--rtl=read-latency=1.5ms"): "0ns to 1000us",
            (*rtl, "--rtl=read-latency=nanns"): "0ns to 1000us",
            (*rtl, "--rtl=bandwidth=17GB/s"): "0.1GB/s to 16GB/s",
            (*rtl, "--rtl=dram-window=1.5"): "1 to 256",
            (*rtl, "--rtl=split=maybe"): "yes or no",
            (*rtl, "--rtl=posted-data-credits=31"): "needs 32",
            (*rtl, "--put-latency=1us"): "--card=model alone",
            (*rtl, "--trace=x"): "--card=model alone",
        })
        if not has_rtl("_waves"):
            bad[(*rtl, "--waves=x")] = "make build/libpamcard_rtl_waves.so"
    else:
        bad[rtl] = "make rtl"
    for options, words in bad.items():
        done = run(*options)
        assert done.returncode == 2, (options, done.returncode, done.stderr)
        assert words in done.stderr and done.stderr.count("\n") == 1, (options, done.stderr)
    assert not os.path.exists(f"{folder}/s")


@case
def cannot_start(folder):
    for options, words in {
        (f"--socket-path={folder}/no/folder",): "No such file",
        (f"--socket-path={folder}/{'x' * 200}",): "too long",
        (f"--socket-path={folder}/s", "--dram=64KiB"): "--dram",
        (f"--socket-path={folder}/s", f"--trace={folder}"): "cannot write",
        ("--fd=77",): "--fd=77",
        ("--fd=0",): "--fd=0",
    }.items():
        done = run(*options)
        assert done.returncode == 1, (options, done.returncode, done.stderr)
        assert words in done.stderr and done.stderr.count("\n") == 1, (options, done.stderr)
    assert os.listdir(folder) == []


@case
def help_and_version(_):
    done = run("--help")
    assert done.returncode == 0 and "--socket-path=PATH" in done.stdout and not done.stderr
    with open("docs/man/pamsim.1.scd", encoding="utf-8") as file:
        manual = file.read()
    for option in re.findall(r"--[a-z0-9-]+", done.stdout):
        assert f"*{option}*" in manual, f"{option} is not in the manual"
    done = run("--version")
    assert done.returncode == 0 and done.stdout.startswith("pamsim")


@case
def rtl_figures(_):
    """Names and defaults of the figures are those of the manual."""
    if not has_rtl():
        return
    done = run("--rtl=help")
    assert done.returncode == 0 and not done.stderr, done
    figures = [line.split()[0].split("=") for line in done.stdout.splitlines()]
    assert len(figures) > 20, done.stdout
    with open("docs/man/pamsim.1.scd", encoding="utf-8") as file:
        manual = file.read()
    for name, default in figures:
        # Several names may share the default behind the last of them.
        assert re.search(rf"\*{name}\*(, \*[a-z-]+\*)*={re.escape(default)}", manual), f"{name}={default} is not in the manual"


@case
def rtl_waves(folder):
    """Signals of a window of commands; those of pamctl are some on the admin queue."""
    if not has_rtl("_waves"):
        return
    for begins, size in ((2, 100000), (1000, 0)):
        path = f"{folder}/waves"
        with Sim(folder, "--card=rtl", f"--waves={path},from={begins},commands=2") as sim:
            done = subprocess.run(["build/pamctl", "-d", f"vfio-user:{sim.path}", "info"], capture_output=True, timeout=120, check=False)
            assert done.returncode == 0, done
        with open(path, "rb") as file:
            # FST begins with a header block of 329 bytes.
            assert file.read(9) == struct.pack(">BQ", 0, 329)
            file.seek(0, os.SEEK_END)
            changes = file.tell()
        os.unlink(path)
        if size:
            first = changes
        else:
            assert changes < first, f"{changes} bytes without a command, {first} with two"


@case
def socket_files(folder):
    with Sim(folder) as first:
        # Somebody is there already.
        with Sim(folder, code=1, wait=False) as second:
            assert "another server" in second.finish()
        magic_link = connect(first.path)
        handshake(magic_link)
        magic(magic_link)
        magic_link.close()
    assert os.listdir(folder) == []
    # What a killed server leaves is replaced.
    with Sim(folder, code=-signal.SIGKILL) as killed:
        killed.process.kill()
    assert os.path.exists(f"{folder}/socket")
    with Sim(folder, wait=False) as heir:
        until(lambda: heir.process.poll() is not None or try_handshake(heir.path))
    # Not a socket: not touched.
    with open(f"{folder}/socket", "w", encoding="ascii") as file:
        file.write("precious")
    with Sim(folder, code=1, wait=False) as refused:
        assert "not a socket" in refused.finish()
    with open(f"{folder}/socket", encoding="ascii") as file:
        assert file.read() == "precious"


def try_handshake(path):
    try:
        with connect(path) as link:
            handshake(link)
            return True
    except OSError:
        return False


@case
def one_client_at_a_time(folder):
    with Sim(folder) as sim:
        first = connect(sim.path)
        handshake(first)
        second = connect(sim.path)
        assert second.recv(1) == b"", "a second client is served"
        magic(first)
        # Leaving and coming back at once, again and again.
        for _ in range(50):
            first.close()
            first = connect(sim.path)
            handshake(first)
        magic(first)
        first.close()
    assert "second client" in sim.errors


@case
def handed_descriptor(folder):
    mine, other = socket.socketpair()
    with Sim(folder, f"--fd={other.fileno()}", pass_fds=[other.fileno()], listen=False) as sim:
        other.close()
        handshake(mine)
        magic(mine)
        # The only client it will ever have.
        mine.close()
        assert sim.finish() == "", sim.errors
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{folder}/mine")
    listener.listen()
    with Sim(folder, f"--fd={listener.fileno()}", pass_fds=[listener.fileno()], listen=False):
        for _ in range(2):
            link = connect(f"{folder}/mine")
            handshake(link)
            magic(link)
            link.close()
    assert os.path.exists(f"{folder}/mine"), "it removed a socket it had not made"


@case
def ends_on_signals(folder):
    for number in (signal.SIGTERM, signal.SIGINT):
        with Sim(folder) as sim:
            link = connect(sim.path)
            handshake(link)
            # Half a message: nothing it would wait for.
            link.sendall(b"\1\0\2\0")
            start = time.monotonic()
            sim.process.send_signal(number)
            sim.finish()
            assert time.monotonic() - start < 5
            assert gone(link)
        assert os.listdir(folder) == []


@case
def a_client_that_does_not_read(folder):
    with Sim(folder) as sim:
        link = connect(sim.path)
        handshake(link)
        read = struct.pack("<HHIII", 1, 9, 32, 0, 0) + struct.pack("<QII", 0, 2, 0x40000)
        link.sendall(read * 20)
        # It gives up on the client, whose own receive buffer is full.
        until(lambda: closed(link))
        link.close()
        link = connect(sim.path)
        handshake(link)
        magic(link)
        link.close()
    assert "does not take our replies" in sim.errors


def closed(link):
    """Whether the peer has closed, found without reading what it sent before."""
    try:
        link.send(struct.pack("<HHIII", 1, 99, 16, 16, 0), socket.MSG_DONTWAIT)
    except (BrokenPipeError, ConnectionResetError):
        return True
    except BlockingIOError:
        pass
    return False


def gone(link):
    """Whether the peer has closed; a reset is how that looks when it had something unread."""
    try:
        return link.recv(1) == b""
    except ConnectionResetError:
        return True


@case
def control_channel(folder):
    with Sim(folder) as sim:
        assert "power-cycle" in sim.control("help")
        assert sim.control("check") == "ok"
        assert sim.control("fault dma=5,bit-flip=0") == "ok"
        assert sim.control("fault").startswith("error: no fault")
        assert sim.control("fault refuse=x").startswith("error: fault refuse")
        assert sim.control("fault delay=1:5ms").startswith("error:")
        assert sim.control("fault delay=1") == "ok"
        assert sim.control("nonsense 1 2").startswith("error: no command 'nonsense'")
        assert sim.control("").startswith("error:")
        answer = sim.control("counters")
        assert answer.startswith("ok {"), answer
        counters = json.loads(answer[3:])
        assert set(counters) == {"counters", "capacity", "dma", "interrupts"}
        assert counters["capacity"]["total_bytes"] == 16 << 20
        # Several commands in one packet, one in several; and a line without end.
        with connect(sim.control_path) as link:
            link.sendall(b"check\nche")
            lines = link.makefile()
            assert lines.readline() == "ok\n"
            link.sendall(b"ck\n")
            assert lines.readline() == "ok\n"
            link.sendall(b"x" * 2000)
            assert lines.readline().startswith("error: the line is too long")
            assert gone(link)
        # More watchers than it takes: refused, not served wrongly.
        links = [connect(sim.control_path) for _ in range(6)]
        for link in links:
            link.close()
        until(lambda: sim.control("check") == "ok")
        link = connect(sim.path)
        handshake(link)
        assert sim.control("disconnect") == "ok"
        assert link.recv(1) == b""
        assert sim.control("disconnect") == "ok"
        link = connect(sim.path)
        handshake(link)
        magic(link)
        link.close()


@case
def counters_on_signal(folder):
    path = f"{folder}/counters"
    with Sim(folder, f"--counters={path}", "--output-format=json") as sim:
        sim.process.send_signal(signal.SIGUSR1)
        until(lambda: os.path.exists(path) and open(path, encoding="ascii").read().endswith("}\n"))
        with open(path, encoding="ascii") as file:
            assert json.load(file)["counters"]["puts"] == 0
    os.unlink(path)
    with Sim(folder) as sim:
        sim.process.send_signal(signal.SIGUSR1)
        time.sleep(0.5)
    assert re.search(r"^counters\n  puts +0$", sim.errors, re.M), sim.errors


@case
def seed_and_size(folder):
    epochs = []
    for seed in (5, 5, 6):
        with Sim(folder, f"--seed={seed}", "--queue-pairs=3", "--vectors=2") as sim:
            link = connect(sim.path)
            handshake(link)
            _, data = call(link, 9, struct.pack("<QII", 0x18, 0, 8))
            epochs.append(data[16:])
            _, data = call(link, 9, struct.pack("<QII", 0x08, 0, 2))
            assert data[16:] == bytes([3, 2]), data
            link.close()
    # A card that was off has lost its pages, whatever its seed.
    assert len(set(epochs)) == 3, epochs


def main():
    failed = 0
    for function in CASES:
        name = function.__name__.replace("_", " ")
        with tempfile.TemporaryDirectory(prefix="pamsim-") as folder:
            try:
                function(folder)
                print(f"ok {name}", flush=True)
            except Exception:  # noqa: each case is to be heard
                failed += 1
                print(f"not ok {name}", flush=True)
                for line in traceback.format_exc().splitlines():
                    print(f"# {line}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
