# SPDX-License-Identifier: Apache-2.0
"""Reads a guest's console for what the kernel complains about: a test whose
script succeeded has failed all the same when the kernel warned."""

import re

TROUBLE = re.compile("|".join((
    r"\bBUG:", r"kernel BUG at", r"\bWARNING:", r"\bOops\b", r"general protection fault", r"Kernel panic",
    r"Unable to handle", r"Call Trace:", r"blocked for more than \d+ seconds", r"soft lockup", r"hard LOCKUP",
    r"rcu.*detected.*stall", r"possible (circular|recursive) locking", r"inconsistent lock state", r"suspicious RCU",
    r"refcount_t:", r"list_(add|del) corruption", r"(KASAN|UBSAN|KCSAN|DMA-API):", r"page allocation failure",
    r"sleeping function called from invalid context", r"scheduling while atomic", r"invoked oom-killer", r"Out of memory: Killed",
    r"Write-error on swap-device", r"Read-error on swap-device", r"I/O error, dev", r"Bad page (state|map)",
    r"swap_info_get:", r"Bad swap (file|offset)", r"unhandled error|unused swap", r"\bsegfault at\b",
    r"guest-init:", r"nobody cared", r"Modules linked in:")))
# A report may be many lines; those that follow its first within this many are part of it.
SPAN = 60
END = re.compile(r"</TASK>|---\[ end trace")
# Linux 7.3 says so with any swap device under pressure, when it cannot allocate
# the table of a new swap cluster; it then goes on with another cluster.
KNOWN = (("page allocation failure", "swap_cluster_alloc_table"),)
STAMP = re.compile(r"^\[ *\d+\.\d+\]( ?\[ *[TC]\d+\])? ?")


def reports(lines):
    """Groups a console's lines into reports: [[first line, lines that belong to it...]]."""
    found = []
    left = 0
    for line in lines:
        text = STAMP.sub("", line)
        if left:
            found[-1].append(text)
            left = 0 if END.search(text) else left - 1
        elif TROUBLE.search(text):
            found.append([text])
            # One-line complaints have no call trace; the next line is not theirs.
            left = SPAN if re.search(r"BUG|WARNING|Oops|allocation failure|stall|lockup|locking|lock state|panic|fault|blocked for|oom-killer",
                                     text) else 0
    return found


def known(report):
    """Tells whether a report is one of the kernel's own that no driver can avoid."""
    return any(head in report[0] and any(tell in line for line in report[1:]) for head, tell in KNOWN)


def complaints(lines, allowed=()):
    """Returns the first lines of all reports, each once, that are not known and that
    no regular expression of `allowed` matches."""
    patterns = [re.compile(a) for a in allowed]
    heads = [report[0] for report in reports(lines)
             if not known(report) and not any(p.search(report[0]) for p in patterns)]
    return list(dict.fromkeys(heads))
