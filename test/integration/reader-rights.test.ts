import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeSecurityDescriptor, withAce } from '../../lab/formats/security-descriptor.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { createDmsa, setPrincipals } from '../../lab/rules/dmsa.ts';
import { startMigration } from '../../lab/rules/phases.ts';
import { defaultTopology } from '../../lab/topology.ts';
import { connectionsOf } from '../../src/connections.ts';
import { octets, text } from '../../src/directory/entry.ts';
import { guidText } from '../../src/directory/guid.ts';
import { right } from '../../src/directory/security/ace.ts';
import { decodeSecurityDescriptor } from '../../src/directory/security/security-descriptor.ts';
import { sidText } from '../../src/directory/sid.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { preflight } from '../../src/inspection/preflight.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { parseRequest } from '../../src/plan/request.ts';
import type { Ports } from '../../src/ports.ts';
import { describeWithSamba, reserveSamba } from '../support/samba.ts';

const base = 'DC=lab,DC=example';
const reader = `CN=reader,CN=Users,${base}`;
const password = 'Passw0rd!reader';
/** RIGHT_DS_CONTROL_ACCESS: what it takes to read a confidential attribute (MS-ADTS 5.1.3.2 and 3.1.1.4.4). */
const controlAccess = 0x100;
const schema = `CN=Schema,CN=Configuration,${base}`;

/** docs/rights.md says what an ordinary account sees: here a real AD DC says so. */
describeWithSamba('an ordinary account reads', () => {
  let folder: string;
  let lab: Lab;
  let release: () => void;
  let admin: Ports;
  let ordinary: Ports;
  let plan: Plan;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-reader-'));
    const reserved = await reserveSamba();
    release = reserved.release;
    const topology = defaultTopology({ restartMs: 0 });
    lab = await startLab({ topology, directory: 'samba', samba: reserved.samba });
    const { store } = lab.dc;
    await store.add(reader, { objectClass: ['user'], sAMAccountName: ['reader'] });
    await store.replace(reader, { unicodePwd: [Buffer.from(`"${password}"`, 'utf16le')] });
    await store.replace(reader, { userAccountControl: ['512'] });
    const file = join(folder, 'password');
    await writeFile(file, password, { mode: 0o600 });
    const { urls, caFile } = lab.settings.directory;
    const directory = { urls, caFile, user: reader, password: { file } };
    admin = connectionsOf(lab.settings);
    ordinary = connectionsOf({ ...lab.settings, directory });
    const hosts = topology.hosts.map(({ name }) => name);
    const request = { account: 'svc-finance', dmsa: 'dmsa-finance', hosts, requestedBy: 'LAB\\alice' };
    plan = (await makePlan(parseRequest(request), admin)).plan!;
  });
  afterAll(async () => {
    await lab?.close();
    release?.();
    await rm(folder, { recursive: true });
  });

  const look = async (deps: Ports, expect: 'unlinked' | 'linked') => {
    const now = new Date().toISOString();
    const asked = { plan, gate: 'complete', expect, allowed: [], now, hosts: [] };
    const { facts, domain, findings } = await preflight(deps, asked, { eventsSince: null });
    const { kdsEffectiveAt, kdsKeys, ...rest } = domain;
    return { facts, domain: rest, kdsEffectiveAt, kdsKeys, codes: findings.map(({ code }) => code) };
  };

  test('everything that preflight does but when root keys become effective, before the link', async () => {
    const [all, seen] = [await look(admin, 'unlinked'), await look(ordinary, 'unlinked')];
    expect(seen.facts).toEqual(all.facts);
    expect(seen.domain).toEqual(all.domain);
    expect(all.codes).not.toContain('KDS_KEY_MISSING');
    expect(seen.codes).toEqual(['KDS_KEY_MISSING', ...all.codes]);
  });

  test('and after it: links, states, and the principals with their names', async () => {
    const { name, dnsHostName, container } = plan.dmsa;
    const created = await createDmsa(lab.dc, { name, dnsHostName, container, description: 'by hand' });
    const dmsa = created.distinguishedName;
    await startMigration(lab.dc, { dmsa, account: plan.account.dn, requestedBy: 'LAB\\someone' });
    await setPrincipals(
      lab.dc,
      dmsa,
      plan.hosts.map(({ computerSid }) => computerSid),
    );
    const [all, seen] = [await look(admin, 'linked'), await look(ordinary, 'linked')];
    expect(seen.facts).toEqual(all.facts);
    expect(seen.facts.dmsa!.principals.map((principal) => principal.name)).toEqual([
      'FIN01$',
      'FIN02$',
      'FIN03$',
    ]);
    expect(seen.facts.account).toMatchObject({ state: 1, supersededBy: dmsa });
  });

  test('the time of a root key once it is given that one attribute, and never the key', async () => {
    const { store } = lab.dc;
    const key = `CN=5f2e6c1a-8d43-4b7e-9a10-3c1de2f4a6b8,CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services,CN=Configuration,${base}`;
    const sid = sidText(octets((await store.read(reader))!, 'objectSid')!);
    const definition = (await store.read(`CN=ms-Kds-UseStartTime,${schema}`))!;
    const descriptor = decodeSecurityDescriptor(octets((await store.read(key))!, 'nTSecurityDescriptor')!);
    const given = withAce(descriptor, {
      kind: 'allow-object',
      flags: 0,
      mask: right.readProperty | controlAccess,
      sid,
      objectType: guidText(octets(definition, 'schemaIDGUID')!),
      inheritedObjectType: null,
    });
    await store.replace(key, { nTSecurityDescriptor: [encodeSecurityDescriptor(given)] });
    const { codes, kdsEffectiveAt } = await look(ordinary, 'linked');
    expect(codes).not.toContain('KDS_KEY_MISSING');
    expect(kdsEffectiveAt).toBe((await look(admin, 'linked')).kdsEffectiveAt);
    const directory = await ordinary.connectDirectory();
    const entry = (await directory.read(key, ['msKds-RootKeyData', 'msKds-UseStartTime']))!;
    await directory.close();
    expect(text(entry, 'msKds-UseStartTime')).toMatch(/^\d+$/);
    expect(octets(entry, 'msKds-RootKeyData')).toBeNull();
  });
});
