import type { Outcome } from "./load.ts";

/** One pod's way from being asked for to its first answer; undefined where it never got there. */
export interface PodTimeline {
  /** Name of the pod. */
  pod: string;
  /** Kubernetes' UID of it. */
  uid: string;
  /** Where it was scheduled. */
  node?: string;
  /** Class of that node. */
  deviceClass?: string;
  /** When the new replica count was sent, or the request or load began that made an autoscaler want the pod. */
  askedAt: number;
  /** The autoscaler wanted as many replicas as make this pod one of them. */
  decidedAt?: number;
  /** The API server made it. */
  createdAt?: number;
  /** It was given a node. */
  scheduledAt?: number;
  /** The kubelet said that the images are there. */
  imageAt?: number;
  /** Its container ran. */
  startedAt?: number;
  /** Kubernetes called it Ready. */
  readyAt?: number;
  /** An EndpointSlice had it as ready. */
  endpointAt?: number;
  /** It answered a request of the load. */
  firstAnswerAt?: number;
}

/** Replicas of a function at one moment. */
export interface ReplicaCount {
  /** When it was read. */
  at: number;
  /** What its Deployment asks for. */
  desired: number;
  /** Pods that exist, ending ones aside. */
  actual: number;
  /** Pods that are Ready. */
  ready: number;
}

/** A function that got more replicas, or fewer. */
export interface ScaleOut {
  /** Name of the phase. */
  phase: string;
  /** Replicas before. */
  from: number;
  /** Asked for, or what the load needs by its rate, its time in the function and the autoscaler's target. */
  to: number;
  /** When more were asked for, or the load began. */
  askedAt: number;
  /** The new pods. */
  pods: PodTimeline[];
  /** Once a second, for a scale-out that an autoscaler decided on. */
  replicas?: ReplicaCount[];
}

/** A request to a function that had no pod. */
export interface ColdStart {
  /** Name of the phase. */
  phase: string;
  /** Name of the function. */
  fn: string;
  /** From the first byte sent to the last received; of a request that was not answered, until it was given up. */
  durationMs: number;
  /** What became of the request. */
  outcome: Outcome;
  /** HTTP status, 0 if there was none. */
  status: number;
  /** When it was sent. */
  askedAt: number;
  /** Of the pod that answered; undefined where none did, or where it was not seen in the making. */
  pod?: PodTimeline;
  /** Node of the pod that answered; empty where none did. */
  node: string;
  /** Class of that node. */
  deviceClass: string;
  /** Time in the function itself, ms, by its own clock; 0 if it did not answer. */
  functionMs: number;
  /** Why this is no cold start, such as that the pod which answered is older than the request; empty if it is one. */
  excluded: string;
}
