import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Control } from 'ldapts';
import {
  descriptorForPrincipals,
  encodeSecurityDescriptor,
} from '../../../../lab/formats/security-descriptor.ts';
import { sdFlagsControl } from '../../../../lab/ldap/search.ts';
import { createDmsa, setPrincipals } from '../../../../lab/rules/dmsa.ts';
import { DomainController } from '../../../../lab/rules/domain-controller.ts';
import { addPrincipal } from '../../../../lab/rules/logon.ts';
import { type Samba, sambaClient, startSamba } from '../../../../lab/samba/samba.ts';
import { SambaStore } from '../../../../lab/samba/store.ts';
import { attribute } from '../../../../src/directory/schema.ts';
import { type Ace, right } from '../../../../src/directory/security/ace.ts';
import type { Acl } from '../../../../src/directory/security/acl.ts';
import type { SecurityDescriptor } from '../../../../src/directory/security/security-descriptor.ts';
import type { Sample } from './samples.ts';

/** `node test/directory/security/descriptors/collect.ts` writes samples.json anew: real ones out of a Samba domain, and made ones. */

const web01 = 'S-1-5-21-1004336348-1177238915-682003330-1201';
const web02 = 'S-1-5-21-1004336348-1177238915-682003330-1202';
const membership = '888eedd6-ce04-df40-b462-b8a50e41ba38';
const computerClass = 'bf967a86-0de6-11d0-a285-00aa003049e2';

/** Owner, group, DACL and SACL (MS-ADTS 3.1.1.3.4.1.11). */
class AllParts extends Control {
  constructor() {
    super(sdFlagsControl, { critical: true });
  }

  override writeControl(writer: Parameters<Control['write']>[0]): void {
    writer.writeBuffer(Buffer.from([0x30, 0x03, 0x02, 0x01, 0x0f]), 0x04);
  }
}

async function read(samba: Samba, dn: string, name: string): Promise<string> {
  const client = sambaClient(samba);
  await client.bind(samba.admin.user, samba.admin.password);
  const options = { scope: 'base' as const, attributes: [name], explicitBufferAttributes: [name] };
  const { searchEntries } = await client.search(dn, options, new AllParts());
  await client.unbind();
  return (searchEntries[0]![name] as Buffer).toString('hex');
}

async function fromSamba(): Promise<Sample[]> {
  const samba = await startSamba({ address: '127.0.0.57' });
  try {
    const store = await SambaStore.connect(samba);
    const dc = new DomainController(store, () => new Date());
    const container = `CN=Managed Service Accounts,${store.baseDn}`;
    const named = { name: 'dmsa-a', dnsHostName: 'a.lab.example', container, description: 'sample' };
    const { distinguishedName: dmsa } = await createDmsa(dc, named);
    await setPrincipals(dc, dmsa, [web01]);
    await addPrincipal(dc, (await store.read(dmsa))!, web02);
    const objects = {
      'the domain': store.baseDn,
      'CN=Users': `CN=Users,${store.baseDn}`,
      'the administrator, protected': `CN=Administrator,CN=Users,${store.baseDn}`,
      'the domain controller': `CN=DC1,OU=Domain Controllers,${store.baseDn}`,
      AdminSDHolder: `CN=AdminSDHolder,CN=System,${store.baseDn}`,
      'a dMSA': dmsa,
    };
    const samples: Sample[] = [];
    for (const [name, dn] of Object.entries(objects)) {
      const octets = await read(samba, dn, 'nTSecurityDescriptor');
      samples.push({ name: `nTSecurityDescriptor of ${name}`, source: 'Samba', knownToSamba: 'all', octets });
    }
    const octets = await read(samba, dmsa, attribute.principals);
    samples.push({
      name: `${attribute.principals} of a dMSA that a host joined`,
      source: 'Samba',
      knownToSamba: 'all',
      octets,
    });
    await store.close();
    return samples;
  } finally {
    await samba.close();
  }
}

/** What Samba writes for a text (MS-DTYP 2.5.1). */
function fromText(text: string): Sample {
  const program =
    'import sys; from samba.dcerpc import security; from samba.ndr import ndr_pack; ' +
    'sid = security.dom_sid("S-1-5-21-1004336348-1177238915-682003330"); ' +
    'print(ndr_pack(security.descriptor.from_sddl(sys.argv[1], sid)).hex())';
  const octets = execFileSync('/usr/bin/python3', ['-c', program, text]).toString().trim();
  return { name: text, source: 'samba.ndr', knownToSamba: 'all', octets };
}

function made(
  name: string,
  parts: Partial<SecurityDescriptor>,
  knownToSamba: Sample['knownToSamba'] = 'all',
): Sample {
  const none = { control: 0x8000, owner: 'S-1-5-32-544', group: null, dacl: null, sacl: null };
  const octets = encodeSecurityDescriptor({ ...none, ...parts }).toString('hex');
  return { name, source: 'made', knownToSamba, octets };
}

function madeSamples(): Sample[] {
  const trustee = { flags: 0, mask: right.fullControl, sid: web01 };
  const typed = { ...trustee, objectType: membership, inheritedObjectType: computerClass };
  const list = (...aces: Ace[]): Acl => ({ revision: 4, aces });
  const dacl = (...aces: Ace[]) => ({ dacl: list(...aces) });
  const allow: Ace = { kind: 'allow', ...trustee };
  const applicationData = Buffer.from('61727478f8020000', 'hex');
  return [
    {
      ...made('principals as they are written', {}),
      octets: descriptorForPrincipals([web01, web02]).toString('hex'),
    },
    made('no DACL', {}),
    made('a DACL that is said to be there and is not', { control: 0x8004 }),
    made('an empty DACL', dacl()),
    made('neither owner nor group', { owner: null, ...dacl(allow) }),
    made('owner, group, both lists', { group: 'S-1-5-18', sacl: list(), ...dacl(allow) }),
    made('a refusal first', dacl({ kind: 'deny', ...trustee, sid: web02 }, allow)),
    made('a refusal last', dacl(allow, { kind: 'deny', ...trustee, flags: 0x10 })),
    made(
      'object ACEs',
      dacl(
        { kind: 'allow-object', ...typed },
        { kind: 'deny-object', ...typed, objectType: null },
        { kind: 'allow-object', ...typed, inheritedObjectType: null },
        { kind: 'allow-object', ...typed, objectType: null, inheritedObjectType: null },
      ),
    ),
    made(
      'callback ACEs',
      dacl(
        { kind: 'allow-callback', ...trustee, applicationData },
        { kind: 'deny-callback', ...trustee, applicationData: Buffer.alloc(0) },
      ),
      'trustees',
    ),
    made(
      'callback object ACEs',
      dacl(
        { kind: 'allow-callback-object', ...typed, applicationData },
        { kind: 'deny-callback-object', ...typed, objectType: null, applicationData },
      ),
      'nothing',
    ),
    made(
      'a type that nobody knows',
      dacl({ kind: 'raw', type: 0x63, flags: 2, body: Buffer.from('00112233445566', 'hex') }, allow),
      'nothing',
    ),
    made('octets behind the SID', dacl({ kind: 'allow', ...trustee, extra: Buffer.alloc(4) }), 'trustees'),
    made(
      'lists before owner and group',
      { group: 'S-1-5-18', order: ['sacl', 'dacl', 'owner', 'group'], sacl: list(), ...dacl(allow) },
      'meaning',
    ),
    made('a list with room to grow', { dacl: { ...list(allow), slack: Buffer.alloc(12) } }, 'nothing'),
  ];
}

const samples = [
  ...(await fromSamba()),
  fromText('O:BAG:DUD:(A;;GR;;;WD)'),
  fromText(
    'O:DAG:DAD:PAI(D;;RPWP;;;AN)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(OA;CIIO;RP;bf967a86-0de6-11d0-a285-00aa003049e2;;AU)S:(AU;SAFA;WDWOSDWPCCDCSW;;;WD)',
  ),
  ...madeSamples(),
];
writeFileSync(new URL('samples.json', import.meta.url), `${JSON.stringify(samples, null, 2)}\n`);
