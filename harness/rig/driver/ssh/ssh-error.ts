import { type EdgeproofError, rigError } from "../../../errors.ts";

export interface Reached {
  /** Name of the machine. */
  machine: string;
  address: string;
  port: number;
  user: string | undefined;
}

const KNOWN: readonly { seen: RegExp; code: string; what: string; fix: (host: Reached) => string }[] = [
  {
    seen: /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for .* has changed/i,
    code: "HOST_KEY_CHANGED",
    what: "it shows another host key than the one that is known",
    fix: ({ machine }) =>
      `find out why: if ${machine} was installed anew, put its new key into known_hosts; if not, somebody else answers`,
  },
  {
    seen: /Host key verification failed|No \S+ host key is known/i,
    code: "HOST_KEY_UNKNOWN",
    what: "its host key is not known here",
    fix: ({ address, port }) =>
      `compare the fingerprint on the machine, then add it: \`ssh-keyscan -p ${port} ${address} >> known_hosts\``,
  },
  {
    seen: /Permission denied/i,
    code: "SSH_REFUSED",
    what: "it lets nobody in with these keys",
    fix: ({ user }) =>
      `put your public key into ${user ?? "the user"}'s authorized_keys, or name another \`key\``,
  },
  {
    seen: /Could not resolve hostname/i,
    code: "NODE_UNREACHABLE",
    what: "its name is not known",
    fix: () => "correct `address` in the inventory",
  },
  {
    seen: /a password is required|no tty present|may not run sudo|not in the sudoers/i,
    code: "NO_SUDO",
    what: "the user may not become root without a password",
    fix: ({ user }) =>
      `add the line of docs/real-nodes.md to sudoers: \`${user ?? "USER"} ALL=(root) NOPASSWD: /bin/sh\``,
  },
  {
    seen: /sudo: (command )?not found|sudo: No such file/i,
    code: "NO_SUDO",
    what: "there is no sudo",
    fix: () => "install sudo, or log in as root",
  },
];

/** What ssh (or sudo) said, in words for people. */
export function sshError(host: Reached, said: string): EdgeproofError {
  const found = KNOWN.find(({ seen }) => seen.test(said));
  return rigError(found?.code ?? "NODE_UNREACHABLE", found?.what ?? "ssh does not reach it", {
    where: `node ${host.machine} (${host.address} port ${host.port})`,
    fix:
      found?.fix(host) ??
      "see that it is on and that sshd runs; `edgeproof doctor --inventory FILE` tells more",
    cause: new Error(said.trim().slice(-600)),
  });
}

/** Whether it is sudo that refused, and not the command that failed. */
export const isSudoRefusal = (said: string): boolean =>
  KNOWN.some(({ code, seen }) => code === "NO_SUDO" && seen.test(said));
