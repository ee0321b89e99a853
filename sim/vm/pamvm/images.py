# SPDX-License-Identifier: Apache-2.0
"""Makes what a guest boots from: a read-only root disk with real programs, and an
initramfs with kernel modules. Both are kept in build/vm under a name that says
what they were made from, so nothing is made twice and nothing stale is used."""

import contextlib
import fcntl
import fnmatch
import glob
import hashlib
import lzma
import os
import pathlib
import shutil
import subprocess
import tempfile

from . import BUILD, CACHE, Problem
from .cpio import Archive

GUEST = pathlib.Path(__file__).resolve().parents[1] / "guest"
# Modules of the distribution's kernel that guests use; those a kernel has built
# in, or does not have, are passed over.
STOCK = ("virtio_blk", "configfs", "zram", "lz4", "lz4_compress", "lz4hc_compress", "libcrc32c",
         "crc32c_generic", "crc32c_intel", "crc32c_cryptoapi", "brd", "null_blk", "loop", "dm_mod", "aer_inject")
# Root disk: free space and inodes beyond its content are of no use, it is read-only.
SLACK_MIB = 16


def digest(*parts):
    """Returns a short name for the given texts and files' states."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:16]


def state(path):
    """Returns what tells one version of a file from another, without reading it."""
    info = os.stat(path)
    return f"{path} {info.st_size} {info.st_mtime_ns}"


@contextlib.contextmanager
def locked(name):
    """Two machines that start together must not make the same image."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def cached(name, key, suffix, make):
    """Returns the path of an image, made by make(path) if there is none of that
    key yet; older ones of that name go."""
    wanted = CACHE / f"{name}-{key}{suffix}"
    with locked(name):
        if wanted.exists():
            return wanted
        partial = CACHE / f"{name}.partial"
        make(partial)
        for old in CACHE.glob(f"{name}-{'[0-9a-f]' * 16}{suffix}"):
            old.unlink()
        partial.rename(wanted)
    return wanted


def capture(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


# ------------------------------------------------------------------ root disk

def package_files(pattern):
    names = [line for line in capture("dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n").splitlines()
             if fnmatch.fnmatchcase(line.split()[0], pattern) and line.split()[1] == "ii"]
    if not names:
        raise Problem(f"package {pattern} of {GUEST.name}/programs.list is not installed here")
    return capture("dpkg-query", "-L", *[n.split()[0] for n in names]).splitlines()


def wanted_files():
    """Returns the paths programs.list names, libraries not yet among them."""
    paths = set()
    for line in (GUEST / "programs.list").read_text().splitlines():
        kind, _, name = line.partition("#")[0].strip().partition(" ")
        if kind == "program":
            path = shutil.which(name)
            if not path:
                raise Problem(f"program {name} is not installed here; it is needed in guests")
            paths.add(path)
        elif kind == "package":
            paths.update(package_files(name))
        elif kind == "file" and os.path.exists(name):
            paths.add(name)
    skip = ("/usr/share/doc/", "/usr/share/man/", "/usr/share/locale/", "/usr/share/lintian/", "/usr/share/bash-completion/")
    return {p for p in paths if os.path.lexists(p) and not p.startswith(skip) and "/__pycache__" not in p}


def libraries(paths):
    """Returns the shared libraries that the ELF files among `paths` need."""
    elf = []
    for path in paths:
        if os.path.isfile(path) and (os.access(path, os.X_OK) or ".so" in path):
            with open(path, "rb") as file:
                if file.read(4) == b"\x7fELF":
                    elf.append(path)
    text = subprocess.run(["ldd", *elf], capture_output=True, text=True).stdout
    words = (word for line in text.splitlines() for word in line.split())
    return {word for word in words if word.startswith("/") and not word.endswith(":")}


def stage(paths, root):
    """Copies files into `root`; links are kept, and what they point to comes along."""
    todo = list(paths)
    done = set()
    while todo:
        path = todo.pop()
        # Where the file really is: /bin and /lib are links on a merged-/usr system.
        path = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
        if path in done:
            continue
        done.add(path)
        target = root + path
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.islink(path):
            os.symlink(os.readlink(path), target)
            if os.path.exists(path):
                todo.append(os.path.join(os.path.dirname(path), os.readlink(path)))
        elif os.path.isfile(path):
            shutil.copy2(path, target)


def make_root(path):
    with tempfile.TemporaryDirectory(dir=CACHE) as root:
        for folder in ("proc", "sys", "dev", "run", "tmp", "etc", "usr/lib"):
            os.makedirs(f"{root}/{folder}")
        for folder in ("bin", "sbin", "lib", "lib64"):
            os.symlink(f"usr/{folder}", f"{root}/{folder}")
        os.symlink("/run/lib/modules", f"{root}/usr/lib/modules")
        os.symlink("/proc/mounts", f"{root}/etc/mtab")
        paths = wanted_files()
        stage(paths | libraries(paths), root)
        used = int(capture("du", "-sxm", root).split()[0])
        subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-O", "^has_journal,^resize_inode", "-m", "0",
                        "-d", root, str(path), f"{used + used // 8 + SLACK_MIB}M"], check=True)


def root_disk():
    """Returns the path of the root disk's image (ext4, to be attached read-only)."""
    dpkg = "/var/lib/dpkg/status"
    key = digest((GUEST / "programs.list").read_text(), pathlib.Path(__file__).read_text(),
                 hashlib.sha256(open(dpkg, "rb").read()).hexdigest())
    return cached("root", key, ".img", make_root)


# ------------------------------------------------------------------ initramfs

def dependencies(release):
    """Returns {module name: [its file, files it needs]} of a kernel's own modules."""
    table = {}
    for line in open(f"/lib/modules/{release}/modules.dep"):
        file, _, needs = line.partition(":")
        name = os.path.basename(file).split(".")[0].replace("-", "_")
        table[name] = [file, *needs.split()]
    return table


def our_modules(release):
    """Returns the project's modules that are built for a kernel."""
    return sorted(glob.glob(f"{BUILD}/driver/{release}/**/*.ko", recursive=True))


def stage_modules(release, ours, root):
    """Fills root/lib/modules/RELEASE, uncompressed: unpacking is slow in a guest."""
    home = f"/lib/modules/{release}"
    table = dependencies(release)
    files = {file for name in STOCK for file in table.get(name, ())}
    for file in files:
        target = f"{root}{home}/{file.removesuffix('.xz')}"
        os.makedirs(os.path.dirname(target), exist_ok=True)
        opener = lzma.open if file.endswith(".xz") else open
        with opener(f"{home}/{file}", "rb") as source:
            pathlib.Path(target).write_bytes(source.read())
    os.makedirs(f"{root}{home}/extra", exist_ok=True)
    for file in ours:
        # Debug information is most of a module, and all of it stays in guest RAM.
        subprocess.run(["strip", "--strip-debug", "-o", f"{root}{home}/extra/{os.path.basename(file)}", file], check=True)
    for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
        shutil.copy2(f"{home}/{name}", f"{root}{home}/{name}")
    subprocess.run(["depmod", "-b", root, release], check=True)


def make_boot(release, ours, path):
    archive = Archive()
    archive.console()
    busybox = shutil.which("busybox")
    if not busybox:
        raise Problem("no busybox; install busybox-static")
    archive.file("bin/busybox", pathlib.Path(busybox).read_bytes(), 0o755)
    archive.link("bin/modprobe", "busybox")
    archive.file("init", (GUEST / "init").read_bytes(), 0o755)
    archive.file("vm/bin/host", (GUEST / "host").read_bytes(), 0o755)
    with tempfile.TemporaryDirectory(dir=CACHE) as root:
        stage_modules(release, ours, root)
        for folder, _, names in sorted(os.walk(f"{root}/lib/modules")):
            for name in sorted(names):
                full = os.path.join(folder, name)
                archive.file(os.path.relpath(full, root), pathlib.Path(full).read_bytes())
    path.write_bytes(archive.bytes())


def initramfs(release):
    """Returns the path of the initramfs for a kernel, the project's modules included."""
    ours = our_modules(release)
    key = digest(pathlib.Path(__file__).read_text(), *map(state, ours), *(state(GUEST / n) for n in ("init", "host")),
                 state(f"/lib/modules/{release}/modules.dep"))
    return cached(f"boot-{release}", key, ".cpio", lambda path: make_boot(release, ours, path))
