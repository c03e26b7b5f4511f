import { access, chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startGuarded } from '../../src/processes/guarded.ts';
import { cacheFolder, makeAtomically } from '../../src/temporal/cache.ts';
import { downloadWithSdk } from '../../src/temporal/download.ts';
import { findOnPath } from '../../src/temporal/find-on-path.ts';

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

/** The test server is short-lived and one of several: it starts twice as fast without the optimising compiler. */
const script = `#!/bin/sh
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@"
`;

/**
 * The executable of Temporal's time-skipping test server: from the cache, else Maven Central's with Java, else the
 * SDK's own download. Throws an Error that says in one line what is missing.
 */
export async function timeSkippingExecutable(report: (line: string) => void): Promise<string> {
  const folder = join(cacheFolder(), `test-server-${version}`);
  const executable = join(folder, 'run');
  const whole = await access(executable).then(
    () => true,
    () => false,
  );
  const java = await findOnPath('java', process.env);
  if (whole && (java || (await isDownload(folder)))) return executable;

  const maven = java && (await findOnPath('mvn', process.env));
  report(
    maven ? 'getting the time-skipping server by Maven, once' : 'downloading the time-skipping server, once',
  );
  await makeAtomically(folder, (temporary) => (maven ? copyByMaven(maven, temporary) : download(temporary)));
  return executable;
}

async function copyByMaven(maven: string, folder: string): Promise<string> {
  await writeFile(join(folder, 'pom.xml'), pom);
  const args = ['-q', '-B', '-f', join(folder, 'pom.xml'), copyDependencies];
  const options = ['-DincludeScope=runtime', `-DoutputDirectory=${join(folder, 'lib')}`];
  const { code, message } = await startGuarded(maven, [...args, ...options], { cwd: folder }).exited;
  if (code !== 0) throw new Error(`the time-skipping server cannot be had by Maven: ${message}`);
  await writeFile(join(folder, 'run'), script);
  await chmod(join(folder, 'run'), 0o755);
  return folder;
}

async function download(folder: string): Promise<string> {
  const work = join(folder, 'download');
  await mkdir(work);
  try {
    const file = await downloadWithSdk('time-skipping', { folder: work, env: process.env });
    await writeFile(
      join(folder, 'run'),
      `#!/bin/sh\nexec "$(dirname "$0")/download/${file.slice(work.length + 1)}" "$@"\n`,
    );
    await chmod(join(folder, 'run'), 0o755);
    return folder;
  } catch {
    throw new Error('the time-skipping server needs Java and Maven, or a download from temporal.download');
  }
}

async function isDownload(folder: string): Promise<boolean> {
  return await access(join(folder, 'download')).then(
    () => true,
    () => false,
  );
}
