import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { goalsText } from './goals';
import { describeMachine } from './machine';
import { putSection } from './page';
import type { Report } from './report';
import { readIfThere, readResults, type Result } from './results';

/** The order of the page; sections it does not name come last. */
const order = ['goals', 'share-modules', 'share-sandbox', 'share-own', 'small', 'memory', 'large', 'database', 'cold-load'];

const emptyPage = `# Benchmarks

Written by \`npm run bench -- NAME --write\`; every section is of its own day. Figures are medians, ratios medians of pairs of runs
next to each other (A B, B A, …). Whole processes are measured from outside, start-up included, each into a new store on the same disk; peak memory is that
of the largest process. 1 MB is 1,000,000 bytes. Machines are noisy: read ratios, not seconds.
`;

/** The page `benchmarks.md` in a directory, and beside it `benchmarks.json` with the figures of all sections. */
export async function writeReport(report: Report, directory: string): Promise<void> {
  const [pageFile, resultsFile] = [join(directory, 'benchmarks.md'), join(directory, 'benchmarks.json')];
  const result = resultOf(report);
  const results = { ...(await readResults(resultsFile)), [report.section]: result };
  let page = (await readIfThere(pageFile)) ?? emptyPage;
  page = putSection(page, { name: report.section, text: reportText(report) }, order);
  page = putSection(page, { name: 'goals', text: goalsText(results) }, order);
  await writeFile(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(pageFile, page);
}

export function reportText(report: Report): string {
  const { date, machine, versions, tree, runs, command } = resultOf(report);
  const programs = Object.entries(versions).map(([program, version]) => `${program} ${version}`);
  return [
    `## ${report.title}`,
    '',
    `- ${date}, ${machine}; ${programs.join(', ')}`,
    `- tree: ${tree}`,
    `- ${runs} ${runs === 1 ? 'run' : 'runs'}: \`${command}\``,
    '',
    report.body,
  ].join('\n');
}

function resultOf({ versions, tree, runs, command, figures }: Report): Result {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    versions: { Node: process.versions.node, ...Object.fromEntries(versions) },
    tree,
    runs,
    command,
    figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(6))])),
  };
}
