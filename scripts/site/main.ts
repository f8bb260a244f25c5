// `npm run site -- --from DOWNLOADS --history FOLDER --output FOLDER`: a site of reports, for GitHub Pages.
import { parseArgs } from "node:util";
import { EdgeproofError } from "../../harness/errors.ts";
import { buildSite } from "./build-site.ts";

const USAGE = `Example:
  npm run site -- --from downloads --history history --output site

  --from <folder>     new runs, at any depth
  --history <folder>  carried from one site to the next; made if it is not there
  --output <folder>   where the site goes
  --keep <n>          runs to keep; 60 by default
  --site-url <url>    address of the published site
  --build-url <url>   address of the job

Exit codes: 0 the site is built, 3 a run cannot be published, 64 usage
`;

const text = { type: "string" } as const;

try {
  const { values } = parseArgs({
    options: {
      ...{ from: text, history: text, output: text, keep: { ...text, default: "60" } },
      ...{ "site-url": text, "build-url": text, help: { type: "boolean", short: "h" } },
    },
  });
  const { from, history, output } = values;
  const keep = Number(values.keep);
  if (values.help) process.stdout.write(USAGE);
  else if (from === undefined || history === undefined || output === undefined || !(keep >= 1)) {
    process.stderr.write(
      `error: --from, --history and --output are needed, and --keep is at least 1\n\n${USAGE}`,
    );
    process.exitCode = 64;
  } else {
    const urls = { siteUrl: values["site-url"], buildUrl: values["build-url"] };
    const { added, runs } = await buildSite({ from, history, output, keep, ...urls });
    process.stdout.write(`${added.length} runs are new, ${runs.length} on the site\n${output}/index.html\n`);
  }
} catch (error) {
  const known = error instanceof EdgeproofError;
  process.stderr.write(`${known ? error.format() : String(error)}\n`);
  process.exitCode = known ? error.exitCode : 64;
}
