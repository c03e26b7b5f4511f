import { createHash } from 'node:crypto';
import { access, mkdir, readdir, realpath, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startGuarded } from '../../../lab/processes/guarded.ts';
import { cacheFolder, makeAtomically } from '../../../lab/temporal/cache.ts';
import { downloadWithSdk } from '../../../lab/temporal/download.ts';
import { findOnPath } from '../../../lab/temporal/find-on-path.ts';

/** The time-skipping test server as a program: its port follows `args`. */
export interface TimeSkippingProgram {
  program: string;
  args: string[];
  /** File for an archive of loaded classes, with which Java starts three times as fast; null for a native program. */
  classes: string | null;
}

const version = '1.31.0';

/** Copies a project's dependencies; a version that the super POM of old and new Maven would not choose by chance. */
const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dmsa</groupId>
  <artifactId>test-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${version}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-nop</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`;

/**
 * Finds Temporal's time-skipping test server: in the cache, else at Maven Central with Java, else by the SDK's own
 * download. Throws an Error that says in one line what is missing.
 */
export async function findTimeSkippingProgram(report: (line: string) => void): Promise<TimeSkippingProgram> {
  const folder = join(cacheFolder(), `test-server-${version}`);
  const java = await findOnPath('java', process.env);
  const cached = await programIn(folder, java);
  if (cached) return cached;

  const maven = java && (await findOnPath('mvn', process.env));
  report(
    maven ? 'getting the time-skipping server by Maven, once' : 'downloading the time-skipping server, once',
  );
  await makeAtomically(folder, (temporary) => (maven ? copyByMaven(maven, temporary) : download(temporary)));
  return (await programIn(folder, java))!;
}

async function programIn(folder: string, java: string | null): Promise<TimeSkippingProgram | null> {
  const [downloaded] = await readdir(join(folder, 'download')).catch(() => []);
  if (downloaded) return { program: join(folder, 'download', downloaded), args: [], classes: null };
  const copied = await access(join(folder, 'lib')).then(
    () => true,
    () => false,
  );
  return java && copied ? await javaProgram(java, folder) : null;
}

/** The server is short-lived and one of several: it starts twice as fast without the optimising compiler. */
async function javaProgram(java: string, folder: string): Promise<TimeSkippingProgram> {
  const binary = await realpath(java);
  const { mtimeMs } = await stat(binary);
  // An archive is good for one build of Java alone.
  const build = createHash('sha256').update(`${binary} ${mtimeMs}`).digest('hex').slice(0, 12);
  const classPath = ['-cp', join(folder, 'lib', '*'), 'io.temporal.testserver.TestServer'];
  return {
    program: java,
    args: ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:-UsePerfData', ...classPath],
    classes: join(folder, `classes-${build}.jsa`),
  };
}

async function copyByMaven(maven: string, folder: string): Promise<string> {
  await writeFile(join(folder, 'pom.xml'), pom);
  const args = ['-q', '-B', '-f', join(folder, 'pom.xml'), copyDependencies];
  const options = ['-DincludeScope=runtime', `-DoutputDirectory=${join(folder, 'lib')}`];
  const { code, message } = await startGuarded(maven, [...args, ...options], { cwd: folder }).exited;
  if (code !== 0) throw new Error(`the time-skipping server cannot be had by Maven: ${message}`);
  return folder;
}

async function download(folder: string): Promise<string> {
  const target = join(folder, 'download');
  await mkdir(target);
  try {
    await downloadWithSdk('time-skipping', { folder: target, env: process.env });
    return folder;
  } catch {
    throw new Error('the time-skipping server needs Java and Maven, or a download from temporal.download');
  }
}
