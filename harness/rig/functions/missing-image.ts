import type { V1Pod } from "@kubernetes/client-node";

import { rigError } from "../../errors.ts";

const INTERVAL_MS = 1_000;
/** Of the kubelet's reasons, those that do not pass by themselves: a first `ErrImagePull` may be a registry's hiccup. */
const HOPELESS = ["ErrImageNeverPull", "ImagePullBackOff", "InvalidImageName"];

export interface MissingImage {
  image: string;
  /** With the kubelet's words. */
  nodes: string[];
}

/** The image that pods wait for in vain, with the nodes that do not get it. */
export function missingImage(pods: readonly V1Pod[]): MissingImage | undefined {
  const found = pods.flatMap(({ spec, status }) =>
    (status?.containerStatuses ?? []).flatMap(({ image, state }) => {
      const { reason = "", message } = state?.waiting ?? {};
      return HOPELESS.includes(reason) ? [{ image, node: `${spec?.nodeName}: ${message ?? reason}` }] : [];
    }),
  );
  const [first] = found;
  return first && { image: first.image, nodes: found.map(({ node }) => node) };
}

/** Looks at pods again and again. `found` rejects once an image does not come, and never resolves. */
export function watchImages(
  list: () => Promise<readonly V1Pod[]>,
  fix: string,
): { found: Promise<never>; stop: () => void } {
  let reject: (error: Error) => void = () => undefined;
  const found = new Promise<never>((_, fail) => (reject = fail));
  // Nobody may wait for it any more.
  found.catch(() => undefined);
  const look = async (): Promise<void> => {
    const missing = missingImage(await list().catch(() => []));
    if (!missing) return;
    reject(
      rigError("IMAGE_MISSING", `nodes do not get the image ${missing.image}`, {
        where: missing.nodes.join("; "),
        expected: "it on every node that functions may be on",
        fix,
      }),
    );
  };
  const timer = setInterval(() => void look(), INTERVAL_MS);
  return { found, stop: () => clearInterval(timer) };
}
