/** A time with its unit: microseconds, milliseconds, seconds or minutes, such as `"2.08ms"` or `"8s"`. */
export type Duration = `${number}us` | `${number}ms` | `${number}s` | `${number}m`;

/** A share of a hundred, 0% to 100%, such as `"0.03%"`. */
export type Share = `${number}%`;

/** Bits a second, in powers of ten, such as `"20Mbit"`. */
export type Rate = `${number}bit` | `${number}kbit` | `${number}Mbit` | `${number}Gbit`;

/** Bytes, in powers of two, such as `"1280B"` or `"64KiB"`. */
export type Size = `${number}B` | `${number}KiB` | `${number}MiB` | `${number}GiB`;

/** Memory, in powers of two, such as `"512MiB"`. */
export type MemorySize = `${number}MiB` | `${number}GiB`;
