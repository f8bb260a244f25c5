import { API_PORT, POD_CIDR, SERVICE_CIDR } from "../../addresses.ts";
import { BIN_PATH } from "../../driver/node-paths.ts";
import type { Topology } from "../../../config/model.ts";
import type { NodeHandle, ServiceSpec } from "../../node-handle.ts";
import { type ClusterPki, FRONT_PROXY } from "./cluster-pki.ts";

const FOLDER = "/etc/edgeproof/kubernetes";
const DATASTORE = "/run/edgeproof/kine.sock";
const DATASTORE_FILE = "/var/lib/edgeproof/kine.db";
const file = (name: string): string => `${FOLDER}/${name}`;

export async function writeControlPlaneFiles(server: NodeHandle, pki: ClusterPki): Promise<void> {
  const secret = 0o600;
  await Promise.all([
    server.writeFile(file("ca.crt"), pki.ca),
    server.writeFile(file("apiserver.crt"), pki.apiServer.cert),
    server.writeFile(file("apiserver.key"), pki.apiServer.key, secret),
    server.writeFile(file("kubelet-client.crt"), pki.kubeletClient.cert),
    server.writeFile(file("kubelet-client.key"), pki.kubeletClient.key, secret),
    server.writeFile(file("front-proxy-ca.crt"), pki.frontProxy.ca),
    server.writeFile(file("front-proxy.crt"), pki.frontProxy.client.cert),
    server.writeFile(file("front-proxy.key"), pki.frontProxy.client.key, secret),
    server.writeFile(file("service-account.pub"), pki.serviceAccount.publicKey),
    server.writeFile(file("service-account.key"), pki.serviceAccount.privateKey, secret),
    server.writeFile(file("controller-manager.kubeconfig"), pki.kubeconfigs.controllerManager, secret),
    server.writeFile(file("scheduler.kubeconfig"), pki.kubeconfigs.scheduler, secret),
  ]);
}

/** Secrets of the cluster are in it, so it is there, empty, before SQLite would make it readable for everybody. */
export const prepareDatastore = (server: NodeHandle): Promise<void> =>
  server.writeFile(DATASTORE_FILE, "", 0o600);

/** K3s's own datastore: kine over SQLite, answering etcd's protocol on a unix socket. */
export const datastore = (): ServiceSpec => ({
  name: "kine",
  argv: [
    `${BIN_PATH}/kine`,
    `--endpoint=sqlite://${DATASTORE_FILE}?_journal=WAL&cache=shared&_busy_timeout=30000`,
    `--listen-address=unix://${DATASTORE}`,
    "--metrics-bind-address=0",
  ],
  readyPattern: "Kine available at",
});

export const apiServer = (overlay: string): ServiceSpec => ({
  name: "kube-apiserver",
  argv: [
    `${BIN_PATH}/kube-apiserver`,
    `--advertise-address=${overlay}`,
    "--bind-address=0.0.0.0",
    `--secure-port=${API_PORT}`,
    `--etcd-servers=unix://${DATASTORE}`,
    `--service-cluster-ip-range=${SERVICE_CIDR}`,
    `--tls-cert-file=${file("apiserver.crt")}`,
    `--tls-private-key-file=${file("apiserver.key")}`,
    `--client-ca-file=${file("ca.crt")}`,
    `--kubelet-client-certificate=${file("kubelet-client.crt")}`,
    `--kubelet-client-key=${file("kubelet-client.key")}`,
    `--kubelet-certificate-authority=${file("ca.crt")}`,
    `--service-account-key-file=${file("service-account.pub")}`,
    `--service-account-signing-key-file=${file("service-account.key")}`,
    // The aggregation layer: how the API server passes users on to what serves a part of the API, such as metrics.
    `--requestheader-client-ca-file=${file("front-proxy-ca.crt")}`,
    `--requestheader-allowed-names=${FRONT_PROXY}`,
    "--requestheader-username-headers=X-Remote-User",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    `--proxy-client-cert-file=${file("front-proxy.crt")}`,
    `--proxy-client-key-file=${file("front-proxy.key")}`,
    // Names of nodes are in no DNS: without it there are no logs and no exec.
    "--kubelet-preferred-address-types=InternalIP",
    "--service-account-issuer=https://kubernetes.default.svc",
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--anonymous-auth=false",
    "--allow-privileged=true",
    "--profiling=false",
  ],
  readyPattern: "Serving securely on",
});

export const controllerManager = (cluster: Topology["cluster"]): ServiceSpec => ({
  name: "kube-controller-manager",
  argv: [
    `${BIN_PATH}/kube-controller-manager`,
    `--kubeconfig=${file("controller-manager.kubeconfig")}`,
    `--authentication-kubeconfig=${file("controller-manager.kubeconfig")}`,
    `--authorization-kubeconfig=${file("controller-manager.kubeconfig")}`,
    `--cluster-cidr=${POD_CIDR}`,
    "--allocate-node-cidrs=false",
    `--service-account-private-key-file=${file("service-account.key")}`,
    `--root-ca-file=${file("ca.crt")}`,
    "--use-service-account-credentials=true",
    "--leader-elect=false",
    "--bind-address=127.0.0.1",
    `--node-monitor-grace-period=${cluster.nodeMonitorGracePeriodSeconds}s`,
    "--node-monitor-period=1s",
  ],
});

export const scheduler = (): ServiceSpec => ({
  name: "kube-scheduler",
  argv: [
    `${BIN_PATH}/kube-scheduler`,
    `--kubeconfig=${file("scheduler.kubeconfig")}`,
    `--authentication-kubeconfig=${file("scheduler.kubeconfig")}`,
    `--authorization-kubeconfig=${file("scheduler.kubeconfig")}`,
    "--leader-elect=false",
    "--bind-address=127.0.0.1",
  ],
});
