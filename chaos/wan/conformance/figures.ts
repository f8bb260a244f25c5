/** What was asked of a back end and what came of it; shown at the end where EDGEPROOF_FIGURES is set. */
export class Figures {
  private readonly rows: string[][] = [];
  private readonly title: string;

  constructor(title: string) {
    this.title = title;
  }

  add(what: string, asked: string | number, measured: number | string, unit = ""): void {
    const text = typeof measured === "number" ? String(Number(measured.toPrecision(4))) : measured;
    this.rows.push([what, `${asked} ${unit}`.trim(), `${text} ${unit}`.trim()]);
  }

  show(): void {
    if (!process.env.EDGEPROOF_FIGURES) return;
    const all = [["", "asked", "measured"], ...this.rows];
    const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)));
    console.log(`\n${this.title}`);
    for (const row of all)
      console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}`);
  }
}
