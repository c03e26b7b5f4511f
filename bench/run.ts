import { parseArgs } from 'node:util';

/**
 * `npm run bench`: figures printed side by side, from one run on one machine; nothing is asserted.
 * `npm run bench -- --only directory,descriptors` runs some parts alone.
 */
const parts: Record<string, () => Promise<void>> = {
  migrations: async () => (await import('./migrations.ts')).migrations(),
  rollout: async () => (await import('./rollout.ts')).rollout(),
  directory: async () => (await import('./directory.ts')).directory(),
  searches: async () => (await import('./searches.ts')).searches(),
  descriptors: async () => (await import('./descriptors.ts')).descriptors(),
};

const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
const wanted = only?.split(',') ?? Object.keys(parts);
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`--only ${unknown.join(', ')}: there is ${Object.keys(parts).join(', ')}`);
  process.exitCode = 2;
} else {
  for (const name of wanted) await parts[name]!();
}
