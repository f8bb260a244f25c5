/** Where the toolchain's binaries appear on every machine of a rig. */
export const BIN_PATH = "/opt/edgeproof/bin";
