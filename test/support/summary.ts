/** `node summary.ts reports/tests.json`: what failed or was skipped, and last `N passed, N failed`. */
import { readFileSync } from 'node:fs';

/** What is needed of vitest's JSON report. */
export interface Report {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

export interface Summary {
  /** For people, the verdict last. */
  lines: string[];
  ok: boolean;
}

/** Skipped tests count as not ok: CI has everything that any test needs. So does a run without tests. */
export function summarise(report: Report): Summary {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed');
  const failed = tests.filter(({ status }) => status === 'failed');
  const skipped = tests.filter((test) => !passed.includes(test) && !failed.includes(test));
  // A file that cannot be loaded has no tests; one whose hooks fail has none that failed.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => failed.includes(test)),
  );
  const lines = [
    ...failed.map(({ fullName }) => `failed: ${fullName}`),
    ...broken.map(({ name, message }) => `failed: ${name}: ${message.split('\n')[0]}`),
    ...skipped.map(({ fullName }) => `skipped: ${fullName}`),
  ];
  const counts = [`${passed.length} passed`, `${failed.length + broken.length} failed`];
  if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
  const ok = passed.length > 0 && failed.length + broken.length + skipped.length === 0;
  return { lines: [...lines, counts.join(', ')], ok };
}

if (import.meta.main) {
  const { lines, ok } = summarise(read(process.argv[2]!));
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = ok ? 0 : 1;
}

/** A run that ended before it could report is one failure. */
function read(path: string): Report {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return { testResults: [{ name: path, status: 'failed', message: String(error), assertionResults: [] }] };
  }
}
