import { KubeConfig } from "@kubernetes/client-node";

export function loadKubeconfig(path: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(path);
  return config;
}
