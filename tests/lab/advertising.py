"""Run in a namespace: advertise a router and a prefix to the segment (RFC 4861 §4.2), once."""

import socket
import struct
import sys

device, prefix = sys.argv[1:]
index = socket.if_nametoindex(device)
router = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
information = struct.pack("!BBBBIII", 3, 4, 64, 0xC0, 7200, 3600, 0)
network = socket.inet_pton(socket.AF_INET6, f"{prefix}:")
with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as sender:
    sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    sender.sendto(router + information + network, ("ff02::1", 0, 0, index))
