import { rigError } from "../../../harness/errors.ts";
import { allocate, EBUSY, errno, O_RDWR_NONBLOCK, sys } from "./libc.ts";

/** ioctl TUNSETIFF and the flags of `struct ifreq` (linux/if_tun.h). */
const TUNSETIFF = 0x400454ca;
const IFF_TUN_NO_PI = 0x0001 | 0x1000;

/**
 * Creates the TUN device `name` in this process's network namespace and returns its descriptor (non-blocking). The
 * device lives exactly as long as the descriptor, so it vanishes with the process: the WAN fails closed.
 */
export function openTun(name: string): number {
  const fd = sys.open("/dev/net/tun", O_RDWR_NONBLOCK);
  if (fd < 0) {
    throw rigError("wan-no-tun", `/dev/net/tun cannot be opened (errno ${errno()})`, {
      where: "wan container",
      expected: "the character device 10:200 and CAP_NET_ADMIN",
      fix: "Give the wan container the device /dev/net/tun and CAP_NET_ADMIN, or use the netem back end.",
    });
  }
  const request = allocate(4096);
  Buffer.from(request.bytes.buffer, 0, 16).write(name, "latin1");
  request.view.setUint16(16, IFF_TUN_NO_PI, true);
  if (sys.ioctl(fd, TUNSETIFF, request.address) < 0) {
    const code = errno();
    sys.close(fd);
    throw rigError("wan-tun-refused", `the TUN device ${name} cannot be made (errno ${code})`, {
      where: "wan container",
      fix: code === EBUSY ? "Stop the other WAN service of this container." : "Give it CAP_NET_ADMIN.",
    });
  }
  return fd;
}
