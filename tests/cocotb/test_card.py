# SPDX-License-Identifier: Apache-2.0
"""The card under a root complex that is not ours. One simulation, one case after the
other; each leaves the card working for the next. Run by run.py, which see."""

import os
import traceback

import cocotb
from cocotb.triggers import ClockCycles, Timer, with_timeout
from cocotbext.pcie.core.caps import PciCapId
from cocotbext.pcie.core.tlp import CplStatus, Tlp, TlpType
from cocotbext.pcie.core.utils import PcieId

from host import BROKEN, NOWHERE, PAGE, Host
from interface import CONST, ENUM, FLAG, REGISTER, SPEC, TOP, field_mask, pack, unpack

OP, STATUS = ENUM["op"], ENUM["status"]
CASES = []
# Of the clock, for one case.
CASE_US = 600


def case(function):
    CASES.append(function)
    return function


class Bench(Host):
    """The host and what it knows of the pages it has put."""

    def __init__(self, dut, seed):
        super().__init__(dut, seed)
        self.samples = [path.read_bytes() for path in sorted((TOP / "tests/data").glob("*.pages"))]
        self.pools = {}
        self.held = {}
        self.cid = 0
        self.room = {}

    def page(self, order=0):
        """A page as there are: most of them sampled, some of one word, some random."""
        blocks = []
        for _ in range(1 << order):
            kind = self.random.randrange(8)
            if kind == 0:
                blocks.append(self.random.randbytes(8) * (PAGE // 8))
            elif kind == 1:
                blocks.append(self.random.randbytes(PAGE))
            else:
                data = self.random.choice(self.samples)
                at = self.random.randrange(len(data) // PAGE) * PAGE
                blocks.append(data[at:at + PAGE])
        return b"".join(blocks)

    async def add_pool(self, order):
        at = self.allocate()
        info = pack("pool_info", type=ENUM["pool_type"]["PERSISTENT"], order=order)
        self.write(at, info)
        cqe = await self.admin("POOL_CREATE", addr=at, length=len(info))
        assert cqe["code"] == STATUS["SUCCESS"], f"POOL_CREATE: {cqe}"
        self.pools[cqe["result"]] = order

    def buffer(self, order):
        """Blocks for a page, reused when the case is over."""
        free = self.room.setdefault(order, [])
        return free.pop() if free else self.allocate(1 << order)

    def entry(self, op, handle, addr, flags=0):
        self.cid = self.cid + 1 & 0xffff
        pool, thing, index = handle
        return self.cid, pack("sqe", opcode=OP[op], flags=flags, cid=self.cid, pool=pool, object=(thing, 0, 0),
                              index=index, addr=addr)

    def listed(self, addr, order):
        """The blocks of a page in another order, by a list: its address, the blocks."""
        blocks = [addr + n * PAGE for n in range(1 << order)]
        self.random.shuffle(blocks)
        table = self.buffer(0)
        self.write(table, b"".join(block.to_bytes(8, "little") for block in blocks))
        return table, blocks

    async def io(self, commands, qid=1):
        """Commands [(op, handle, data)] all at once, each by doorbell or push; no handle
        twice. Of each what came: a completion, and of a get the page."""
        queue = self.queues[qid]
        sent, done = [], {}
        for op, handle, data in commands:
            order = self.pools[handle[0]]
            addr, flags = self.buffer(order), 0
            blocks = [addr + n * PAGE for n in range(1 << order)]
            where, table = addr, None
            if self.random.randrange(3) == 0:
                where, blocks = self.listed(addr, order)
                table, flags = where, FLAG["sqe"]["LIST"]
            for n, block in enumerate(blocks):
                self.write(block, data[n * PAGE:(n + 1) * PAGE] if op == "PUT" else b"\xee" * PAGE)
            cid, sqe = self.entry(op, handle, where, flags)
            if len(sent) - len(done) == queue.entries:
                done.update(await queue.drain(1))
            await queue.submit(sqe, push=self.random.randrange(2) == 0)
            sent.append((cid, blocks, order, addr, table))
        done.update(await queue.drain(len(sent) - len(done)))
        came = []
        for cid, blocks, order, addr, table in sent:
            came.append((done[cid], b"".join(self.read(block, PAGE) for block in blocks)))
            self.room[order].append(addr)
            if table:
                self.room[0].append(table)
        return came

    async def put(self, count, qid=1):
        """Puts so many pages, each under a handle of its own; some replace older ones."""
        commands, used = [], set()
        for _ in range(count):
            handle = (self.random.choice(list(self.pools)), self.random.randrange(2), self.random.randrange(32))
            if handle not in used:
                used.add(handle)
                commands.append(("PUT", handle, self.page(self.pools[handle[0]])))
        for (_, handle, data), (cqe, _) in zip(commands, await self.io(commands, qid)):
            assert cqe["code"] == STATUS["SUCCESS"], f"put {handle}: {cqe}"
            self.held[handle] = data
        return len(commands)

    async def get(self, count, qid=1):
        """Gets so many of the pages that there are, and one that there is not."""
        handles = self.random.sample(sorted(self.held), min(count, len(self.held)))
        missing = (next(iter(self.pools)), 77, self.random.randrange(1 << 40))
        commands = [("GET", handle, None) for handle in [*handles, missing]]
        for (_, handle, _), (cqe, data) in zip(commands, await self.io(commands, qid)):
            if handle == missing:
                assert cqe["code"] == STATUS["MISS"], f"get of nothing: {cqe}"
            else:
                assert cqe["code"] == STATUS["SUCCESS"], f"get {handle}: {cqe}"
                assert data == self.held[handle], f"get {handle}: other data than was put"

    async def works(self):
        """The card does what it is for."""
        await self.put(4)
        await self.get(4)

    async def one(self, op, addr, index=0, flags=0):
        """One command of a page of 4 KiB at this address; its status."""
        pool = next(number for number, order in self.pools.items() if order == 0)
        _, sqe = self.entry(op, (pool, 5, index), addr, flags)
        await self.queues[1].submit(sqe)
        return (await self.queues[1].wait())["code"]

    async def refuses(self, addr, what):
        """A page that cannot be read, a page that cannot be written: both commands fail, and
        the second leaves the page where it is."""
        good = self.buffer(0)
        data = self.page()
        self.write(good, data)
        assert await self.one("PUT", good) == STATUS["SUCCESS"]
        for op, want in (("GET", "DMA_FAULT"), ("QUERY", "SUCCESS"), ("PUT", "DMA_FAULT"), ("QUERY", "MISS")):
            code = await self.one(op, addr)
            assert code == STATUS[want], f"{what}: {op} is {code}, should be {want}"
        code = await self.one("PUT", addr, flags=FLAG["sqe"]["LIST"])
        assert code == STATUS["DMA_FAULT"], f"{what}: a list there is {code}"
        self.room[0].append(good)
        await self.works()


@case
async def registers(host):
    """Enumeration; registers and MSI-X table by reads and writes of all sizes."""
    regs = host.bar(CONST["BAR_REGS"])
    assert await host.register("MAGIC") == CONST["MAGIC"]
    assert await host.register("VERSION") == SPEC["interface"]["major"] << 16 | SPEC["interface"]["minor"]
    offset, width = REGISTER["SCRATCH"]
    value = host.random.randbytes(width)
    await regs.write(offset, value)
    for at in range(width):
        for count in range(1, width - at + 1):
            assert await regs.read(offset + at, count) == value[at:at + count], f"{count} bytes at {at}"
    whole = await regs.read(0, 64)
    for at in (0, 4, 20, 32):
        for count in (4, 8, 12, 24):
            assert await regs.read(at, count) == whole[at:at + count]
    table = CONST["MSIX_TABLE"]
    vector = host.pci.msi_vectors[3]
    assert await regs.read_dword(table + 3 * 16) == vector.addr
    assert await regs.read_dword(table + 3 * 16 + 8) == vector.data
    assert await regs.read(offset, 0) == b""


@case
async def many_reads(host):
    """More reads at once than there are credits; none passes a write that went before."""
    regs = host.bar(CONST["BAR_REGS"])
    at = REGISTER["SCRATCH"][0]
    reads = []
    for n in range(1, 65):
        await regs.write_dword(at, n)
        reads.append((n, cocotb.start_soon(regs.read_dword(at)), cocotb.start_soon(regs.read(0, 4))))
    for n, scratch, magic in reads:
        value = await scratch
        assert n <= value <= 64, f"{n} was written, {value} read"
        assert await magic == CONST["MAGIC"].to_bytes(4, "little")


@case
async def refused_reads(host):
    """What the card does not take is answered as unsupported, and costs nothing else."""
    base = host.pci.bar_addr[CONST["BAR_REGS"]]
    for length in (17, 32):
        request = Tlp()
        request.fmt_type, request.requester_id = TlpType.MEM_READ_64, PcieId(0, 0, 0)
        request.address, request.length, request.first_be, request.last_be = base, length, 15, 15
        answers = await host.rc.perform_nonposted_operation(request, 10, "us")
        assert [answer.status for answer in answers] == [CplStatus.UR], f"{answers}"
    assert await host.register("MAGIC") == CONST["MAGIC"]


@case
async def bring_up(host):
    """Admin queue, identity, queue pairs, pools."""
    await host.start()
    at = host.allocate()
    cqe = await host.admin("IDENTIFY", addr=at, length=PAGE)
    assert cqe["code"] == STATUS["SUCCESS"], f"IDENTIFY: {cqe}"
    found = unpack("identify", host.read(at, PAGE))
    assert (found["vendor"], found["device"]) == (CONST["PCI_VENDOR"], CONST["PCI_DEVICE"])
    assert found["boot_epoch"] == await host.register("BOOT_EPOCH")
    await host.add_pool(0)
    await host.add_pool(2)
    assert host.queues[0].interrupts > 0


@case
async def pages(host):
    """Puts and gets, many at a time, on two queue pairs."""
    for qid in (1, 2, 1):
        await host.put(12, qid)
        await host.get(12, 3 - qid)
    assert host.queues[1].interrupts and host.queues[2].interrupts


@case
async def sizes(host):
    """Payloads and read requests of all sizes, completions whole and in pieces."""
    for payload, request, split in ((0, 0, True), (0, 5, True), (1, 1, False), (2, 5, False), (3, 2, True)):
        await host.sizes(payload, request)
        host.rc.split_on_all_rcb = split
        host.rc.read_completion_boundary = host.random.randrange(2) == 1
        await host.put(6)
        await host.get(6)
    host.rc.split_on_all_rcb = False


@case
async def disorder(host):
    """Answers to reads overtake each other, and every stream stands still now and then."""
    def later(tlp):
        async def answer():
            await Timer(host.random.randrange(1, 2000), "ns")
            await host.rc.handle_mem_read_tlp(tlp)
        cocotb.start_soon(answer())
        return True

    def pauses():
        while True:
            for paused in (True, False):
                for _ in range(host.random.randrange(1, 9)):
                    yield paused

    ends = (host.device.rq_sink, host.device.cc_sink, host.device.rc_source, host.device.cq_source)
    host.on_read = later
    await host.put(16)
    await host.get(16)
    for end in ends:
        end.set_pause_generator(pauses())
    await host.put(8, 2)
    await host.get(8, 2)
    for end in ends:
        end.clear_pause_generator()
        end.pause = False
    host.on_read = None


@case
async def tags(host):
    """Without extended tags the card has 32; more are used only when the host allows it."""
    seen = set()

    def note(tlp):
        seen.add(tlp.tag)
        return False

    host.on_read = note
    await host.sizes(1, 0)
    await host.extended_tags(False)
    await host.put(16)
    await host.get(16)
    assert max(seen) < 32, f"tag {max(seen)}"
    await host.extended_tags(True)
    await host.put(16)
    assert max(seen) >= 32, "the other tags are not used"
    host.on_read = None


@case
async def masks(host):
    """Interrupts that are masked, by vector or all of them, come when they no longer are."""
    regs, queue = host.bar(CONST["BAR_REGS"]), host.queues[1]
    control = CONST["MSIX_TABLE"] + 16 * queue.vector + 12

    async def vector(mask):
        await regs.write_dword(control, mask)

    async def function(mask):
        word = await host.pci.capability_read_word(PciCapId.MSIX, 2)
        await host.pci.capability_write_word(PciCapId.MSIX, 2, word & ~(1 << 14) | mask << 14)

    await host.settle()
    for masked in (vector, function):
        seen = queue.interrupts
        await masked(1)
        await queue.doorbell("CQ_HEAD", queue.head | field_mask("CQ_HEAD", "ARM"))
        await queue.submit(pack("sqe", opcode=OP["NOP"]))
        await host.settle()
        assert queue.poll() is not None, "no completion while interrupts are masked"
        assert queue.interrupts == seen, "an interrupt came through a mask"
        pending = await regs.read_qword(CONST["MSIX_PBA"])
        assert pending == 1 << queue.vector, f"pending: {pending:#x}"
        queue.event.clear()
        await masked(0)
        await with_timeout(queue.event.wait(), 20, "us")
        assert queue.interrupts == seen + 1
        assert await regs.read_qword(CONST["MSIX_PBA"]) == 0
    await host.works()


@case
async def unsupported(host):
    """Reads that nobody answers for (Unsupported Request) are DMA faults."""
    await host.refuses(NOWHERE, "UR")
    host.expected = ["did not match any regions", "Bad status"]


@case
async def aborted(host):
    """Reads that fail (Completer Abort) are DMA faults."""
    await host.refuses(BROKEN, "CA")
    host.expected = ["Memory read operation failed", "Bad status"]


@case
async def poisoned(host):
    """A page that arrives poisoned is a DMA fault, whichever part of it is."""
    addr = host.allocate()
    host.write(addr, host.page())
    for piece in range(4):
        await host.sizes(3, 3)

        def spoil(tlp, where=addr + piece * 1024):
            if tlp.address == where:
                host.poisoned.add(tlp.tag)
            return False

        host.on_read = spoil
        assert await host.one("PUT", addr) == STATUS["DMA_FAULT"], f"piece {piece}"
        host.on_read = None
        assert await host.one("QUERY", addr) == STATUS["MISS"]
        assert await host.one("PUT", addr) == STATUS["SUCCESS"]
    host.expected = ["Poisoned"]
    await host.works()


@case
async def missing(host):
    """Completions that do not come: a DMA fault after the timeout; late ones are no one's."""
    source, target = host.allocate(), host.allocate()
    host.write(source, host.page())
    host.write(target, b"\x77" * PAGE)
    good = host.page()
    host.write(source, good)
    assert await host.one("PUT", source, index=1) == STATUS["SUCCESS"]
    kept = []

    def keep(tlp):
        if target <= tlp.address < target + PAGE or tlp.address == source + 1024:
            kept.append(tlp)
            return True
        return False

    # A put of which a piece is missing, a get whose probe is: both wait at the same time.
    host.on_read = keep
    begin = int(host.dut.cycles.value)
    pool = next(number for number, order in host.pools.items() if order == 0)
    wanted = {}
    for op, addr, index in (("PUT", source, 2), ("GET", target, 1)):
        cid, sqe = host.entry(op, (pool, 5, index), addr)
        wanted[cid] = op
        await host.queues[1].submit(sqe)
    await ClockCycles(host.dut.clk, 500)
    await host.queues[2].submit(pack("sqe", opcode=OP["NOP"]))
    assert (await host.queues[2].wait())["code"] == STATUS["SUCCESS"], "others wait, too"
    host.on_read = None
    host.dut.hurry.value = 2000
    for cid, cqe in (await host.queues[1].drain(2)).items():
        assert cqe["code"] == STATUS["DMA_FAULT"], f"{wanted[cid]}: {cqe}"
    host.dut.hurry.value = 1
    assert int(host.dut.cycles.value) - begin >= 25_000, "the card did not wait"
    assert len(kept) == 2, f"{len(kept)} completions were kept back"
    assert host.read(target, PAGE) == b"\x77" * PAGE, "a page was written whose probe has no answer"
    await host.works()
    for tlp in kept:
        await host.rc.handle_mem_read_tlp(tlp)
    await host.settle()
    assert await host.one("QUERY", source, index=2) == STATUS["MISS"]
    assert await host.one("GET", target, index=1) == STATUS["SUCCESS"]
    assert host.read(target, PAGE) == good
    await host.put(16)
    await host.get(16)


@case
async def no_master(host):
    """Without bus mastering nothing leaves the card; a controller reset gets it going."""
    await host.settle()
    await host.pci.clear_master()
    await ClockCycles(host.dut.clk, 4)
    await host.queues[2].submit(pack("sqe", opcode=OP["NOP"]))
    await host.settle()
    assert host.queues[2].poll() is None
    await host.pci.set_master()
    await host.start()
    await host.get(16)
    await host.works()


@case
async def function_reset(host):
    """A function-level reset amid traffic; the card comes back with all of its pages."""
    # Packets that were on their way to the hard block.
    host.possible = ["Bus mastering disabled"]
    for _ in range(3):
        epoch, resets = await host.register("BOOT_EPOCH"), await host.register("RESETS")
        for n in range(16):
            addr = host.buffer(0)
            host.write(addr, host.page())
            _, sqe = host.entry("PUT", (next(iter(host.pools)), 9, n), addr)
            await host.queues[1].submit(sqe)
            host.room[0].append(addr)
        await ClockCycles(host.dut.clk, host.random.randrange(1, 600))
        before = {addr: host.read(addr, PAGE) for addr in (queue.cq for queue in host.queues.values())}
        await host.function_reset()
        table = CONST["MSIX_TABLE"]
        for vector in (0, 1, CONST["MAX_VECTORS"] - 1):
            assert await host.bar(CONST["BAR_REGS"]).read_dword(table + 16 * vector + 12) == 1, "not masked after FLR"
        assert await host.register("CTRL") == 0
        after = {addr: host.read(addr, PAGE) for addr in before}
        await host.settle()
        assert after == {addr: host.read(addr, PAGE) for addr in before}, "written to after the reset"
        assert await host.register("BOOT_EPOCH") == epoch
        assert await host.register("RESETS") == resets + 1
        await host.pci.msix_capability_init(CONST["MAX_VECTORS"])
        await host.start()
        await host.get(16)
        await host.works()


async def run(host, function):
    host.expected, host.possible = [], []
    try:
        await with_timeout(cocotb.start_soon(function(host)), CASE_US, "us")
        host.check_guards()
        host.complaints.check(host.expected, host.possible)
    except Exception:  # pylint: disable=broad-exception-caught
        for line in [*traceback.format_exc().splitlines(), *host.state(), *host.complaints.found]:
            print(f"# {line}")
        return False
    return True


@cocotb.test()
async def card(dut):
    seed = int(os.environ["PAMCARD_SEED"], 0)
    print(f"# PAMCARD_SEED={seed}", flush=True)
    host = Bench(dut, seed)
    await Timer(200, "ns")
    await host.enumerate(payload=1, read_request=2)
    wanted = os.environ["PAMCARD_CASES"].split()
    for function in CASES:
        if wanted and function.__name__ not in [*wanted, "bring_up"]:
            continue
        good = await run(host, function)
        print(f"{'ok' if good else 'not ok'} {function.__name__}: {function.__doc__.rstrip('.')} "
              f"({int(dut.cycles.value)} cycles so far)", flush=True)
        # What a case that failed leaves behind means nothing.
        assert good, function.__name__
