import { relative } from 'node:path';

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Rooms whose files take longest: with servers, real time, Samba or PowerShell. */
const slowRooms = [
  'test/lab/scenarios/',
  'test/activities/scripts/',
  'test/workflows/',
  'test/integration/',
  'test/docs/',
  'test/packaging/',
];

/** Runs slow files first, so that no worker is left alone with one at the end. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId, project }: TestSpecification) => {
      const path = relative(project.config.root, moduleId);
      const room = slowRooms.findIndex((each) => path.startsWith(each));
      return room < 0 ? slowRooms.length : room;
    };
    // Files of one project stay together: they share processes.
    const projects = [...new Set(sorted.map(({ project }) => project.name))];
    return projects.flatMap((name) =>
      sorted.filter(({ project }) => project.name === name).sort((one, other) => rank(one) - rank(other)),
    );
  }
}
