import { createPrivateKey, X509Certificate } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import {
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
  principalNameOf,
} from '../../lab/certificates.ts';

const now = new Date('2025-09-01T08:00:00Z');

describe('the certificates of a lab', () => {
  const authority = createAuthority(now);
  const ca = new X509Certificate(authority.certificate);
  const server = new X509Certificate(
    issueServerCertificate(authority, ['dc1.lab.example', 'lab.example'], now).certificate,
  );

  test('are not trusted by another authority, though it has the same name', () => {
    const other = new X509Certificate(createAuthority(now).certificate);
    expect(other.subject).toBe(ca.subject);
    expect(server.verify(other.publicKey)).toBe(false);
    expect(server.checkIssued(other)).toBe(false);
  });

  test('are signed by the authority, which is one, and the server is none', () => {
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(server.ca).toBe(false);
    expect(server.verify(ca.publicKey)).toBe(true);
    expect(server.checkIssued(ca)).toBe(true);
  });

  test('name the hosts they are for and no other', () => {
    expect(server.subjectAltName).toBe('DNS:dc1.lab.example, DNS:lab.example');
    expect(server.checkHost('dc2.lab.example')).toBeUndefined();
    expect(server.checkHost('dc1.lab.example')).toBe('dc1.lab.example');
  });

  test('are valid from the day before, for ten years', () => {
    expect(new Date(server.validFrom)).toEqual(new Date('2025-08-31T08:00:00Z'));
    expect(new Date(server.validTo)).toEqual(new Date('2035-08-30T08:00:00Z'));
  });

  test('carry the private key that belongs to them', () => {
    expect(ca.publicKey.asymmetricKeyType).toBe('ec');
    const issued = issueServerCertificate(authority, ['a.example'], now);
    expect(new X509Certificate(issued.certificate).checkPrivateKey(createPrivateKey(issued.privateKey))).toBe(
      true,
    );
  });

  test('of a client name an account by its user principal name, and of a server name none', () => {
    const issued = new X509Certificate(
      issueClientCertificate(authority, 'ünal@lab.example', now).certificate,
    );
    expect(principalNameOf(issued.raw)).toBe('ünal@lab.example');
    expect(issued.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(issued.verify(ca.publicKey)).toBe(true);
    expect(principalNameOf(server.raw)).toBeNull();
    expect(principalNameOf(ca.raw)).toBeNull();
  });
});
