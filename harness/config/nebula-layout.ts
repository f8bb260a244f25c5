/** How Nebula is laid out on a machine: the rig sets it up, faults change it. */
export const NEBULA_SERVICE = "nebula";
/** Nebula reads every YAML file in it, merges them and appends lists; on SIGHUP again. */
export const NEBULA_FOLDER = "/etc/edgeproof/nebula";
export const NEBULA_CONFIG = `${NEBULA_FOLDER}/config.yml`;
export const NEBULA_CERTIFICATE = `${NEBULA_FOLDER}/host.crt`;
export const NEBULA_INTERFACE = "nebula1";
/** nft's table that keeps the underlay away from the control ports; part of the rig, and not of a fault. */
export const CONTROL_PORTS_TABLE = "rig-control-ports";
export const NEBULA_LOG = "/var/log/edgeproof/nebula.log";
/** UDP, on every machine. */
export const NEBULA_PORT = 4242;
/** TCP, on nodes while `edgeproof characterize` measures bandwidth; Nebula's firewall lets other nodes in. */
export const CHARACTERIZE_PORT = 7460;
/** Nebula's `lighthouse.interval`: how often a machine tells the lighthouse where it is. */
export const LIGHTHOUSE_INTERVAL_SECONDS = 10;
export const OVERLAY_PREFIX = 24;
