import koffi from "koffi";

const libc = koffi.load("libc.so.6");

/** The few system calls of the userspace back end. Pointers are plain numbers (`uintptr_t`). */
export const sys = {
  mmap: libc.func("uintptr_t mmap(uintptr_t, size_t, int, int, int, long)") as (
    address: number,
    bytes: number,
    protection: number,
    flags: number,
    fd: number,
    offset: number,
  ) => number,
  open: libc.func("int open(const char*, int)") as (path: string, flags: number) => number,
  close: libc.func("int close(int)") as (fd: number) => number,
  ioctl: libc.func("int ioctl(int, unsigned long, uintptr_t)") as (
    fd: number,
    request: number,
    argument: number,
  ) => number,
  read: libc.func("long read(int, uintptr_t, size_t)") as (
    fd: number,
    address: number,
    bytes: number,
  ) => number,
  write: libc.func("long write(int, uintptr_t, size_t)") as (
    fd: number,
    address: number,
    bytes: number,
  ) => number,
  eventfd: libc.func("int eventfd(unsigned int, int)") as (initial: number, flags: number) => number,
  ppoll: libc.func("int ppoll(uintptr_t, unsigned long, uintptr_t, uintptr_t)") as (
    fds: number,
    count: number,
    timeout: number,
    signals: number,
  ) => number,
  prctl: libc.func("int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)") as (
    option: number,
    a: number,
    b: number,
    c: number,
    d: number,
  ) => number,
  schedSetscheduler: libc.func("int sched_setscheduler(int, int, uintptr_t)") as (
    pid: number,
    policy: number,
    parameters: number,
  ) => number,
};

/** `errno` of the last call of this thread. */
export const errno = (): number => koffi.errno();

export const EAGAIN = 11;
export const EINTR = 4;
export const EBUSY = 16;
export const O_RDWR_NONBLOCK = 0x2 | 0x800;

/** Memory that never moves: its address as a number, and a view of it. */
export interface NativeMemory {
  address: number;
  bytes: Uint8Array;
  view: DataView;
}

const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;

/** Maps `size` bytes of zeroed memory, for the life of the process. Pages are taken when first used. */
export function allocate(size: number): NativeMemory {
  const address = sys.mmap(0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
  if (address <= 0 || address > Number.MAX_SAFE_INTEGER) throw new Error(`mmap failed, errno ${errno()}`);
  const buffer = koffi.view(BigInt(address), size);
  return { address, bytes: new Uint8Array(buffer), view: new DataView(buffer) };
}
