import { childDn } from '../../src/directory/dn.ts';
import { controllerObjects, siteDn, siteObjects } from '../directory/forest.ts';
import type { DirectoryStore } from '../store.ts';
import type { LabController } from '../topology.ts';

export async function seedSites(store: DirectoryStore, names: string[]): Promise<void> {
  for (const name of names) {
    if (await store.read(siteDn(store.configurationDn, name))) continue;
    for (const { dn, attributes } of siteObjects(store.configurationDn, name))
      await store.add(dn, attributes);
  }
}

/** Writes a DC down: the one that serves the directory is there already, and is told what system it runs. */
export async function seedController(store: DirectoryStore, controller: LabController): Promise<void> {
  const { baseDn, configurationDn } = store;
  const shortName = controller.name.split('.')[0]!.toUpperCase();
  const computer = childDn('CN', shortName, `OU=Domain Controllers,${baseDn}`);
  const operatingSystemVersion = `10.0 (${controller.build})`;
  if (await store.read(computer)) {
    return await store.replace(computer, {
      operatingSystem: [controller.operatingSystem],
      operatingSystemVersion: [operatingSystemVersion],
      dNSHostName: [controller.name],
    });
  }
  const { domain, configuration } = controllerObjects({
    baseDn,
    configurationDn,
    schemaDn: childDn('CN', 'Schema', configurationDn),
    dnsHostName: controller.name,
    site: controller.site,
    isReadOnly: controller.readOnly,
    operatingSystem: controller.operatingSystem,
    operatingSystemVersion,
  });
  await seedSites(store, [controller.site]);
  for (const { dn, attributes } of [domain, ...configuration]) await store.add(dn, attributes);
}
