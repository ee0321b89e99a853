# SPDX-License-Identifier: Apache-2.0
"""The host: cocotbext-pcie's root complex and hard block around the card, host memory,
and as much of a driver as the cases need. Nothing here is shared with the project's own
root complex (sim/verilator), whose second opinion this is."""

import logging
import random
import struct

import cocotb
from cocotb.triggers import ClockCycles, Event, RisingEdge, with_timeout
from cocotbext.axi import AxiStreamBus, MemoryRegion
from cocotbext.pcie.core import RootComplex
from cocotbext.pcie.core.caps import PciCapId
from cocotbext.pcie.core.tlp import TlpType
from cocotbext.pcie.xilinx.us import UltraScalePlusPcieDevice

from interface import CONST, DOORBELL, ENUM, FLAG, REGISTER, crc32c, field_mask, offset, pack, unpack

PAGE = 4096
# Where host memory is: one part needs 32 bits of address, one 64.
LOW, HIGH, SIZE = 0x10_0000, 0x12_3450_0000, 2 << 20
# Answered by Unsupported Request, by Completer Abort.
NOWHERE, BROKEN = 0x77_0000_0000, 0x7000_0000
GUARD = b"\xa5" * PAGE
# Of the PCI Express capability.
DEVICE_CONTROL, EXTENDED_TAGS, INITIATE_FLR = 0x08, 1 << 8, 1 << 15
# Longest that anything may take, of the host's clock.
PATIENCE_US = 200


class Complaints(logging.Filter):
    """What the root complex and the hard block complain of; a case says what it expects."""

    # Devices that are looked for and not there.
    HARMLESS = ("Failed to route config type 0",)

    def __init__(self):
        super().__init__()
        self.found = []
        # Where cocotb says why it has ended the test.
        logging.getLogger("cocotb.regression").setLevel(logging.INFO)
        for handler in logging.getLogger().handlers:
            handler.addFilter(self)

    def filter(self, record):
        if record.name == "cocotb.regression":
            return record.exc_info is not None
        if record.levelno < logging.WARNING or not record.name.startswith("cocotb.pcie"):
            return True
        if not any(text in record.getMessage() for text in self.HARMLESS):
            self.found.append(record.getMessage())
        return False

    def check(self, expected, possible):
        """All that was said is of the expected or possible kinds, and of each of the first
        something was."""
        found, self.found = self.found, []
        for message in found:
            assert any(text in message for text in [*expected, *possible]), f"the model says: {message}"
        for text in expected:
            assert any(text in message for message in found), f"the model does not say: {text}"


class Credits:
    """Credits for the host's reads, as the model asks for them: one at a time. It does not
    look while it hands over a packet, and would lose what the card gives meanwhile."""

    def __init__(self, dut):
        self.dut, self.count = dut, 0
        cocotb.start_soon(self._watch())

    def __len__(self):
        return len(self.dut.pcie_cq_np_req)

    async def _watch(self):
        while True:
            await RisingEdge(self.dut.clk)
            if not int(self.dut.reset.value):
                self.count += int(self.dut.pcie_cq_np_req.value)

    @property
    def value(self):
        if self.count == 0:
            return 0
        self.count -= 1
        return 1


class Queue:
    """A queue pair as the host keeps it."""

    def __init__(self, host, qid, shift, vector):
        self.host, self.qid, self.vector = host, qid, vector
        self.entries = 1 << shift
        self.sq = host.allocate(max(1, self.entries * 64 // PAGE))
        self.cq = host.allocate(max(1, self.entries * 16 // PAGE))
        self.tail = self.head = self.sq_head = 0
        self.interrupts = 0
        self.armed = False
        self.event = Event()

    async def interrupt(self):
        self.interrupts += 1
        self.armed = False
        self.event.set()

    async def doorbell(self, name, value):
        await self.host.bar(CONST["BAR_DB"]).write(self.qid * CONST["DB_STRIDE"] + DOORBELL[name],
                                                   struct.pack("<I", value))

    async def submit(self, entry, push=False, ring=True):
        """Puts an entry into the ring, and its copy in a push slot; or rings."""
        sqe = bytearray(entry)
        struct.pack_into("<H", sqe, offset("sqe", "sq_index"), self.tail)
        struct.pack_into("<I", sqe, offset("sqe", "push_crc"), crc32c(sqe[:CONST["PUSH_CRC_BYTES"]]))
        self.host.write(self.sq + self.tail % self.entries * 64, sqe)
        slot = self.tail % CONST["PUSH_SLOTS"]
        self.tail = self.tail + 1 & 0xffff
        if push:
            await self.host.bar(CONST["BAR_DB"]).write(self.qid * CONST["DB_STRIDE"] + DOORBELL["PUSH"] + slot * 64, sqe)
        elif ring:
            await self.doorbell("SQ_TAIL", self.tail)

    def poll(self):
        """The next completion, or None."""
        data = self.host.read(self.cq + self.head % self.entries * 16, 16)
        cqe = unpack("cqe", data)
        if (cqe["status"] & 1) == (self.head // self.entries & 1):
            return None
        self.head = self.head + 1 & 0xffff
        self.sq_head = cqe["sq_head"]
        cqe["code"] = cqe["status"] >> 1 & 0xff
        assert cqe["qid"] == self.qid, f"a completion of queue pair {cqe['qid']} on {self.qid}"
        return cqe

    async def wait(self):
        """The next completion, found by its interrupt."""
        while True:
            cqe = self.poll()
            if cqe is not None:
                return cqe
            if not self.armed:
                self.armed = True
                self.event.clear()
                await self.doorbell("CQ_HEAD", self.head | field_mask("CQ_HEAD", "ARM"))
            await with_timeout(self.event.wait(), PATIENCE_US, "us")

    async def drain(self, count):
        """That many completions by cid."""
        return {cqe["cid"]: cqe for cqe in [await self.wait() for _ in range(count)]}


class Host:
    def __init__(self, dut, seed):
        self.dut, self.random = dut, random.Random(seed)
        self.complaints = Complaints()
        dut.hurry.value = 1
        self.rc = RootComplex()
        vectors = CONST["MAX_VECTORS"]
        self.device = UltraScalePlusPcieDevice(
            pcie_generation=3, pcie_link_width=16, user_clk_frequency=250e6, alignment="dword",
            max_payload_size=1024, enable_client_tag=True, enable_extended_tag=True,
            pf0_msix_enable=True, pf0_msix_table_size=vectors - 1,
            pf0_msix_table_bir=CONST["BAR_REGS"], pf0_msix_table_offset=CONST["MSIX_TABLE"],
            pf0_msix_pba_bir=CONST["BAR_REGS"], pf0_msix_pba_offset=CONST["MSIX_PBA"],
            user_clk=dut.clk, user_reset=dut.reset,
            rq_bus=AxiStreamBus.from_prefix(dut, "rq"), rc_bus=AxiStreamBus.from_prefix(dut, "rc"),
            cq_bus=AxiStreamBus.from_prefix(dut, "cq"), cc_bus=AxiStreamBus.from_prefix(dut, "cc"),
            pcie_cq_np_req=Credits(dut),
            cfg_max_payload=dut.cfg_max_payload, cfg_max_read_req=dut.cfg_max_read_req,
            cfg_function_status=dut.cfg_function_status, cfg_flr_in_process=dut.cfg_flr_in_process,
            cfg_flr_done=dut.cfg_flr_done, cfg_interrupt_msix_enable=dut.cfg_interrupt_msix_enable,
            cfg_interrupt_msix_mask=dut.cfg_interrupt_msix_mask)
        dut.cfg_flr_in_process.setimmediatevalue(0)
        dut.cfg_ext_tag.setimmediatevalue(0)
        cocotb.start_soon(self._tell_tags())
        self.rc.make_port().connect(self.device)
        self.function = self.device.functions[0]
        self.function.vendor_id = CONST["PCI_VENDOR"]
        self.function.device_id = CONST["PCI_DEVICE"]
        self.function.class_code = CONST["PCI_CLASS"]
        for bar in ("REGS", "DB"):
            self.function.configure_bar(CONST[f"BAR_{bar}"], CONST[f"BAR_{bar}_SIZE"], ext=True, prefetch=True)
        self.function.pcie_cap.initiate_function_level_reset = self._flr

        # Memory; between what is allocated there are pages that nobody may write to.
        self.regions = {}
        low = self.rc.mem_pool.alloc_region(SIZE)
        self.regions[low.get_absolute_address(0)] = low
        high = MemoryRegion(SIZE)
        self.rc.mem_address_space.register_region(high, HIGH)
        self.regions[HIGH] = high
        self.next = {base: base for base in self.regions}
        self.guards = []
        self.pci = None
        self.queues = {}

        # What the cases do to the card's reads: called with the request, true when it has
        # been dealt with; and to completions of those with these tags.
        self.on_read = None
        self.poisoned = set()
        for kind in (TlpType.MEM_READ, TlpType.MEM_READ_64):
            self.rc.register_rx_tlp_handler(kind, self._read)
        self._send = self.rc.send
        self.rc.send = self._spoil

    # ---- Memory.

    def place(self, addr):
        for base, region in self.regions.items():
            if base <= addr < base + SIZE:
                return region.mem, addr - base
        raise IndexError(f"{addr:#x} is no memory")

    def read(self, addr, count):
        mem, at = self.place(addr)
        return mem[at:at + count]

    def write(self, addr, data):
        mem, at = self.place(addr)
        mem[at:at + len(data)] = bytes(data)

    def allocate(self, pages=1):
        """So many pages in a row, in one of the two parts by lot; a guard behind them."""
        base = self.random.choice(list(self.regions))
        addr = self.next[base]
        self.next[base] += (pages + 1) * PAGE
        self.write(addr, bytes(pages * PAGE))
        self.guards.append(addr + pages * PAGE)
        self.write(self.guards[-1], GUARD)
        return addr

    def check_guards(self):
        for addr in self.guards:
            assert self.read(addr, PAGE) == GUARD, f"something was written to {addr:#x}, which was no one's"

    # ---- The root complex.

    async def _read(self, tlp):
        if self.on_read is None or not self.on_read(tlp):
            await self.rc.handle_mem_read_tlp(tlp)

    async def _spoil(self, tlp):
        if tlp.fmt_type == TlpType.CPL_DATA and tlp.tag in self.poisoned:
            tlp.ep = True
            self.poisoned.discard(tlp.tag)
        await self._send(tlp)

    async def _tell_tags(self):
        """The hard block has no port for it; a board reads Device Control."""
        while True:
            await RisingEdge(self.dut.clk)
            self.dut.cfg_ext_tag.value = bool(self.function.pcie_cap.extended_tag_field_enable)

    async def _flr(self):
        """What the hard block does in a function-level reset; the model has no such thing."""
        cap = self.function.pcie_cap
        cap.max_payload_size, cap.max_read_request_size = 0, 2
        cap.extended_tag_field_enable = False
        self.function.bus_master_enable = self.function.memory_space_enable = False
        self.function.msix_cap.msix_enable = self.function.msix_cap.msix_function_mask = False
        self.function.bar[:] = [value & 0xf for value in self.function.bar]
        self.dut.cfg_flr_in_process.value = 1
        cocotb.start_soon(self._flr_end())

    async def _flr_end(self):
        while not int(self.dut.cfg_flr_done.value) & 1:
            await RisingEdge(self.dut.clk)
        self.dut.cfg_flr_in_process.value = 0

    def state(self):
        """For people, when a case has failed."""
        for qid, queue in self.queues.items():
            yield (f"queue pair {qid}: tail {queue.tail}, head {queue.head}, sq_head {queue.sq_head}, "
                   f"{queue.interrupts} interrupts, armed {queue.armed}")
        for tag, request in enumerate(self.device.active_request):
            if request is not None:
                yield f"tag {tag} is out: {request!r}"
        yield (f"host's reads: {sum(self.rc.tag_active)} tags out, {self.device.cq_np_queue.qsize()} wait for one of "
               f"{self.device.cq_np_req_count} credits")
        for name in ("cq_tvalid", "cq_tready", "cc_tvalid", "cc_tready", "rq_tvalid", "rq_tready", "rc_tvalid", "rc_tready", "idle"):
            yield f"{name} = {getattr(self.dut, name).value}"

    # ---- The card.

    def bar(self, number):
        return self.pci.bar_window[number]

    async def register(self, name, value=None):
        """Reads a register, or writes it."""
        offset, width = REGISTER[name]
        if value is None:
            return int.from_bytes(await self.bar(CONST["BAR_REGS"]).read(offset, width), "little")
        await self.bar(CONST["BAR_REGS"]).write(offset, value.to_bytes(width, "little"))
        return None

    async def settle(self):
        """Until the card has had nothing to do for longer than anything is on its way to it."""
        still = 0
        for _ in range(10000):
            await ClockCycles(self.dut.clk, 10)
            still = still + 1 if int(self.dut.idle.value) else 0
            if still == 10:
                return
        raise AssertionError("the card does not come to rest")

    async def ready(self, wanted):
        for _ in range(1000):
            status = await self.register("STATUS")
            if bool(status & field_mask("STATUS", "READY")) == wanted:
                return
            assert not status & field_mask("STATUS", "FATAL"), f"the card gave up: {status:#x}"
            await ClockCycles(self.dut.clk, 50)
        raise AssertionError(f"READY does not become {int(wanted)}")

    async def enumerate(self, payload, read_request):
        self.rc.max_payload_size = payload
        await self.rc.enumerate()
        self.pci = self.rc.find_device(self.function.pcie_id)
        await self.pci.enable_device()
        await self.pci.set_master()
        await self.pci.set_readrq(read_request)
        await self.pci.alloc_irq_vectors(1, CONST["MAX_VECTORS"])

    async def sizes(self, payload, read_request):
        """Largest payload and read request, as their codes: 128 bytes << code."""
        self.rc.max_payload_size = payload
        await self.pci.set_mps(payload)
        await self.pci.set_readrq(read_request)
        await ClockCycles(self.dut.clk, 4)

    async def extended_tags(self, enable):
        control = await self.pci.capability_read_word(PciCapId.EXP, DEVICE_CONTROL)
        control = control | EXTENDED_TAGS if enable else control & ~EXTENDED_TAGS
        await self.pci.capability_write_word(PciCapId.EXP, DEVICE_CONTROL, control)
        await ClockCycles(self.dut.clk, 4)

    async def function_reset(self):
        """Function-level reset as an operating system does it: what the function forgets is
        restored, but for its interrupts, which are set up anew."""
        saved = {at: await self.pci.config_read_dword(at) for at in (0x04, *range(0x10, 0x28, 4))}
        control = await self.pci.capability_read_word(PciCapId.EXP, DEVICE_CONTROL)
        await self.pci.capability_write_word(PciCapId.EXP, DEVICE_CONTROL, control | INITIATE_FLR)
        # A read that left as bus mastering ended vanishes in the hard block: the reset then
        # takes as long as its timeout.
        for clocks in range(10000):
            if not int(self.dut.cfg_flr_in_process.value):
                break
            if clocks == 400:
                self.dut.hurry.value = 20000
            await RisingEdge(self.dut.clk)
        self.dut.hurry.value = 1
        assert not int(self.dut.cfg_flr_in_process.value), "a function-level reset does not end"
        for at in sorted(saved, reverse=True):
            await self.pci.config_write_dword(at, saved[at])
        await self.pci.capability_write_word(PciCapId.EXP, DEVICE_CONTROL, control)
        await ClockCycles(self.dut.clk, 4)

    def add_queue(self, qid, shift):
        old = self.queues.get(qid)
        queue = Queue(self, qid, shift, qid)
        if old:
            self.pci.msi_vectors[qid].cb.remove(old.interrupt)
        self.pci.msi_vectors[qid].cb.append(queue.interrupt)
        self.queues[qid] = queue
        return queue

    async def start(self):
        """Brings the card up as docs/interface.md says, with two queue pairs."""
        await self.register("CTRL", 0)
        await self.ready(False)
        queue = self.add_queue(0, 4)
        await self.register("AQ_ATTR", 4 | 4 << 4)
        await self.register("ASQ_BASE", queue.sq)
        await self.register("ACQ_BASE", queue.cq)
        await self.register("CTRL", field_mask("CTRL", "EN"))
        await self.ready(True)
        for qid, shift in ((1, 4), (2, 6)):
            queue = self.add_queue(qid, shift)
            made = {"sq_base": queue.sq, "cq_base": queue.cq, "sq_shift": shift, "cq_shift": shift,
                    "vector": qid, "flags": FLAG["qp"]["IRQ"]}
            cqe = await self.admin("QP_CREATE", id=qid, p={"qp_create": made})
            assert cqe["code"] == 0, f"QP_CREATE: {cqe}"

    async def admin(self, opcode, **values):
        await self.queues[0].submit(pack("admin_sqe", opcode=ENUM["admin"][opcode], **values))
        return await self.queues[0].wait()
