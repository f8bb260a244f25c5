import { KubeConfig } from "@kubernetes/client-node";

import { type EdgeproofError, rigError, usageError } from "../../errors.ts";
import { type ApiAnswer, type ApiCall, ApiRequests, succeeded } from "../kube/api-request.ts";
import { complaint } from "../kube/apply.ts";
import type { ChosenContext } from "./kubeconfig-copy.ts";

const LIMIT_MS = 15_000;

/** Calls of the API of a cluster that exists, with a limit of time and errors that say what to do. */
export class ClusterApi {
  readonly server: string;
  private readonly requests: ApiRequests;

  /** @param connections that are kept for many calls at once; by default each call has its own */
  constructor({ server, text }: ChosenContext, connections?: number) {
    const kube = new KubeConfig();
    kube.loadFromString(text);
    this.server = server;
    this.requests = new ApiRequests(kube, LIMIT_MS, connections);
  }

  /** @throws EdgeproofError for every answer that is not a success */
  async get<T>(path: string): Promise<T> {
    return this.taken<T>({ method: "GET", path });
  }

  async post<T>(path: string, body: object): Promise<T> {
    return this.taken<T>({ method: "POST", path, body });
  }

  /** Undefined where there is no such thing. */
  async find<T>(path: string): Promise<T | undefined> {
    const answer = await this.send({ method: "GET", path });
    if (answer.status === 404) return undefined;
    return this.parsed(answer, `GET ${path}`) as T;
  }

  /** @throws EdgeproofError only where there is no answer, or nobody may ask */
  async send(call: ApiCall): Promise<ApiAnswer> {
    let answer: ApiAnswer;
    try {
      answer = await this.requests.send(call);
    } catch (cause) {
      throw usageError("CLUSTER_CREDENTIALS", "the kubeconfig gives no credentials", {
        where: this.server,
        expected: "a certificate, a token, or a plugin that gives one",
        fix: "try `kubectl get nodes` with the same kubeconfig: its plugin may want a log-in",
        cause,
      });
    }
    if (answer.status === 0) throw this.unreachable(answer);
    if (answer.status === 401)
      throw usageError("CLUSTER_CREDENTIALS", "the API does not take the kubeconfig's credentials", {
        where: this.server,
        expected: "credentials that have not run out",
        fix: "log in again, or get a new kubeconfig",
      });
    return answer;
  }

  private async taken<T>(call: ApiCall): Promise<T> {
    return this.parsed(await this.send(call), `${call.method} ${call.path}`) as T;
  }

  private parsed(answer: ApiAnswer, what: string): unknown {
    if (succeeded(answer)) return JSON.parse(answer.body);
    throw rigError("CLUSTER_REFUSED", `the API refused: ${complaint(answer)}`, {
      where: `${what} at ${this.server}`,
    });
  }

  private unreachable({ cause }: ApiAnswer): EdgeproofError {
    return rigError("CLUSTER_UNREACHABLE", "the cluster's API does not answer", {
      where: this.server,
      expected: `an answer within ${LIMIT_MS / 1000} s`,
      fix: "check that this machine reaches it (VPN, firewall), and that the kubeconfig names the right server",
      cause,
    });
  }
}
