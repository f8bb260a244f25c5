/** One request and the beginning of its answer in a protocol that is not HTTP; each character is a byte. */
export interface StreamTalk {
  request: string;
  answer: string;
}

/** What the stream probe does with each connection; plain data, as it travels to a machine. */
export interface StreamPlan {
  host: string;
  port: number;
  tls: boolean;
  path: string;
  /** Said instead of HTTP: once on each connection. */
  talk?: StreamTalk;
  /** Sent at once, one after the other on one connection. 0: as many as go through until `limitMs`, or as `enoughBytes` takes. */
  requests: number;
  /** Filling of every request's header, bytes. */
  padBytes: number;
  /** Asks the server to close after the last answer, and waits for it. */
  close: boolean;
  /** The connection is given up then, ms. */
  limitMs: number;
  /** Ends the connection when so many bytes came; 0: never. */
  enoughBytes: number;
  /** ms from the start of a connection to the start of the next, whether or not the first has ended. */
  everyMs: number;
  count: number;
}

/** How a connection ended. `done`: all was answered, or the time of an endless one was over. `silent`: `limitMs` passed. */
export type StreamEnd = "done" | "closed" | "reset" | "refused" | "silent" | "failed";

/** One connection of the stream probe. Times are ms from the call of connect; bytes are those of TCP, below TLS. */
export interface StreamReading {
  /** ms since the epoch, the machine's clock. */
  at: number;
  end: StreamEnd;
  endMs: number;
  firstByteMs?: number;
  /** Of the first read. */
  firstBytes?: number;
  lastByteMs?: number;
  bytes: number;
  /** Complete or begun HTTP answers. */
  answers: number;
  /** Bytes of requests that were answered. */
  answeredBytes: number;
  /** Median of the times between two reads. */
  gapMs?: number;
  /** 90 % of the reads gave at most so many bytes. */
  pieceBytes?: number;
}
