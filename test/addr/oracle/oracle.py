"""Answers the inputs of the differential test, one line each, with what Python's ipaddress says of them.

Address: "-" if it is none, else its attributes as letters, a colon and its canonical text.
Prefix:  "-" if it is none, else 1 or 0 (does it hold the address), the masked network, its mask and its last address.
"""

import ipaddress
import sys

ATTRIBUTES = [
    ("L", "is_loopback"),
    ("K", "is_link_local"),
    ("M", "is_multicast"),
    ("U", "is_unspecified"),
    ("G", "is_global"),
]


def text_of(addr):
    # Versions of Python differ in how they write a mapped address: 3.13 does it as RFC 5952 section 5 recommends.
    mapped = getattr(addr, "ipv4_mapped", None)
    if mapped is None:
        return str(addr)
    zone = f"%{addr.scope_id}" if addr.scope_id else ""
    return f"::ffff:{mapped}{zone}"


def address(text):
    try:
        addr = ipaddress.ip_address(text)
    except ValueError:
        return "-"
    letters = "".join(letter for letter, name in ATTRIBUTES if getattr(addr, name))
    if addr.version == 6 and addr.is_site_local:
        letters += "S"
    if getattr(addr, "ipv4_mapped", None) is not None:
        # Versions of Python differ in whether these look at the address inside.
        letters = "G" if "G" in letters else ""
    return f"{letters}:{text_of(addr)}"


def prefix(text, other):
    try:
        net = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return "-"
    try:
        inside = ipaddress.ip_address(other) in net
    except ValueError:
        inside = False
    first = text_of(net.network_address)
    return f"{int(inside)} {first}/{net.prefixlen} {text_of(net.netmask)} {text_of(net.broadcast_address)}"


def main():
    sys.stdin.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    for line in sys.stdin:
        kind, *fields = line.rstrip("\n").split("\t")
        print(address(*fields) if kind == "A" else prefix(*fields))


main()
