import { describe, expect, test } from 'vitest';
import { encodeSecurityDescriptor } from '../../../lab/formats/security-descriptor.ts';
import { setPrincipals } from '../../../lab/rules/dmsa.ts';
import { startMigration, undoMigration } from '../../../lab/rules/phases.ts';
import { octets } from '../../../src/directory/entry.ts';
import { attribute } from '../../../src/directory/schema.ts';
import { type Ace, right } from '../../../src/directory/security/ace.ts';
import { sidText } from '../../../src/directory/sid.ts';
import { differences } from '../../../src/domain/facts/compare.ts';
import {
  accountDn,
  addDmsa,
  dmsaDn,
  entryOf,
  failureOf,
  type InLab,
  imageOf,
  inLab,
  linked,
  migrationId,
  pair,
  principals,
  run,
} from '../in-lab.ts';

const began = '2025-06-01T08:00:00.000Z';
const at = (minutes: number) => new Date(Date.parse(began) + minutes * 60_000).toISOString();

function verifyInput({ target, plan }: InLab, until: string) {
  return { target, hosts: plan.hosts, until };
}

function observeInput(
  { target }: InLab,
  changes: { until?: string; everyMs?: number; digest?: string | null } = {},
) {
  return { target, until: at(60), everyMs: 600_000, digest: null, ...changes };
}

async function allJoin(world: InLab): Promise<void> {
  await setPrincipals(
    world.lab.dc,
    dmsaDn,
    world.plan.hosts.map((host) => host.computerSid),
  );
}

const ace = (kind: 'allow' | 'deny', sid: string): Ace => ({
  kind,
  flags: 0,
  mask: right.fullControl,
  sid,
});

async function setAces(world: InLab, ...aces: Ace[]): Promise<void> {
  const dacl = { revision: 2, aces };
  const descriptor = encodeSecurityDescriptor({ control: 0, owner: null, group: null, dacl, sacl: null });
  await world.store.replace(dmsaDn, { [attribute.principals]: [descriptor] });
}

describe('verifying principals', () => {
  test('fails for good where the link is gone', async () => {
    const world = await linked();
    await undoMigration(world.lab.dc, pair);
    const failure = await failureOf(run(world, 'verifyPrincipals', verifyInput(world, at(1))));
    expect(failure).toMatchObject({ type: 'STATE_UNEXPECTED', nonRetryable: true });
    expect(failure.message).toBe(`${accountDn}: account state 0, link none; dMSA state 0, link none`);
  });

  test('fails for good at its time, and names every host that is missing', async () => {
    const world = await linked();
    await setPrincipals(world.lab.dc, dmsaDn, [world.plan.hosts[1]!.computerSid]);
    const failure = await failureOf(run(world, 'verifyPrincipals', verifyInput(world, began)));
    expect(failure).toMatchObject({ type: 'PRINCIPAL_MISSING', nonRetryable: true });
    expect(failure.message).toBe(
      'fin01.lab.example, fin03.lab.example: not among the principals of the dMSA in its time',
    );
  });

  test.each([
    ['a twentieth of what is left', 10, 30_000],
    ['a minute at the most', 60, 60_000],
    ['a second at the least', 0.1, 1_000],
    ['what is left where that is less', 0.01, 600],
  ])('is not due before that, and looks again after %s', async (_what, minutes, delay) => {
    const world = await linked();
    const failure = await failureOf(run(world, 'verifyPrincipals', verifyInput(world, at(minutes))));
    expect(failure).toMatchObject({ type: 'NOT_DUE', nonRetryable: false, nextRetryDelay: delay });
    expect(failure.category).toBe('BENIGN');
  });

  test('ends at once when every host is there, with everybody who may fetch, by name', async () => {
    const world = await linked();
    const kiosk = world.lab.seeded.computerSids.get('kiosk07.lab.example')!;
    const sids = [...world.plan.hosts.map((host) => host.computerSid), kiosk, 'S-1-5-21-9-9-9-9'];
    await setPrincipals(world.lab.dc, dmsaDn, sids);
    const found = await run(world, 'verifyPrincipals', verifyInput(world, began));
    expect(found.principals.map(({ name, kind }) => `${name} ${kind}`).sort()).toEqual([
      'FIN01$ computer',
      'FIN02$ computer',
      'FIN03$ computer',
      'KIOSK07$ computer',
      'null foreign',
    ]);
    expect(found.readAt).toBe(began);
    expect(found.digest).toBe((await imageOf(world)).dmsa.principalsDigest);
  });
});

describe('hosts in groups', () => {
  const groupDn = 'CN=Finance Servers,CN=Users,DC=lab,DC=example';
  /** A group with these hosts and computers in it. */
  async function withGroup(...members: string[]) {
    const world = await linked();
    const objectClass = ['group'];
    const member = members.map((name) => `CN=${name},CN=Computers,DC=lab,DC=example`);
    await world.store.add(groupDn, { objectClass, sAMAccountName: ['Finance Servers'], member });
    const sid = sidText(octets((await world.store.read(groupDn))!, 'objectSid')!);
    const hosts = world.plan.hosts.map((host) => host.computerSid);
    return { world, sid, hosts };
  }

  test('a host that a refusal of its group keeps out is missing, though it has joined, and is told so', async () => {
    const { world, sid, hosts } = await withGroup('FIN02');
    await setAces(world, ace('deny', sid), ...hosts.map((host) => ace('allow', host)));
    const failure = await failureOf(run(world, 'verifyPrincipals', verifyInput(world, began)));
    expect(failure.message).toBe(
      'fin02.lab.example (refused): not among the principals of the dMSA in its time',
    );
    await setAces(world, ...hosts.map((host) => ace('allow', host)), ace('deny', sid));
    const found = await run(world, 'verifyPrincipals', verifyInput(world, began));
    expect(found.principals).toHaveLength(3);
  });

  test('hosts that a group lets in are there, and the group says whom it leads to', async () => {
    const { world, sid, hosts } = await withGroup('FIN01', 'FIN02', 'FIN03', 'KIOSK07');
    await setPrincipals(world.lab.dc, dmsaDn, [sid]);
    const [canary] = world.plan.hosts;
    const input = { ...verifyInput(world, began), hosts: [canary!], planHosts: hosts };
    const { principals } = await run(world, 'verifyPrincipals', input);
    expect(principals).toEqual([
      {
        sid,
        name: 'Finance Servers',
        kind: 'group',
        leadsTo: {
          hosts: [...hosts].sort(),
          others: 1,
          names: ['KIOSK07$'],
          digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      },
    ]);
  });

  test('what an observation sees of a group is told by the plan’s hosts, too', async () => {
    const { world, sid, hosts } = await withGroup('FIN01');
    await setPrincipals(world.lab.dc, dmsaDn, [sid]);
    const seen = await run(world, 'observe', { ...observeInput(world), planHosts: hosts });
    expect(seen).toMatchObject({ principals: [{ leadsTo: { hosts: [hosts[0]], others: 0 } }] });
  });
});

describe('undoing the link of a dMSA that was there before', () => {
  test('gives back grants, and makes none of what had a condition; what is lost is told', async () => {
    const world = await inLab();
    await addDmsa(world, 'made by hand');
    const [before, conditional, refused] = world.plan.hosts.map((host) => host.computerSid);
    const joined = world.lab.seeded.computerSids.get('kiosk07.lab.example')!;
    const grant = ace('allow', before!);
    const onCondition: Ace = {
      ...ace('allow', conditional!),
      kind: 'allow-callback',
      applicationData: Buffer.from('artx'),
    } as Ace;
    await setAces(world, ace('deny', refused!), grant, onCondition);
    const image = { ...(await imageOf(world)), createdByUs: false };
    await startMigration(world.lab.dc, pair);
    await setAces(world, ace('deny', refused!), grant, onCondition, ace('allow', joined));
    await run(world, 'undoLink', {
      migrationId,
      target: world.target,
      entry: entryOf(world, 'link', image, 'applied'),
    });
    expect(await principals(world)).toEqual([before]);
    const facts = (dmsa: typeof image.dmsa) => ({ account: image.account, dmsa, hosts: [] });
    const lost = differences(facts(image.dmsa), facts((await imageOf(world)).dmsa));
    expect(lost.map(({ path }) => path)).toEqual(
      expect.arrayContaining([`dmsa.principals.${conditional}`, `dmsa.accessRules.${refused}`]),
    );
  });
});

describe('observing', () => {
  async function observed() {
    const world = await linked();
    await allJoin(world);
    const { digest } = await run(world, 'verifyPrincipals', verifyInput(world, began));
    return { world, digest };
  }

  test('fails for good where the link is no longer what it was', async () => {
    const { world, digest } = await observed();
    await world.store.replace(accountDn, { [attribute.accountState]: ['2'] });
    const failure = await failureOf(run(world, 'observe', observeInput(world, { digest })));
    expect(failure).toMatchObject({ type: 'STATE_UNEXPECTED', nonRetryable: true });
    expect(failure.message).toBe(
      `${accountDn}: while observing: account state 2, link ${dmsaDn}; dMSA state 1, link ${accountDn}`,
    );
  });

  test.each([
    ['every ten minutes while more is left', 600_000, 600_000],
    ['at its end where that is sooner', 7_200_000, 3_600_000],
  ])('is not due while nothing changes, and looks again %s', async (_what, everyMs, delay) => {
    const { world, digest } = await observed();
    const failure = await failureOf(run(world, 'observe', observeInput(world, { digest, everyMs })));
    expect(failure).toMatchObject({ type: 'NOT_DUE', nonRetryable: false, nextRetryDelay: delay });
    expect(failure.category).toBe('BENIGN');
    expect(failure.message).toBe('waiting for the observation to end');
  });

  test('has elapsed at its end and after it, not a millisecond before', async () => {
    const { world, digest } = await observed();
    world.clock.now = new Date(Date.parse(at(60)) - 1);
    expect(await failureOf(run(world, 'observe', observeInput(world, { digest })))).toMatchObject({
      nextRetryDelay: 1,
    });
    for (const minutes of [60, 90]) {
      world.clock.now = new Date(at(minutes));
      expect(await run(world, 'observe', observeInput(world, { digest }))).toEqual({ verdict: 'elapsed' });
    }
  });

  test('ends early when the principals change, even at its end: who they are, since when', async () => {
    const { world, digest } = await observed();
    await setPrincipals(world.lab.dc, dmsaDn, [world.plan.hosts[0]!.computerSid]);
    for (const minutes of [5, 60]) {
      world.clock.now = new Date(at(minutes));
      const seen = await run(world, 'observe', observeInput(world, { digest }));
      expect(seen).toEqual({
        verdict: 'principals-changed',
        principals: [{ sid: world.plan.hosts[0]!.computerSid, name: 'FIN01$', kind: 'computer' }],
        digest: (await imageOf(world)).dmsa.principalsDigest,
        readAt: at(minutes),
      });
    }
  });

  test('of a dMSA without principals: none is what it compares with', async () => {
    const world = await linked();
    expect(await failureOf(run(world, 'observe', observeInput(world)))).toMatchObject({ type: 'NOT_DUE' });
  });
});
