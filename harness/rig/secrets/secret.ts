import { basename } from "node:path";

/** Something that must be in no report, no log and no argument list. */
export interface Secret {
  /** For people: where it is kept. */
  where: string;
  /** Texts that give it away; each is found in it alone. */
  needles: string[];
}

/** Shorter lines of a key are likely to be found elsewhere by chance. */
const LEAST_CHARACTERS = 24;
const PEM = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----([\s\S]+?)-----END/g;
const KEY_DATA = /client-key-data:\s*"?([A-Za-z0-9+/=]+)/g;
const TOKEN_DATA = /^\s*(?:token|password):\s*"?(\S{16,}?)"?\s*$/gm;
/** Files whose whole content is the secret. */
const WHOLE = /token|password/;

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/**
 * What betrays a PEM key: its lines, as they are written, and base64 of the whole, as kubeconfigs have it. The last line
 * is left out where there are more: it may be of the public half alone.
 */
function keyNeedles(pem: string, body: string): string[] {
  const lines = body.split(/\s+/).filter((line) => line.length >= LEAST_CHARACTERS);
  if (lines.length === 0) return [];
  const packed = base64(pem);
  const half = Math.floor(packed.length / 2);
  // The middle of a packed key: neither its armour nor, at the end, its public half alone.
  return [...lines.slice(0, Math.max(1, lines.length - 1)), packed.slice(half - 30, half + 30)];
}

/** Secrets in the content of one file: private keys, clients' keys and tokens of kubeconfigs, tokens and passwords. */
export function secretsIn(where: string, content: string): Secret[] {
  const found: Secret[] = [];
  const add = (needles: string[]): void => {
    if (needles.length > 0) found.push({ where, needles });
  };
  const addKeys = (text: string): void => {
    for (const [pem, body = ""] of text.matchAll(PEM)) add(keyNeedles(pem, body));
  };
  addKeys(content);
  for (const [, data = ""] of content.matchAll(KEY_DATA)) {
    addKeys(Buffer.from(data, "base64").toString("utf8"));
    add([data.slice(Math.floor(data.length / 3), Math.floor((2 * data.length) / 3))]);
  }
  for (const [, token = ""] of content.matchAll(TOKEN_DATA)) add([token, base64(token)]);
  const whole = content.trim();
  if (WHOLE.test(basename(where)) && whole.length >= LEAST_CHARACTERS && !/\s/.test(whole))
    add([whole, base64(whole)]);
  return found;
}
