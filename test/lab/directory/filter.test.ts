import { describe, expect, test } from 'vitest';
import { type Candidate, evaluate } from '../../../lab/directory/filter.ts';
import { element } from '../../../lab/ldap/ber.ts';
import { decodeFilter } from '../../../lab/ldap/filter-codec.ts';
import type { Value } from '../../../src/directory/entry.ts';
import { guidOctets } from '../../../src/directory/guid.ts';
import { sidOctets } from '../../../src/directory/sid.ts';
import { encodedFilter } from '../ldap/fixture.ts';

const entry: Record<string, Value[]> = {
  objectclass: ['top', 'user', 'computer'],
  cn: ['Web 01 (Bjørn)'],
  description: ['first', 'Second one'],
  useraccountcontrol: ['4098'],
  grouptype: ['-2147483646'],
  pwdlastset: ['133700000000000000'],
  objectsid: [sidOctets('S-1-5-21-1-2-3-1104')],
  objectguid: [guidOctets('0feb936f-47b3-49f2-9386-1dedc2c23765')],
  memberof: ['CN=Ops\\, all,DC=lab'],
  whencreated: ['20250901080000.0Z'],
};

const candidate: Candidate = {
  values: (name) =>
    name.toLowerCase() === 'msds-delegatedmsastate' ? null : (entry[name.toLowerCase()] ?? []),
  reaches: (name, dn) => name.toLowerCase() === 'memberof' && dn === 'CN=Far,DC=lab',
};

const result = (filter: string) => evaluate(decodeFilter(encodedFilter(filter)), candidate);

describe('a filter', () => {
  test.each([
    '(cn=web 02)',
    '(cn=*x*)',
    '(cn=01*)',
    '(cn=web 01*\\28bjørn\\29*\\29)',
    '(nothing=*)',
    '(!(objectClass=USER))',
    '(&(objectClass=user)(cn=x))',
    '(|(objectClass=group)(cn=x))',
    '(userAccountControl:1.2.840.113556.1.4.803:=4099)',
    '(userAccountControl:1.2.840.113556.1.4.804:=5)',
    '(userAccountControl>=4099)',
    '(userAccountControl<=999)',
    '(objectSid=S-1-5-21-1-2-3-1105)',
    '(memberOf:1.2.840.113556.1.4.1941:=CN=Near,DC=lab)',
    '(cn:1.2.840.113556.1.4.1941:=CN=Far,DC=lab)',
    '(whenCreated>=20250902000000.0Z)',
  ])('%s does not match', (filter) => {
    expect(result(filter)).not.toBe(true);
  });

  test.each([
    '(CN=web 01 \\28bjørn\\29)',
    '(cn~=WEB 01 \\28BJØRN\\29)',
    '(cn=web*01*\\28b*\\29)',
    '(cn=*)',
    '(cn:=web 01 \\28bjørn\\29)',
    '(description=second ONE)',
    '(!(nothing=x))',
    '(&(objectClass=user)(|(cn=x)(cn=web*)))',
    '(userAccountControl=04098)',
    '(userAccountControl:1.2.840.113556.1.4.803:=4096)',
    '(userAccountControl:1.2.840.113556.1.4.804:=3)',
    '(!(userAccountControl:1.2.840.113556.1.4.803:=512))',
    '(groupType:1.2.840.113556.1.4.803:=2147483648)',
    '(userAccountControl>=999)',
    '(pwdLastSet>=133700000000000000)',
    '(pwdLastSet<=133700000000000000)',
    '(objectSid=S-1-5-21-1-2-3-1104)',
    '(objectSid=\\01\\05\\00\\00\\00\\00\\00\\05\\15\\00\\00\\00\\01\\00\\00\\00\\02\\00\\00\\00\\03\\00\\00\\00\\50\\04\\00\\00)',
    '(objectGUID=\\6f\\93\\eb\\0f\\b3\\47\\f2\\49\\93\\86\\1d\\ed\\c2\\c2\\37\\65)',
    '(memberOf=cn=ops\\5c2c all, dc=LAB)',
    '(memberOf:1.2.840.113556.1.4.1941:=CN=Far,DC=lab)',
    '(whenCreated<=20250902000000.0Z)',
  ])('%s matches', (filter) => {
    expect(result(filter)).toBe(true);
  });

  test.each([
    ['an attribute that the schema lacks', '(msDS-DelegatedMSAState=0)'],
    ['a value that the syntax does not have', '(userAccountControl=many)'],
    ['a DN that is none', '(memberOf=nonsense)'],
    ['a rule that is not known', '(cn:1.2.3.4:=x)'],
    ['a bit rule on text', '(cn:1.2.840.113556.1.4.803:=1)'],
  ])('%s makes it undefined, and NOT does not make it true', (_, filter) => {
    expect(result(filter)).toBeNull();
    expect(result(`(!${filter})`)).toBeNull();
    expect(result(`(&(cn=*)${filter})`)).toBeNull();
    expect(result(`(|(cn=x)${filter})`)).toBeNull();
    expect(result(`(|(cn=*)${filter})`)).toBe(true);
    expect(result(`(&(cn=x)${filter})`)).toBe(false);
  });

  test('an empty AND is true, an empty OR is false (RFC 4526)', () => {
    expect(evaluate(decodeFilter({ tag: 0xa0, content: Buffer.alloc(0) }), candidate)).toBe(true);
    expect(evaluate(decodeFilter({ tag: 0xa1, content: Buffer.alloc(0) }), candidate)).toBe(false);
  });

  test('nested a hundred deep is refused before it can exhaust the stack', () => {
    let content = element(0x87, Buffer.from('cn'));
    for (let depth = 0; depth < 101; depth++) content = element(0xa2, content);
    expect(() => decodeFilter({ tag: 0xa2, content })).toThrow('a filter nested too deeply');
  });
});
