import { OperationFailure } from '../ssh/operation-failure.ts';
import type { LabService } from '../topology.ts';

/** Running services that depend on `name`, in the order to stop them: each after those that depend on it. */
export function runningDependents(services: LabService[], name: string): LabService[] {
  const direct = services.filter(({ dependencies = [] }) =>
    dependencies.some((each) => each.toLowerCase() === name.toLowerCase()),
  );
  const ordered = direct.flatMap((each) => [
    ...runningDependents(services, each.name),
    ...(each.state === 'Stopped' ? [] : [each]),
  ]);
  return [...new Set(ordered)];
}

/** Refuses, before anything is touched, what the script refuses: the same codes for the same reasons. */
export function requireRestartable(services: LabService[]): void {
  for (const { name, clusterResource, startMode } of services) {
    if (clusterResource) {
      const message = `The cluster resource ${clusterResource} owns the service ${name}.`;
      throw new OperationFailure('SERVICE_CLUSTERED', 'NotSpecified', message, name);
    }
    if (startMode === 'Disabled') {
      const message = `The service ${name} is disabled: it would not start again.`;
      throw new OperationFailure('SERVICE_DISABLED', 'NotSpecified', message, name);
    }
  }
}
