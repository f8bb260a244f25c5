import { readFileSync } from "node:fs";

import type { KubernetesObject } from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";

import { projectFile } from "../../../project.ts";

export interface OpenFaasParts {
  /** Namespaces of the gateway and of the functions; both are there already. */
  system: string;
  functions: string;
  /** Image references. */
  gateway: string;
  provider: string;
  /** Of the user `admin`. */
  password: string;
}

/** OpenFaaS as Kubernetes objects. */
export function openFaasManifests(parts: OpenFaasParts): KubernetesObject[] {
  const text = readFileSync(projectFile("fixtures/manifests/openfaas.yaml"), "utf8")
    .replaceAll("$SYSTEM", parts.system)
    .replaceAll("$FUNCTIONS", parts.functions)
    .replaceAll("$GATEWAY", parts.gateway)
    .replaceAll("$PROVIDER", parts.provider)
    .replaceAll("$PASSWORD", Buffer.from(parts.password).toString("base64"));
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}
