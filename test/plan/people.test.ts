import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MemoryStore } from '../../lab/directory/memory-store.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { defaultTopology } from '../../lab/topology.ts';
import { connectionsOf } from '../../src/connections.ts';
import { type Directory, withDirectory } from '../../src/directory/directory.ts';
import { octets } from '../../src/directory/entry.ts';
import { equals } from '../../src/directory/filters.ts';
import { sidText } from '../../src/directory/sid.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { personOf } from '../../src/domain/plan/people.ts';
import { makePlan, type PlanningResult } from '../../src/plan/make-plan.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import { findPeople } from '../../src/plan/people.ts';
import { type PlanRequest, parseRequest } from '../../src/plan/request.ts';

const users = 'CN=Users,DC=lab,DC=example';
const domain = { dnsName: 'lab.example', netbiosName: 'LAB' };

let lab: Lab;
let store: MemoryStore;
const sids: Record<string, string> = {};

beforeAll(async () => {
  lab = await startLab({ topology: defaultTopology({ restartMs: 0 }) });
  store = lab.dc.store as MemoryStore;
  await add('Robert Smith', { sAMAccountName: ['rsmith'], userPrincipalName: ['Robert.Smith@corp.example'] });
  await add('René', { sAMAccountName: ['Rene\u0301'], userPrincipalName: ['rene.d@corp.example'] });
  await add('No UPN', { sAMAccountName: ['plain'] });
  await add('staff', { objectClass: ['group'], sAMAccountName: ['staff'] });
});
afterAll(() => lab.close());

async function add(name: string, attributes: Record<string, string[]>): Promise<void> {
  const dn = `CN=${name},${users}`;
  await store.add(dn, { objectClass: ['user'], ...attributes });
  const sid = octets((await store.read(dn))!, 'objectSid');
  if (sid) sids[name] = sidText(sid);
}

const connections = () => connectionsOf(lab.settings);
const found = (...written: string[]) =>
  withDirectory(connections().connectDirectory, {}, (directory) => findPeople(directory, written, domain));

describe('a name that the directory has no person for is a finding', () => {
  const fix = 'Write DOMAIN\\name of an account in the domain; people of another forest cannot be looked up.';
  const unknown = 'nothing in lab.example answers to it';
  test.each([
    ['nobody', unknown],
    ['LAB\\nobody', unknown],
    ['rsmith@corp.example', `${unknown}; corp.example is no UPN suffix of the forest`],
    ['OTHER\\rsmith', 'OTHER is the name of no domain in the forest, and of none that it trusts'],
    ['LAB\\staff', `CN=staff,${users} is a group: only its members' own names vote`],
    ['FIN01$', 'CN=FIN01,CN=Computers,DC=lab,DC=example is no account of a person'],
  ])('%s', async (written, evidence) => {
    expect(await found(written)).toEqual({
      people: [],
      findings: [{ code: 'PERSON_UNKNOWN', severity: 'warn', subject: written, evidence, fix }],
    });
  });

  test('once, as it is written first, in however many spellings it comes again', async () => {
    const { findings } = await found('LAB\\Nobody', 'nobody', 'NOBODY@lab.example', 'nobody');
    expect(findings.map(({ subject }) => subject)).toEqual(['LAB\\Nobody']);
  });

  test('but what is no name in the domain is left to the plan, which refuses it', async () => {
    expect(await found('.\\bob', '', 'bob@', `CN=bob,${users}`, 'CN=bob,')).toEqual({
      people: [],
      findings: [],
    });
  });
});

describe('a person is one account, by every name that AD logs it on with', () => {
  const names = ['rsmith@lab.example', 'robert.smith@corp.example'];

  test.each([
    'rsmith',
    'LAB\\RSmith',
    'lab.example\\rsmith',
    'rsmith@LAB.example',
    'robert.smith@corp.example',
  ])('%s', async (written) => {
    const { people, findings } = await found(written);
    expect({ people, findings }).toEqual({ people: [{ sid: sids['Robert Smith'], names }], findings: [] });
    for (const each of ['rsmith', 'LAB\\rsmith', 'rsmith@lab.example', 'ROBERT.SMITH@corp.example'])
      expect(personOf(each, { domain, people })).toBe('rsmith@lab.example');
  });

  test('under several names at once', async () => {
    const { people } = await found('Robert.Smith@CORP.example', 'plain', 'LAB\\rsmith');
    expect(people).toEqual([
      { sid: sids['Robert Smith'], names },
      { sid: sids['No UPN'], names: ['plain@lab.example'] },
    ]);
  });

  test('also under spellings that AD takes for the same: it ignores marks, where the lab does not', async () => {
    const written = ['rene', 'LAB\\RENÉ', 'Rene\u0301', 'rene.d@corp.example'];
    const { people } = await withDirectory(connections().connectDirectory, {}, (directory) => {
      const filter = equals.text('sAMAccountName', 'Rene\u0301');
      const search: Directory['search'] = (base, options) => directory.search(base, { ...options, filter });
      return findPeople({ ...directory, rootDse: () => directory.rootDse(), search }, written, domain);
    });
    expect(people.map(({ sid }) => sid)).toEqual([sids.René]);
    const identities = written.map((each) => personOf(each, { domain, people }));
    expect(new Set(identities)).toEqual(new Set(['rené@lab.example']));
  });
});

describe('dmsa plan', () => {
  let updates: number;
  beforeEach(() => {
    updates = store.updates;
  });

  function planned(changes: Partial<PlanRequest>): Promise<PlanningResult> {
    const required = { account: 'svc-finance', dmsa: 'dmsa-finance', requestedBy: 'LAB\\alice' };
    const request = parseRequest({ ...required, hosts: ['fin01.lab.example'], ...changes });
    return makePlan(request, connections());
  }
  const approvers = (...complete: string[]) => ({ approvers: { start: [], complete } });

  async function expectRefused(changes: Partial<PlanRequest>, message: string): Promise<void> {
    const refusal = await planned(changes).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DmsaError);
    expect(refusal).toMatchObject({ code: 'ARGUMENT_INVALID', message });
    expect(store.updates).toBe(updates);
  }

  test('refuses two names of one account as two approvers, and says how many people may', async () => {
    const twoNames = approvers('LAB\\rsmith', 'robert.smith@corp.example');
    await expectRefused(
      { ...twoNames, required: 2 },
      'gates.complete.approvers: 2 have to approve and only 1 besides the requester may: list more approvers',
    );
    expect((await planned(twoNames)).plan).not.toBeNull();
    const three = approvers('LAB\\rsmith', 'robert.smith@corp.example', 'bob');
    expect((await planned({ ...three, required: 2 })).plan!.gates.complete.required).toBe(2);
  });

  test('refuses the requester as the only approver, under the other name, too', async () => {
    const message =
      'gates.complete.approvers: 1 have to approve and only 0 besides the requester may: list more approvers';
    const [byUpn, byName] = ['robert.smith@corp.example', 'LAB\\rsmith'];
    await expectRefused({ requestedBy: byName, ...approvers(byUpn) }, message);
    await expectRefused({ requestedBy: byUpn, ...approvers(byName) }, message);
    expect((await planned({ requestedBy: byUpn, ...approvers(byName, 'bob') })).plan).not.toBeNull();
  });

  test.each(['sid', 'guid', 'dn'] as const)('takes no %s for a person, who has a name', async (form) => {
    const written = {
      sid: sids['Robert Smith']!,
      guid: '0f8fad5b-d9cb-469f-a165-70867728950e',
      dn: `CN=Robert Smith,${users}`,
    }[form];
    const message = `gates.complete.approvers: "${written}" is no name in the domain: write DOMAIN\\name or name@domain`;
    await expectRefused(approvers(written, 'bob'), message);
  });

  test('warns of a group and of a name that nobody has, and keeps whom it knows, with their names', async () => {
    const { plan, findings } = await planned({
      ...approvers('LAB\\staff', 'nobody', 'robert.smith@corp.example'),
      requestedBy: 'alice',
    });
    expect(
      findings
        .filter(({ code }) => code === 'PERSON_UNKNOWN')
        .map(({ subject, severity }) => [severity, subject]),
    ).toEqual([
      ['warn', 'LAB\\staff'],
      ['warn', 'nobody'],
    ]);
    expect(plan!.people!.map(({ names }) => names)).toEqual([
      ['alice@lab.example'],
      ['rsmith@lab.example', 'robert.smith@corp.example'],
    ]);
    expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
    expect(store.updates).toBe(updates);
  });
});
