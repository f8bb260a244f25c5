/** One line of a metrics page. */
export interface MetricSample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

const ESCAPES: Readonly<Record<string, string>> = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

const labelsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, name, value]) => [
      name!,
      value!.includes("\\") ? value!.replace(/\\./g, (escape) => ESCAPES[escape] ?? escape) : value!,
    ]),
  );

const numberOf = (text: string): number =>
  text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : Number(text);

/**
 * The wanted lines of a page in Prometheus' text format, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/); an API server's page has tens of thousands of others.
 */
export function parseMetrics(text: string, wanted: ReadonlySet<string>): MetricSample[] {
  const found: MetricSample[] = [];
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const end = line.search(/[{\s]/);
    if (!wanted.has(line.slice(0, end))) continue;
    const [, name, labels = "", value] = LINE.exec(line) ?? [];
    if (name !== undefined && value !== undefined)
      found.push({ name, labels: labelsOf(labels), value: numberOf(value) });
  }
  return found;
}
