# SPDX-License-Identifier: Apache-2.0
#
# pam_swap as a block device: configuration and what it refuses, data under fio with
# verification, one slot used by many at once, discard and the wrap of generations,
# promised size, backing device, several devices; on a card also a slow one.
#
# usage: swap_device.sh ram|card
#
# vm: --ram=512 --disk=64 --file=tests/vm/tap.sh --file=tests/vm/swap.sh
# vm: --allow=I/O.error,.dev.pamswap --timeout=150

. /run/vm/tap.sh
. /run/vm/swap.sh
: "${PAMCARD_SEED:=1}"
export PAMCARD_SEED
# Sizes of the device, and of what goes to a backing device, in MiB; pages of a limited pool.
size=$(amount 8)
backed=$(amount 32)
limit=$(amount 1000)
# KiB of it that are freed again and again.
freed=256
[ $part = 1 ] || freed=64

case $1 in
ram) modprobe pam_ram limit_mb=64 ;;
card) modprobe pam_card timeout_ms=$((5000 * slow)) ;;
*) exit 2 ;;
esac
modprobe pam_swap || exit 1
backend=$(ls /sys/class/pam)

# --- configuration
refused "a name that could be another disk's is refused" mkdir $config/sda
refused "a name too long is refused" mkdir $config/pamswap-0123456789-0123456789-0123456789
check "a device is made" mkdir $config/pamswap0
refused "power without a backend is refused" setting pamswap0 power 1
check "a backend is set" setting pamswap0 backend $backend
refused "power without a size is refused" setting pamswap0 power 1
refused "a size that is no number is refused" setting pamswap0 size many
check "a size is set" setting pamswap0 size ${size}M
equal "the size is shown in bytes" "$(cat $config/pamswap0/size)" $((size << 20))
check "a backend that does not exist can be named" setting pamswap0 backend nothere
refused "but not used" setting pamswap0 power 1
check "the right backend is set" setting pamswap0 backend $backend
check "power on" setting pamswap0 power 1
check "power on again changes nothing" setting pamswap0 power 1
equal "the disk has the size" "$(blockdev --getsize64 /dev/pamswap0)" $((size << 20))
equal "the disk is not rotational" "$(cat /sys/block/pamswap0/queue/rotational)" 0
equal "the disk wants stable pages" "$(cat /sys/block/pamswap0/queue/stable_writes)" 1
refused "no change of size while it is on" setting pamswap0 size 32M
refused "its folder cannot be removed while it is on" rmdir $config/pamswap0
refused "nor the module unloaded" modprobe -r pam_swap
exec 3</dev/pamswap0
refused "no power off while it is open" setting pamswap0 power 0
exec 3<&-

# --- data
zeros=$(head -c ${size}M /dev/zero | sha256sum)
equal "what was never written reads as zeros" "$(sha256sum </dev/pamswap0)" "$zeros"
check "random 4 KiB writes verify" verified pamswap0 60 --rw=randwrite --bs=4k --iodepth=32
check "writes of 4 KiB to 2 MiB verify" verified pamswap0 60 --rw=randwrite --bsrange=4k-$(amount 2048)k --iodepth=8 --norandommap=0

# Four slots, written by some and read by others: a page is never put together from two.
cat >/tmp/share.py <<"END"
import mmap, os, random, sys
random.seed(os.environ["PAMCARD_SEED"])

def use(number):
    disk = os.open("/dev/pamswap0", os.O_RDWR | os.O_DIRECT)
    page = mmap.mmap(-1, 16384)
    for turn in range(int(sys.argv[1])):
        if number % 2:
            page[:] = random.randbytes(8) * 2048
            os.pwritev(disk, [page], 0)
        else:
            os.preadv(disk, [page], 0)
            for at in range(0, 16384, 4096):
                if page[at : at + 4096] != page[at : at + 8] * 512:
                    os._exit(1)
    os._exit(0)

children = []
for number in range(6):
    pid = os.fork()
    if pid == 0:
        random.seed(number)
        use(number)
    children.append(pid)
sys.exit(any([os.waitpid(pid, 0)[1] for pid in children]))
END
dd if=/dev/zero of=/dev/pamswap0 bs=16k count=1 oflag=direct status=none
check "pages are never torn, however many use a slot" timeout $((60 * patience)) python3 /tmp/share.py $(amount 300)
if [ "$1" = card ]; then
	# pam_ram is done before anybody could come. Four times 2 MiB are 2048 pages at once.
	check "four read at once" timeout $((60 * patience)) fio --name=read --filename=/dev/pamswap0 --direct=1 \
		--ioengine=psync --rw=randread --bs=$((size < 2 ? size : 2))m --size=${size}m --loops=2 --numjobs=4 --group_reporting
	[ "$(count pamswap0 slot_waits)" -gt 0 ] && ok "some waited for a slot" || not_ok "nobody waited for a slot"
	[ "$(count pamswap0 bios_queued)" -gt 0 ] && ok "some waited for an operation" || not_ok "nobody waited for an operation"
fi
[ "$(count pamswap0 puts)" -gt $((size * 256)) ] && ok "the pool got the pages" || not_ok "the pool got the pages: $(count pamswap0 puts)"
equal "no error was counted" "$(count pamswap0 read_errors) $(count pamswap0 write_errors)" "0 0"

# --- more writes than a slow card keeps up with
many_begin() { # FIO-OPTION...: writes and verifies in the background
	rm -f /tmp/many.status
	{
		verified pamswap1 120 "$@" >/tmp/many.out 2>&1
		echo $? >/tmp/many.status
	} &
}
most=0
some_wait() { # looks how many are under way as well
	sent=$(count pamswap1 write_bios)
	sent=$((sent - $(count pamswap1 puts)))
	[ $sent -le $most ] || most=$sent
	more_waits 0
}
more_waits() { [ "$(count pamswap1 write_waits)" -gt "$1" ]; }
many_end() { # NAME: once the card is fast
	check "the card gets fast" host control 0 fault delay=0
	within "$1 are done" 120 test -s /tmp/many.status
	equal "and right" "$(cat /tmp/many.status)" 0
}
if [ "$1" = card ]; then
	check "a device for many writes" device pamswap1 backend=$backend size=16M power=1
	refused "no write can ask not to wait" python3 -c 'import mmap, os
os.pwritev(os.open("/dev/pamswap1", os.O_RDWR | os.O_DIRECT), [mmap.mmap(-1, 4096)], 0, os.RWF_NOWAIT)'
	check "the card gets slow" host control 0 fault delay=1
	many_begin --rw=randwrite --bs=4k --iodepth=4096 --iodepth_batch=64
	within "of 4096 writes at once, some wait" 30 some_wait
	for sample in 1 2 3 4 5 6 7 8 9 10; do
		some_wait
		sleep 0.1
	done
	# 512 are with the card and 512 are queued, and one is that of the submitter that waits.
	[ $most -gt 900 ] && [ $most -le 1025 ] && ok "and no more than 1025 are under way ($most)" || not_ok "$most writes are under way"
	many_end "all of them"
	check "it gets slow again" host control 0 fault delay=1
	before=$(count pamswap1 write_waits)
	many_begin --rw=write --bs=2m --iodepth=2 --size=4m --numjobs=4 --offset_increment=4m
	within "of 4096 pages at once, in large writes by four, some wait" 30 more_waits $before
	many_end "large writes"
	equal "no error was counted" "$(count pamswap1 read_errors) $(count pamswap1 write_errors)" "0 0"
	check "it is removed" undevice pamswap1
fi

# --- discard
check "the whole disk is discarded" blkdiscard /dev/pamswap0
equal "and reads as zeros" "$(sha256sum </dev/pamswap0)" "$zeros"
pool_is() { [ "$(count pamswap0 pages)" = "$1" ]; }
within "its pages are flushed from the pool" 10 pool_is 0
equal "no slot is counted as on the card" "$(count pamswap0 slots_card)" 0
head -c 64k /dev/urandom >/tmp/data
dd if=/tmp/data of=/dev/pamswap0 bs=64k oflag=direct status=none
check "a range is zeroed" blkdiscard -z -o 16384 -l 16384 /dev/pamswap0
dd if=/dev/zero of=/tmp/data bs=16k seek=1 count=1 conv=notrunc status=none
equal "and only that" "$(dd if=/dev/pamswap0 bs=64k count=1 iflag=direct status=none | sha256sum)" "$(sha256sum </tmp/data)"

# Each round writes, reads, and frees every slot of the first KiBs once, by turns
# as they come and backwards; generations wrap after 64 frees.
cat >/tmp/rounds.py <<"END"
import ctypes, mmap, os, random, sys, time
libc = ctypes.CDLL(None, use_errno=True)
PUNCH_HOLE = 3
random.seed(os.environ["PAMCARD_SEED"])
disk = os.open(sys.argv[1], os.O_RDWR | os.O_DIRECT)
size = int(sys.argv[2]) * 1024
step = size // 4
out, back = mmap.mmap(-1, size), mmap.mmap(-1, size)
for number in range(70):
    out[:] = random.randbytes(size // 2) * 2
    assert os.pwritev(disk, [out], 0) == size
    assert os.preadv(disk, [back], 0) == size
    assert out[:] == back[:], f"round {number}: other data came back"
    for at in range(0, size, step) if number % 2 else range(size - step, -1, -step):
        if libc.fallocate(disk, PUNCH_HOLE, ctypes.c_long(at), ctypes.c_long(step)):
            raise OSError(ctypes.get_errno(), "discard")
    # A slot that is written before it is flushed keeps its generation.
    while int(open("/sys/block/pamswap0/pam/pages").read()):
        time.sleep(0.01)
assert os.preadv(disk, [back], 0) == size
assert back[:] == bytes(size), "freed slots are not zero"
END
check "data is right across the wrap of generations" timeout $((60 * patience)) python3 /tmp/rounds.py /dev/pamswap0 $freed
wraps() { [ "$(count pamswap0 generation_wraps)" -ge $((freed / 4)) ]; }
within "and they did wrap" 10 wraps
within "no page is left behind in the pool" 10 pool_is 0
# Freed and written again at once: the flush is on its way, by another queue, when the
# new page is put.
cat >/tmp/late.py <<"END"
import ctypes, mmap, os, random, sys
libc = ctypes.CDLL(None, use_errno=True)
PUNCH_HOLE = 3
random.seed(os.environ["PAMCARD_SEED"])
disk = os.open("/dev/pamswap0", os.O_RDWR | os.O_DIRECT)
out, back = mmap.mmap(-1, 32768), mmap.mmap(-1, 32768)
out[:] = random.randbytes(32768)
os.pwritev(disk, [out], 0)
for turn in range(int(sys.argv[1])):
    os.sched_setaffinity(0, [turn % os.cpu_count()])
    libc.fallocate(disk, PUNCH_HOLE, ctypes.c_long(0), ctypes.c_long(32768))
    out[:] = random.randbytes(8) * 4096
    os.pwritev(disk, [out], 0)
    os.preadv(disk, [back], 0)
    assert out[:] == back[:], f"turn {turn}: not what was written last"
END
check "a late flush hits no newer page" timeout $((100 * patience)) python3 /tmp/late.py $(amount 1500)
check "trim and write at once verify" verified pamswap0 60 --rw=randtrimwrite --bs=4k --iodepth=16
check "power off" setting pamswap0 power 0
refused "the disk is gone" test -b /dev/pamswap0

# --- what was promised
largest=$(cat $config/pamswap0/max_size)
check "more than can be promised is set" setting pamswap0 size $((largest + 1048576))
refused "but refused at power on" setting pamswap0 power 1
dmesg | tail -n 3 | grep -q "at most $largest" && ok "the log names the largest size" || not_ok "the log names the largest size: $(dmesg | tail -n 3)"
check "that much is accepted" device pamswap0 size=$largest power=1
check "and switched off" setting pamswap0 power 0

# --- backing device
check "a backing device is set" device pamswap0 backing_dev=/dev/vdb size=0 power=1
equal "its size is taken" "$(blockdev --getsize64 /dev/pamswap0)" "$(blockdev --getsize64 /dev/vdb)"
refused "the backing device is held" dd if=/dev/zero of=/dev/vdb bs=4k count=1 oflag=excl,direct
pool=/sys/class/pam/$backend/pools/pamswap0
check "the pool is limited to $limit pages" sh -c "echo $limit >$pool/limit"
check "data verifies with most pages refused" verified pamswap0 60 --rw=write --bs=128k --iodepth=4 --size=${backed}m
equal "the pool is full" "$(count pamswap0 slots_card)" $limit
equal "the rest is on the backing device" "$(count pamswap0 slots_backing)" $((backed * 256 - limit))
equal "no write failed" "$(count pamswap0 write_errors)" 0
check "overwriting verifies as well" verified pamswap0 60 --rw=randwrite --bs=4k --iodepth=32 --size=${size}m
check "the pool is frozen" sh -c "echo 1 >$pool/frozen"
check "data verifies with all pages refused" verified pamswap0 60 --rw=randwrite --bs=16k --iodepth=8 --size=${size}m
check "the pool is thawed" sh -c "echo 0 >$pool/frozen"
check "all is discarded" blkdiscard /dev/pamswap0
equal "nothing is on the backing device" "$(count pamswap0 slots_backing)" 0
check "power off" setting pamswap0 power 0
refused "a backing device too small is refused" device pamswap0 size=1G power=1
refused "a backing device that does not exist is refused" device pamswap0 size=0 backing_dev=/dev/nothere power=1

# --- refused without a backing device
check "a device with a limit but no backing" device pamswap0 backing_dev= size=${size}M power=1
check "the pool is frozen" sh -c "echo 1 >$pool/frozen"
refused "a write is refused" dd if=/tmp/data of=/dev/pamswap0 bs=4k count=1 oflag=direct
refused "the slot then reads as an error, not as old or no data" dd if=/dev/pamswap0 of=/dev/null bs=4k count=1 iflag=direct
check "the pool is thawed" sh -c "echo 0 >$pool/frozen"
check "written again" dd if=/tmp/data of=/dev/pamswap0 bs=4k count=1 oflag=direct
equal "it is right" "$(dd if=/dev/pamswap0 bs=4k count=1 iflag=direct status=none | sha256sum)" "$(head -c 4k /tmp/data | sha256sum)"

# --- several devices, synchronous
check "a second device, synchronous" device pamswap1 backend=$backend size=${size}M synchronous=1 power=1
check "both at once verify" verified pamswap0:/dev/pamswap1 90 --rw=randwrite --bsrange=4k-64k --iodepth=16 --size=${size}m
check "one page at a time verifies" verified pamswap1 60 --rw=randwrite --bs=4k --iodepth=4 --ioengine=psync

check "the first is removed" undevice pamswap0
check "the second is removed" undevice pamswap1
check "the module is unloaded" modprobe -r pam_swap
finish
