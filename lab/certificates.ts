import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';

import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import * as x509 from '@peculiar/asn1-x509';

import { Elements, element } from './ldap/ber.ts';

/** PEM text of a certificate and its private key. */
export interface Certificate {
  certificate: string;
  privateKey: string;
}

interface Contents {
  subject: string;
  issuer: string;
  issuerKey: KeyObject;
  publicKey: KeyObject;
  now: Date;
  extensions: x509.Extension[];
}

const dayMs = 24 * 60 * 60 * 1000;
/** Long enough for a lab whose clock skips weeks ahead. */
const validityMs = 3650 * dayMs;
const authorityName = 'DMSA Lab CA';
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';
const commonName = '2.5.4.3';
const utf8String = 0x0c;
/** szOID_NT_PRINCIPAL_NAME. */
const principalNameType = '1.3.6.1.4.1.311.20.2.3';

/** A certification authority that exists for one lab. `now` is when it starts to be valid, less a day for slow clocks. */
export function createAuthority(now: Date): Certificate {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = issue({
    subject: authorityName,
    issuer: authorityName,
    issuerKey: keys.privateKey,
    publicKey: keys.publicKey,
    now,
    extensions: [
      extension(x509.id_ce_basicConstraints, new x509.BasicConstraints({ cA: true }), true),
      extension(x509.id_ce_keyUsage, new x509.KeyUsage(x509.KeyUsageFlags.keyCertSign), true),
    ],
  });
  return { certificate, privateKey: pem(keys.privateKey) };
}

/** A server certificate for these DNS names, of which the first is also its common name, signed by the authority. */
export function issueServerCertificate(
  authority: Certificate,
  names: [string, ...string[]],
  now: Date,
): Certificate {
  const alternatives = names.map((dNSName) => new x509.GeneralName({ dNSName }));
  return issueFor(authority, names[0], alternatives, x509.id_kp_serverAuth, now);
}

/** A client certificate that names an account by its user principal name, as AD's own CA writes it (MS-WCCE 2.2.2.7.7.4). */
export function issueClientCertificate(
  authority: Certificate,
  principalName: string,
  now: Date,
): Certificate {
  const value = exactBuffer(element(utf8String, Buffer.from(principalName)));
  const otherName = new x509.OtherName({ typeId: principalNameType, value });
  const alternatives = [new x509.GeneralName({ otherName })];
  return issueFor(authority, principalName, alternatives, x509.id_kp_clientAuth, now);
}

/** The user principal name in a certificate, or null where it has none. */
export function principalNameOf(der: Buffer): string | null {
  const { extensions = [] } = AsnConvert.parse(exactBuffer(der), x509.Certificate).tbsCertificate;
  const found = extensions.find(({ extnID }) => extnID === x509.id_ce_subjectAltName);
  if (!found) return null;
  const names = AsnConvert.parse(found.extnValue.buffer, x509.SubjectAlternativeName);
  const name = names.find(({ otherName }) => otherName?.typeId === principalNameType)?.otherName;
  return name ? new Elements(Buffer.from(name.value)).take(utf8String).toString() : null;
}

function issueFor(
  authority: Certificate,
  subject: string,
  alternatives: x509.GeneralName[],
  purpose: string,
  now: Date,
): Certificate {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = issue({
    subject,
    issuer: authorityName,
    issuerKey: createPrivateKey(authority.privateKey),
    publicKey: keys.publicKey,
    now,
    extensions: [
      extension(x509.id_ce_subjectAltName, new x509.SubjectAlternativeName(alternatives), false),
      extension(x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage([purpose]), false),
    ],
  });
  return { certificate, privateKey: pem(keys.privateKey) };
}

function issue(contents: Contents): string {
  const publicKeyInfo = publicKeyInfoOf(contents.publicKey);
  const issuerInfo = publicKeyInfoOf(createPublicKey(contents.issuerKey));
  const algorithm = new x509.AlgorithmIdentifier({ algorithm: ecdsaWithSha256 });
  const toBeSigned = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer: nameOf(contents.issuer),
    validity: new x509.Validity({
      notBefore: new Date(contents.now.getTime() - dayMs),
      notAfter: new Date(contents.now.getTime() + validityMs),
    }),
    subject: nameOf(contents.subject),
    subjectPublicKeyInfo: publicKeyInfo,
    extensions: new x509.Extensions([
      ...contents.extensions,
      extension(x509.id_ce_subjectKeyIdentifier, new x509.SubjectKeyIdentifier(keyId(publicKeyInfo)), false),
      extension(
        x509.id_ce_authorityKeyIdentifier,
        new x509.AuthorityKeyIdentifier({ keyIdentifier: new x509.KeyIdentifier(keyId(issuerInfo)) }),
        false,
      ),
    ]),
  });
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(toBeSigned)), contents.issuerKey);
  const certificate = new x509.Certificate({
    tbsCertificate: toBeSigned,
    signatureAlgorithm: algorithm,
    signatureValue: exactBuffer(signature),
  });
  const lines = Buffer.from(AsnConvert.serialize(certificate)).toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines.trimEnd()}\n-----END CERTIFICATE-----\n`;
}

function extension(id: string, value: object, critical: boolean): x509.Extension {
  return new x509.Extension({
    extnID: id,
    critical,
    extnValue: new OctetString(AsnConvert.serialize(value)),
  });
}

function publicKeyInfoOf(key: KeyObject): x509.SubjectPublicKeyInfo {
  return AsnConvert.parse(key.export({ type: 'spki', format: 'der' }), x509.SubjectPublicKeyInfo);
}

/** The first way of RFC 5280 4.2.1.2: SHA-1 of the key's bits, a name and no protection. */
function keyId(info: x509.SubjectPublicKeyInfo): ArrayBuffer {
  return exactBuffer(createHash('sha1').update(Buffer.from(info.subjectPublicKey)).digest());
}

function nameOf(common: string): x509.Name {
  const value = new x509.AttributeValue({ utf8String: common });
  const attribute = new x509.AttributeTypeAndValue({ type: commonName, value });
  return new x509.Name([new x509.RelativeDistinguishedName([attribute])]);
}

/** Positive, not zero, and without a leading zero octet, as DER wants it. */
function serialNumber(): ArrayBuffer {
  const octets = randomBytes(16);
  octets[0] = (octets[0]! & 0x7f) | 0x40;
  return exactBuffer(octets);
}

function exactBuffer(octets: Buffer): ArrayBuffer {
  return new Uint8Array(octets).buffer;
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
