import { html } from "../../reports/html/markup.ts";
import { page, section } from "../../reports/html/page.ts";

export interface SiteRun {
  name: string;
  suite: string;
  topology: string;
  verdict: string;
  startedAt: number;
}

const row = ({ name, suite, topology, verdict, startedAt }: SiteRun) =>
  html`<tr>
    <td>${verdict}</td>
    <td><a href="runs/${name}/report.html">${name}</a></td>
    <td>${suite}</td>
    <td>${topology}</td>
    <td>${new Date(startedAt).toISOString().slice(0, 16).replace("T", " ")} UTC</td>
  </tr>`;

/** The first page of a site of reports: every run that is kept, newest first, and where trends and tests are. */
export const indexPage = (runs: readonly SiteRun[], allure: readonly string[]): string =>
  page(
    "edgeproof",
    html`<h1>edgeproof: ${runs[0] ? `${runs[0].verdict}, ${runs[0].suite}` : "no run yet"}</h1>
      <p>
        <a href="trend.html">Trend over all runs</a>${allure.map(
          (suite) => html` · <a href="allure/${suite}/index.html">Allure: ${suite}</a>`,
        )}
      </p>
      ${section(
        "Runs",
        "Newest first. A run that is broken says nothing about the system under test.",
        html`<table>
          <thead>
            <tr>
              <th>verdict</th>
              <th>run</th>
              <th>suite</th>
              <th>topology</th>
              <th>started</th>
            </tr>
          </thead>
          <tbody>
            ${runs.map(row)}
          </tbody>
        </table>`,
      )}`,
  );
