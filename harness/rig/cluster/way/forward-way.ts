import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import { Writable } from "node:stream";

import { CoreV1Api, type KubeConfig, PortForward, type V1Pod } from "@kubernetes/client-node";

import { messageOf, rigError } from "../../../errors.ts";
import type { FunctionWay } from "../../function-way.ts";
import type { DeployedFunction } from "../../functions/functions-layer.ts";
import { FUNCTION_PORT, LABEL_FUNCTION } from "../../functions/manifests.ts";
import { podReady } from "../../functions/pod-observer.ts";
import { type RunningWatch, follow, untilListed } from "../../kube/watch.ts";

/** A port of this machine's loopback whose connections end in the pods of one function, one after the other. */
class FunctionForward {
  private readonly kube: KubeConfig;
  private readonly namespace: string;
  private readonly forward: PortForward;
  private readonly ready = new Map<string, string>();
  private readonly sockets = new Set<Socket>();
  private readonly watch: RunningWatch;
  private readonly server: Server;
  private readonly onTrouble: (what: string) => void;
  private next = 0;

  constructor(kube: KubeConfig, namespace: string, fn: string, onTrouble: (what: string) => void) {
    this.onTrouble = onTrouble;
    this.kube = kube;
    this.namespace = namespace;
    this.forward = new PortForward(kube);
    const core = this.kube.makeApiClient(CoreV1Api);
    const labelSelector = `${LABEL_FUNCTION}=${fn}`;
    this.watch = follow<V1Pod>(
      kube,
      `/api/v1/namespaces/${namespace}/pods`,
      () => core.listNamespacedPod({ namespace, labelSelector }),
      { onEvent: (event, pod) => this.onPod(event, pod) },
      { labelSelector },
    );
    this.server = createServer((socket) => void this.lead(socket));
  }

  async open(): Promise<number> {
    await untilListed([this.watch]);
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.watch.stop();
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private onPod(event: string, pod: V1Pod): void {
    const { uid = "", name = "", deletionTimestamp } = pod.metadata ?? {};
    if (event !== "DELETED" && podReady(pod) && deletionTimestamp === undefined) this.ready.set(uid, name);
    else this.ready.delete(uid);
  }

  /** As a Service does: by turns, to those that are ready. A connection that leads nowhere is reset. */
  private async lead(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const pods = [...this.ready.values()];
    const pod = pods[this.next++ % Math.max(1, pods.length)];
    if (pod === undefined) return void socket.resetAndDestroy();
    const trouble = (what: string): void => {
      this.onTrouble(what);
      if (!socket.destroyed) socket.resetAndDestroy();
    };
    const refused = new Writable({
      write(words: Buffer, _encoding, done) {
        // The stream begins with the port alone, whose two bytes the library takes off.
        if (words.length > 0) trouble(words.toString("utf8"));
        done();
      },
    });
    try {
      const tunnel = await this.forward.portForward(
        this.namespace,
        pod,
        [FUNCTION_PORT],
        socket,
        refused,
        socket,
      );
      if (typeof tunnel === "function") return;
      tunnel.on("close", () => socket.end());
      tunnel.on("error", () => socket.destroy());
      socket.once("close", () => tunnel.close());
      if (socket.destroyed) tunnel.close();
    } catch (error) {
      // A failed upgrade is an event of the websocket library, with a message: `Unexpected server response: 403`.
      trouble((error as { message?: string }).message ?? messageOf(error));
    }
  }
}

/** Requests to functions as `kubectl port-forward` leads them: by the API server and the kubelet into the pod. */
export class ForwardWay implements FunctionWay {
  readonly described = "port-forward by the API server and the kubelet, whose time is part of every answer";
  /** Of the last connection that led nowhere. */
  trouble: string | undefined;
  private readonly kube: KubeConfig;
  private readonly namespace: string;
  private readonly forwards = new Map<string, { forward: FunctionForward; port: Promise<number> }>();

  constructor(kube: KubeConfig, namespace: string) {
    this.kube = kube;
    this.namespace = namespace;
  }

  async urlOf({ name, path, host }: DeployedFunction): Promise<string> {
    if (host !== undefined)
      throw rigError("NO_FORWARD", `${name} is behind a gateway of its functions layer`, {
        expected: "a function of the layer `deployment`",
        fix: "use `gateway: node`, or the gateway's address",
      });
    let known = this.forwards.get(name);
    if (!known) {
      const forward = new FunctionForward(this.kube, this.namespace, name, (what) => (this.trouble = what));
      known = { forward, port: forward.open() };
      this.forwards.set(name, known);
    }
    return `http://127.0.0.1:${await known.port}/${path}`;
  }

  close(): Promise<void> {
    for (const { forward } of this.forwards.values()) forward.close();
    this.forwards.clear();
    return Promise.resolve();
  }
}
