# SPDX-License-Identifier: Apache-2.0
"""Writes initramfs archives ("newc" cpio) straight from memory: file owner and
mode need no root rights and no staging folder."""

import stat


class Archive:
    """An archive in the making. Archives may be concatenated: the kernel unpacks
    one after the other, and a later file replaces an earlier one."""

    def __init__(self):
        self._parts = []
        self._folders = set()
        self._number = 0

    def _entry(self, name, mode, data, device=(0, 0)):
        self._number += 1
        path = name.encode() + b"\0"
        header = "070701" + "".join(f"{value:08x}" for value in (
            self._number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0))
        for part in (header.encode() + path, data):
            self._parts.append(part + b"\0" * (-len(part) % 4))

    def folder(self, name):
        """Adds a folder and its parents, unless they are there."""
        if not name or name in self._folders:
            return
        self.folder(name.rpartition("/")[0])
        self._folders.add(name)
        self._entry(name, stat.S_IFDIR | 0o755, b"")

    def file(self, name, data, mode=0o644):
        """Adds a file with its parents."""
        self.folder(name.rpartition("/")[0])
        self._entry(name, stat.S_IFREG | mode, data)

    def link(self, name, target):
        """Adds a symbolic link with its parents."""
        self.folder(name.rpartition("/")[0])
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def console(self):
        """Adds /dev/console, which init's output needs before devtmpfs is mounted."""
        self.folder("dev")
        self._entry("dev/console", stat.S_IFCHR | 0o600, b"", (5, 1))

    def bytes(self):
        """Returns the finished archive."""
        self._entry("TRAILER!!!", 0, b"")
        return b"".join(self._parts)
