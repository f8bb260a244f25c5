import koffi from "koffi";
import { allocate } from "../wan/userspace/libc.ts";

const libc = koffi.load("libc.so.6");

type Call = (...numbers: number[]) => number;
const call = (signature: string): Call => libc.func(signature);

/** System calls of the meter. Pointers are plain numbers. */
export const net = {
  socket: call("int socket(int, int, int)"),
  bind: call("int bind(int, uintptr_t, unsigned int)"),
  connect: call("int connect(int, uintptr_t, unsigned int)"),
  setsockopt: call("int setsockopt(int, int, int, uintptr_t, unsigned int)"),
  send: call("long send(int, uintptr_t, size_t, int)"),
  recvmmsg: call("int recvmmsg(int, uintptr_t, unsigned int, int, uintptr_t)"),
  clockGettime: call("int clock_gettime(int, uintptr_t)"),
  clockNanosleep: call("int clock_nanosleep(int, int, uintptr_t, uintptr_t)"),
};

const AF_INET = 2;
const SOCK_DGRAM = 2;
const SOL_SOCKET = 1;
export const SO_TIMESTAMPNS = 35;
const SO_RCVBUFFORCE = 33;
const SO_SNDBUFFORCE = 32;
const BUFFER_BYTES = 64 << 20;

const scratch = allocate(4096);

function setOption(fd: number, option: number, value: number): void {
  scratch.view.setInt32(0, value, true);
  net.setsockopt(fd, SOL_SOCKET, option, scratch.address, 4);
}

/** Writes a `struct sockaddr_in` and returns its address; `ip` in network order. */
function socketAddress(ip: number, port: number): number {
  scratch.view.setUint16(64, AF_INET, true);
  scratch.view.setUint16(66, port);
  scratch.view.setInt32(68, ip);
  return scratch.address + 64;
}

const checked = (result: number, what: string): number => {
  if (result < 0) throw new Error(`${what} failed`);
  return result;
};

export function udpSender(ip: number, port: number): number {
  const fd = checked(net.socket(AF_INET, SOCK_DGRAM, 0), "socket");
  setOption(fd, SO_SNDBUFFORCE, BUFFER_BYTES);
  checked(net.connect(fd, socketAddress(ip, port), 16), "connect");
  return fd;
}

/** With the kernel's time of arrival on each datagram. */
export function udpReceiver(port: number): number {
  const fd = checked(net.socket(AF_INET, SOCK_DGRAM, 0), "socket");
  setOption(fd, SO_RCVBUFFORCE, BUFFER_BYTES);
  setOption(fd, SO_TIMESTAMPNS, 1);
  checked(net.bind(fd, socketAddress(0, port), 16), "bind");
  return fd;
}
