#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pamctl and pambench as people and scripts use them: what they print, in which
format, with which exit code, and what they say about bad input."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, "tools")
import fwimage  # noqa: E402

PAMCTL = "build/san/pamctl"
PAMBENCH = "build/san/pambench"
PAMSIM = "build/san/pamsim"
DATA = "tests/data/memory.pages"
CARD = "model:dram=8M"
failed = 0


def run(*arguments, stdin=b"", env=None, program=PAMCTL):
    """(exit code, standard output, standard error), the latter two as bytes and text."""
    environment = {k: v for k, v in os.environ.items() if k != "PAMDEV"} | (env or {})
    done = subprocess.run([program, *arguments], input=stdin, capture_output=True, timeout=60,
                          env=environment, check=False)
    return done.returncode, done.stdout, done.stderr.decode()


def case(name):
    """Runs the decorated function as a test case; what it yields is wrong."""
    def decorate(function):
        global failed
        problems = [p for p in function() or [] if p]
        print(f"{'not ok' if problems else 'ok'} {name}", flush=True)
        for problem in problems:
            print("# " + str(problem)[:1000].replace("\n", "\n# "))
        failed += bool(problems)
        return function
    return decorate


def script(*lines, card=CARD, json_output=False):
    """Runs commands on one card."""
    options = ["-o", "json"] if json_output else []
    return run("-d", card, *options, "batch", stdin="\n".join(lines).encode())


def documents(text):
    """The JSON documents that follow each other in a text."""
    decoder, text, found = json.JSONDecoder(), text.decode().strip(), []
    while text:
        document, end = decoder.raw_decode(text)
        found.append(document)
        text = text[end:].strip()
    return found


def firmware(folder, revision="9.9", damage=None, **header):
    """A file with an image that is signed for the model."""
    image = bytearray(fwimage.make(bytes(128) + bytes(range(251)) * 60, revision, **header))
    if damage is not None:
        image[damage] ^= 1
    path = pathlib.Path(folder) / f"{revision}.bin"
    path.write_bytes(image)
    return str(path)


COMMANDS = [line.split("\t")[0] for line in run("--list-cmds")[1].decode().splitlines()]


@case("help of everything, exit code 0, nothing on standard error")
def _():
    for words in [[], *[name.split() for name in COMMANDS]]:
        code, out, err = run(*words, "--help")
        yield (code or err or not out.startswith(b"usage: pamctl")) and f"{words}: {code} {err}"
        yield words and " ".join(words).encode() not in out and f"{words}: does not name itself"
    for name in COMMANDS:
        yield name.encode() not in run("--help")[1] and f"--help does not name {name}"


@case("completion knows every command and its options")
def _():
    with open("build/completion/pamctl", encoding="utf-8") as file:
        text = file.read()
    for line in run("--list-cmds")[1].decode().splitlines():
        yield line not in text and f"not in build/completion/pamctl: {line}"
    done = subprocess.run(["bash", "-c", """source build/completion/pamctl
        COMP_WORDS=(pamctl pool create --); COMP_CWORD=3; _pamctl 2>/dev/null; echo "${COMPREPLY[*]}"
        COMP_WORDS=(pamctl -d model: po); COMP_CWORD=3; _pamctl; echo "${COMPREPLY[*]}" """],
                          capture_output=True, text=True, check=False)
    first, second = done.stdout.splitlines()
    yield "--reserve=" not in first and f"no --reserve=: {first}"
    yield "pool" not in second and f"no pool: {second}"


@case("the manual page names every command and option")
def _():
    text = pathlib.Path("docs/man/pamctl.1.scd").read_text()
    for line in run("--list-cmds")[1].decode().splitlines():
        name, options = line.split("\t")
        yield f"*{name}*" not in text and f"no *{name}*"
        for option in options.split():
            yield option.rstrip("=") not in text and f"{name}: no {option}"


@case("bad input: exit code 2 and a line that names it")
def _():
    for words, names in [
        ([], "--help"), (["frobnicate"], "frobnicate"), (["pool"], "pool"), (["pool", "frob"], "pool"),
        (["-o", "xml", "info"], "xml"), (["info", "-o", "xml"], "xml"), (["info", "more"], "info"),
        (["--frob"], "frob"), (["info", "--frob"], "frob"), (["pool", "create"], "NAME"),
        (["pool", "create", "x", "--order=5"], "--order"), (["pool", "create", "x", "--order=-1"], "-1"),
        (["pool", "create", "x", "--type=eternal"], "eternal"), (["pool", "create", "x", "--limit=many"], "many"),
        (["pool", "create", "x" * 32], "xxx"), (["pool", "create", ""], "name"), (["pool", "create", "#1"], "#1"),
        (["pool", "set", "x"], "nothing"), (["pool", "set", "x", "--freeze", "--thaw"], "contradict"),
        (["put", "x", "1"], "OBJECT"), (["put", "x", "1:2:3:4", "5"], "1:2:3:4"), (["put", "x", "1:", "5"], "1:"),
        (["put", "x", "one", "5"], "one"), (["put", "x", "1", "five"], "five"),
        (["get", "x", "1", "0x1ffffffffffffffff"], "0x1f"), (["get", "x", "1", "5", "--count=-1"], "-1"),
        (["log"], "PAGE"), (["log", "wood"], "wood"), (["feature", "get", "wood"], "wood"),
        (["feature", "set", "pressure"], "VALUE"), (["feature", "set", "wood", "1"], "wood"),
        (["feature", "set", "pressure", "high"], "high"), (["feature", "set", "coalesce", "1"], "coalesce"),
        (["batch", "a", "b"], "batch"),
    ]:
        code, out, err = run("-d", CARD, *words)
        yield (code != 2 or out) and f"{words}: code {code}, output {out[:80]}"
        yield (names not in err or not err.startswith(("pamctl: ", PAMCTL))) and f"{words}: {err}"


@case("refusals: exit code 1 and a line that says why")
def _():
    for words, names in [
        (["pool", "destroy", "x"], "no pool 'x'"), (["pool", "destroy", "#7"], "#7"),
        (["put", "x", "1", "2", "/nonexistent"], "/nonexistent"),
        (["pool", "create", "x", "--reserve=100000000"], "cannot be promised"),
        (["pool", "create", "x", "--durable"], "support"), (["feature", "get", "dirty-budget"], "support"),
        (["feature", "set", "dirty-budget", "1"], "support"), (["feature", "set", "pressure", "101"], "pressure"),
        (["batch", "/nonexistent"], "/nonexistent"),
    ]:
        code, _, err = run("-d", CARD, *words)
        yield (code != 1 or names not in err) and f"{words}: {code} {err}"
    for card, names in [("model:dram=3", "range"), ("model:lz4=zstd", "liblz4 or card"), ("model:lz4", "liblz4 or card"),
                        ("nothing", "nothing"), ("vfio-user:/nonexistent", "/nonexistent")]:
        code, _, err = run("-d", card, "info")
        yield (code != 1 or names not in err) and f"{card}: {code} {err}"
    code, _, err = run("info", env={"PAMDEV": "vfio-user:/from-environment"})
    yield (code != 1 or "/from-environment" not in err) and f"PAMDEV: {code} {err}"


@case("a script works on one card and stops at the first failure")
def _():
    code, out, err = script("# comment", "", "pool create 'a b' --limit=3", "pool list")
    yield (code or b"a b" not in out) and f"{code} {out} {err}"
    code, out, err = script("pool create a", "pool destroy b", "info")
    yield (code != 1 or b"serial" in out or "line 2" not in err) and f"{code} {out} {err}"
    code, out, err = script("pool create 'a")
    yield (code != 2 or "line 1" not in err) and f"{code} {err}"
    code, out, err = script("pool create a", "pool create a")
    yield (code != 1 or "already" not in err) and f"{code} {err}"
    code, out, err = script("x" * 5000)
    yield (code != 2 or "too long" not in err) and f"{code} {err}"
    yield script("version " + "a " * 70)[0] != 2 and "seventy words"


@case("pages go in and come back, whatever is in them")
def _():
    with tempfile.TemporaryDirectory() as folder:
        source, back = f"{folder}/in put", f"{folder}/out"
        content = pathlib.Path(DATA).read_bytes()[:40 * 4096] + os.urandom(5000) + bytes(9000)
        pathlib.Path(source).write_bytes(content)
        for order in range(5):
            size = 4096 << order
            pages = -(-len(content) // size)
            code, _, err = script(f"pool create p --order={order}", f"put p 1:0x2:3 100 '{source}'",
                                  f"get p 1:2:3 100 {back} --count={pages}")
            got = pathlib.Path(back).read_bytes()
            yield (code or got != content + bytes(pages * size - len(content))) and f"order {order}: {code} {err}"
        code, _, err = script("pool create p", f"put p 1 0 '{source}'", f"get p 1 0 {back} --exclusive", f"get p 1 0 {back}")
        yield (code != 1 or "no such page" not in err) and f"exclusive: {code} {err}"
        for flush in ("flush p 1 0", "flush p 1", "pool flush p"):
            code, _, err = script("pool create p", f"put p 1 0 '{source}'", flush, f"get p 1 0 {back}")
            yield (code != 1 or "line 4" not in err) and f"{flush}: {code} {err}"
        code, _, err = script("pool create p --limit=3", f"put p 1 0 '{source}'")
        yield (code != 1 or "no space" not in err or "index 3" not in err) and f"limit: {code} {err}"
        code, _, err = script("pool create p", "pool set p --freeze", f"put p 1 0 '{source}'")
        yield (code != 1 or "frozen" not in err) and f"frozen: {code} {err}"
        code, _, err = script("pool create p", "pool set p --freeze", "pool set p --thaw", f"put p 1 0 '{source}'")
        yield code and f"thawed: {code} {err}"
        code, _, err = run("-d", CARD, "batch", stdin=f"pool create p\nput p 1 0 '{source}'\nget p 1 0 /dev/full".encode())
        yield (code != 1 or "No space left" not in err) and f"/dev/full: {code} {err}"


KEYS = {
    "info": "uri model serial firmware interface vendor device boot_epoch dram_bytes usable_bytes flash_bytes "
            "promisable_pages worst_page_bytes queue_pairs vectors max_pools max_objects index_bits page_orders "
            "codecs push durable",
    "health": "warnings temperature spare_percent used_percent power_on_s power_cycles unsafe_shutdowns "
              "dram_corrected dram_uncorrected errors fw_restarts chip_corrected chip_uncorrected",
    "version": "pamctl libpamdev interface",
}
POOL_KEYS = ("id name type page_bytes frozen exclusive durable domain pages reserve limit stored_bytes used_bytes puts "
             "puts_refused gets misses flushes evicted errors")


@case("JSON: valid, with stable keys and raw numbers")
def _():
    for command, keys in KEYS.items():
        for words in (["-o", "json", command], [command, "--output-format=json"]):
            code, out, err = run("-d", CARD, *words)
            document = json.loads(out)
            yield (code or list(document) != keys.split()) and f"{words}: {code} {list(document)} {err}"
    code, out, err = script("pool create p --limit=9 --type=ephemeral", f"put p 1 0 {DATA}", "pool list", "stats",
                            "log latency", "log error", json_output=True)
    created, put, pools, stats, latency, errors = documents(out)
    yield code and err
    yield list(created) != ["id", "name"] and f"{created}"
    yield put != {"pages": 240} and f"{put}"
    pool = pools["pools"][0]
    yield list(pool) != POOL_KEYS.split() and f"{list(pool)}"
    yield (pool["pages"], pool["limit"], pool["type"], pool["frozen"], pool["evicted"]) != (9, 9, "ephemeral", False, 231) and f"{pool}"
    yield (stats["total_bytes"], stats["puts"]) != (8 << 20, 240) and f"{stats}"
    yield [row["operation"] for row in latency["latency"]] != ["put", "get", "miss", "flush"] and f"{latency}"
    yield latency["latency"][0]["count"] != 240 and f"{latency}"
    yield errors != {"errors": []} and f"{errors}"
    cards = json.loads(run("list", "-o", "json", env={"XDG_RUNTIME_DIR": "/nonexistent"})[1])["cards"]
    yield (cards[0]["uri"], cards[0]["state"]) != ("model:", "ready") and f"{cards}"


@case("features: read, set, refused, and back to their defaults by a reset")
def _():
    card = "model:dram=4M,flash=32M"
    code, out, err = script("feature get", "feature set pressure 20", "feature set temperature 330", "feature set event-mask 0x4",
                            "feature set dirty-budget 64K", f"feature set timestamp {1 << 60}", "feature get",
                            "feature get pressure", "reset", "feature get", card=card, json_output=True)
    yield (code or err) and f"{code} {err}"
    begin, changed, one, end = documents(out)
    timestamps = [document.pop("timestamp") for document in (begin, changed, end)]
    yield not timestamps[0] < 1 << 60 <= timestamps[1] <= timestamps[2] and f"{timestamps}"
    most = begin.pop("dirty_budget")
    yield begin != {"event_mask": 0x7e, "pressure": 0, "temperature": 358} and f"{begin}"
    yield most <= 64 << 10 and f"dirty-budget: {most}"
    yield changed != {"event_mask": 4, "pressure": 20, "temperature": 330, "dirty_budget": 64 << 10} and f"{changed}"
    yield one != {"pressure": 20} and f"{one}"
    yield end != begin | {"dirty_budget": most} and f"{end}"
    # What is set is what the card does: the model is at 40 C.
    code, out, err = script("feature set temperature 313", "health", "feature set temperature 314", "health", "feature set temperature 0",
                            "health", card=card, json_output=True)
    yield (code or [health["warnings"] for health in documents(out)] != [1, 0, 0]) and f"{code} {out} {err}"
    code, out, err = script("feature get")
    yield (code or b"dirty" in out or b"358" not in out) and f"without flash: {code} {out} {err}"


@case("flash: a durable pool that survives a power cycle, wear and health")
def _():
    with tempfile.TemporaryDirectory() as folder:
        path, control = f"{folder}/card", f"{folder}/control"
        sim = subprocess.Popen([PAMSIM, f"--socket-path={path}", f"--control={control}", "--dram=4MiB", "--flash=32MiB"],
                               stderr=subprocess.DEVNULL)
        try:
            while not os.path.exists(path) and sim.poll() is None:
                time.sleep(0.02)
            card = f"vfio-user:{path}"
            code, out, err = script("pool create keep --type=durable --order=1 --limit=900", f"put keep 1 0 {DATA}", "sync keep",
                                    "pool create lost", f"put lost 1 0 {DATA}", "sync lost", "info", "health", "log wear",
                                    "pool list", card=card, json_output=True)
            yield (code or err) and f"{code} {err}"
            info, health, wear, pools = documents(out)[-4:]
            yield (info["durable"], info["flash_bytes"] > 16 << 20) != (True, True) and f"{info}"
            yield (health["spare_percent"], health["used_percent"], health["warnings"]) != (100, 0, 0) and f"{health}"
            yield health["temperature"] != 313 and f"{health}"
            yield (wear["host_bytes"] < 200000 or wear["flash_bytes"] < wear["host_bytes"]) and f"{wear}"
            yield [(p["name"], p["durable"]) for p in pools["pools"]] != [("keep", True), ("lost", False)] and f"{pools}"
            with socket.socket(socket.AF_UNIX) as told:
                told.connect(control)
                told.sendall(b"power-cycle\n")
                yield not told.recv(100).startswith(b"ok") and "no power cycle"
                told.sendall(b"temperature 90\n")
                yield not told.recv(100).startswith(b"ok") and "no temperature"
                told.sendall(b"temperature hot\n")
                answer = told.recv(100)
                yield b"Celsius" not in answer and f"{answer}"
            code, out, err = run("-d", card, "-o", "json", "health")
            health = documents(out)[0]
            yield (health["temperature"], health["warnings"]) != (363, 1) and f"{health}"
            code, out, err = run("-d", card, "-o", "json", "pool", "list")
            left = documents(out)[0]["pools"]
            found = [(p["name"], p["durable"], p["page_bytes"], p["limit"], p["pages"]) for p in left]
            yield found != [("keep", True, 8192, 900, 120)] and f"{left}"
            code, out, err = run("-d", card, "get", "keep", "1", "0", "--count=120")
            yield (code or out != pathlib.Path(DATA).read_bytes()[:240 * 4096]) and f"{code} {len(out)} {err}"
            code, out, err = run("-d", CARD, "pool", "create", "keep", "--durable")
            yield (code, "does not support" in err) != (1, True) and f"without flash: {code} {err}"
        finally:
            sim.send_signal(signal.SIGTERM)
            sim.wait(20)


@case("tables: units, no JSON; a note where a card lasts for one command only")
def _():
    code, out, err = run("-d", CARD, "info")
    yield (code or b"8.0 MiB" not in out or b"{" in out) and f"{code} {out}"
    yield "batch" not in err and f"no note: {err}"
    yield "batch" in script("info")[2] and "a note in a script"
    yield script("pool list")[1] != b"no pools\n" and "no pools"


@case("a card on a socket keeps its pools from one call to the next")
def _():
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "pamcard").mkdir()
        path = f"{folder}/pamcard/card"
        sim = subprocess.Popen([PAMSIM, f"--socket-path={path}", "--dram=16MiB"], stderr=subprocess.DEVNULL)
        try:
            while not os.path.exists(path) and sim.poll() is None:
                time.sleep(0.02)
            env = {"PAMDEV": f"vfio-user:{path}"}
            page = pathlib.Path(DATA).read_bytes()[:4096]
            yield run("pool", "create", "stays", env=env)[0] and "create"
            yield run("put", "stays", "1", "2", stdin=page, env=env)[0] and "put"
            code, out, err = run("get", "stays", "1", "2", env=env)
            yield (code or out != page or err) and f"get: {code} {len(out)} {err}"
            yield run("reset", env=env)[0] and "reset"
            yield run("firmware", "download", firmware(folder, "1.0"), env=env)[0] and "download"
            code, out, err = run("firmware", "activate", "-o", "json", env=env)
            yield (code or json.loads(out)["revision"] != "1.0") and f"activate: {code} {out} {err}"
            yield run("get", "stays", "1", "2", "-", env=env)[1] != page and "get after a reset"
            cards = json.loads(run("list", "-o", "json", env={"XDG_RUNTIME_DIR": folder})[1])["cards"]
            yield f"vfio-user:{path}" not in [card["uri"] for card in cards if card["state"] == "ready"] and f"{cards}"
            yield run("pool", "destroy", "stays", env=env)[0] and "destroy"
            yield run("get", "stays", "1", "2", env=env)[0] != 1 and "it is still there"
            code, out, err = run("-d", env["PAMDEV"], "--depth=16", "--count=50", "--rounds=1", "-o", "json", program=PAMBENCH)
            yield (code or json.loads(out)["put"]["pages_per_second"] <= 0) and f"pambench: {code} {err}"
        finally:
            sim.send_signal(signal.SIGTERM)
            sim.wait(20)


@case("self-test and sanitize: started, told of, refused without --yes")
def _():
    keys = "running percent outcome part detail failed checked runs".split()
    card = "model:dram=4M,flash=32M"
    code, out, err = script("log self-test", "pool create a --durable", f"put a 1 0 {DATA}", "sync a", "self-test --wait",
                            "self-test --extended --wait", "log self-test", "self-test --stop", card=card, json_output=True)
    logs = [d for d in documents(out) if "outcome" in d]
    yield (code or err) and f"{code} {err}"
    yield any(list(log) != keys for log in logs) and f"{logs}"
    yield [(log["running"], log["outcome"], log["percent"], log["runs"], log["failed"]) for log in logs] != \
        [(False, "never run", 0, 0, 0), (False, "passed", 100, 1, 0)] + [(False, "passed", 100, 2, 0)] * 3 and f"{logs}"
    yield logs[2]["checked"] <= logs[1]["checked"] and f"{logs}"
    code, out, err = script("pool create a --durable", f"put a 1 0 {DATA}", "sync a", "sanitize", card=card)
    yield (code != 2 or "--yes" not in err) and f"{code} {err}"
    code, out, err = script("pool create a --durable", f"put a 1 0 {DATA}", "sync a", "sanitize --yes --wait", "log sanitize",
                            "pool list", "pool create b --durable", f"put b 1 0 {DATA}", "sync b", card=card, json_output=True)
    yield (code or err) and f"{code} {err}"
    logs = [d for d in documents(out) if "outcome" in d]
    # Of 64 blocks, of which the maker may have marked some.
    yield [(log["outcome"], log["part"], log["checked"] > 55, log["failed"]) for log in logs] != [("passed", "none", True, 0)] * 2 \
        and f"{logs}"
    yield {"pools": []} not in documents(out) and f"{documents(out)}"
    code, out, err = script("self-test --wait", "log sanitize")
    yield (code or b"passed" not in out or b"never run" not in out) and f"{code} {out} {err}"


@case("firmware: downloaded, activated, with pages and the other slot as they were")
def _():
    with tempfile.TemporaryDirectory() as folder:
        first, second, flash = firmware(folder, "1.0"), firmware(folder, "2.0"), f"{folder}/flash"
        put = ["pool create a", f"put a 1 0 {DATA}", f"get a 1 0 {folder}/page"]
        code, out, err = script(*put, f"firmware download {first}", "firmware show", "firmware activate", f"get a 1 0 {folder}/1",
                                f"firmware download {second}", "firmware activate --start=reset", "firmware show", "reset",
                                "firmware show", f"get a 1 0 {folder}/2", "firmware activate --slot=1 --start=never", "info",
                                card=f"{CARD},boot_flash={flash}", json_output=True)
        yield (code or err) and f"{code} {err}"
        shown = [d for d in documents(out) if "running_slot" in d]
        found = [(d["running_slot"], d["next_slot"], d["downloaded_slot"], d["slot_1"], d["slot_2"]) for d in shown]
        yield found != [(0, 0, 1, "", ""), (0, 0, 1, "", ""), (1, 1, 0, "1.0", ""), (1, 1, 2, "1.0", ""), (1, 2, 0, "1.0", "2.0"),
                        (1, 2, 0, "1.0", "2.0"), (2, 2, 0, "1.0", "2.0"), (2, 2, 0, "1.0", "2.0")] and f"{found}"
        yield documents(out)[-1]["firmware"] != "2.0" and "info says otherwise"
        pages = [pathlib.Path(folder, name).read_bytes() for name in ("page", "1", "2")]
        yield (len(pages[0]) != 4096 or pages[1:] != pages[:1] * 2) and "the page is another"
        # Boot flash outlives the card; what is damaged there is not started.
        with open(flash, "r+b") as file:
            file.seek(0x50000 + 5000)
            file.write(b"damaged")
        code, out, err = run("-d", f"model:boot_flash={flash}", "-o", "json", "firmware", "show")
        shown = documents(out)[0]
        yield (shown["running_slot"], shown["boot_fault"]) != (1, "the image is damaged") and f"{shown}"


@case("firmware: what is wrong with an image is said, and nothing is changed")
def _():
    with tempfile.TemporaryDirectory() as folder:
        good, newer = firmware(folder, "1.0"), firmware(folder, "2.0", security=3)
        for lines, names in [
            (["firmware download /nonexistent"], "/nonexistent"), (["firmware download /dev/null"], "not a firmware image"),
            ([f"firmware download {DATA}"], "not a firmware image"), (["firmware activate"], "firmware download"),
            (["firmware activate --slot=3"], "no slot 3"), (["firmware activate --slot=2"], "not a firmware image"),
            ([f"firmware download {firmware(folder, 'target', target=2)}"], "another card"),
            ([f"firmware download {firmware(folder, 'crc', damage=9000)}", "firmware activate"], "damaged"),
            ([f"firmware download {firmware(folder, 'sign', damage=3)}", "firmware activate"], "signed"),
            ([f"firmware download {newer}", "firmware activate", f"firmware download {good}"], "older"),
            ([f"firmware download {firmware(folder, 'a', state=7)}", "firmware activate",
              f"firmware download {firmware(folder, 'b', state=8)}", "firmware activate"], "--start=reset"),
        ]:
            code, _, err = script(*lines)
            yield (code != 1 or names not in err or len(err.splitlines()) != 2) and f"{lines}: {code} {err}"
        code, out, err = script(f"firmware download {firmware(folder, 'sign', damage=3)}", json_output=True)
        yield documents(out)[0]["slot_1"] and "it is in its slot before it was checked"
        yield run("firmware", "activate", "--start=soon")[0] != 2 and "--start=soon"
        code, _, err = run("-d", f"model:boot_flash={good}", "info")
        yield (code != 1 or "boot_flash" not in err) and f"boot_flash: {code} {err}"


@case("pambench: figures in a table and as JSON, for all kinds of pages")
def _():
    quick = ["-d", CARD, "--count=40", "--rounds=2"]
    code, out, err = run(*quick, f"--pages={DATA}", program=PAMBENCH)
    yield (code or b"of bare liblz4" not in out) and f"{code} {out} {err}"
    for more in (["--depth=0"], ["--pages=same"], ["--pages=random"], ["--pages=heap"], ["--order=4", "--count=9"],
                 ["--unaligned"], ["--unaligned", "--depth=0"], ["--sequential", "--batch=1"], ["--same=20", "--random=30"]):
        code, out, err = run(*quick, *more, "-o", "json", program=PAMBENCH)
        if code:
            yield f"{more}: {code} {err}"
            continue
        figures = json.loads(out)
        yield any(figures[k]["pages_per_second"] <= 0 for k in ("put", "get", "lz4_compress", "lz4_decompress")) and f"{more}"
        yield not 0 < figures["get"]["p50_ns"] <= figures["get"]["p99_ns"] <= figures["get"]["p999_ns"] and f"{more}: {figures['get']}"
    for words, code, names in [
        (["--depth=7"], 2, "depth"), (["--count=0"], 2, "--count"), (["--same=60", "--random=60"], 2, "100"),
        (["--pages=/nonexistent"], 1, "/nonexistent"), (["--pages=pid:0"], 1, "process"), (["extra"], 2, "extra"),
        (["-d", "model:dram=2M", "--count=4000", "--pages=random"], 1, "large enough"),
        (["--pages=/dev/null"], 1, "no page"),
    ]:
        got, out, err = run(*words, program=PAMBENCH)
        yield (got != code or names not in err) and f"{words}: {got} {err}"
    yield run("--help", program=PAMBENCH)[0] and "--help"


sys.exit(failed != 0)
