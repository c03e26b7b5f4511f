/** Bits of `msDS-SupportedEncryptionTypes` that name encryption types (MS-KILE 2.2.7); the others are features. */
const encryptionTypes: Record<string, number> = {
  'DES-CBC-CRC': 0x1,
  'DES-CBC-MD5': 0x2,
  'RC4-HMAC': 0x4,
  AES128: 0x8,
  AES256: 0x10,
};

const anyType = Object.values(encryptionTypes).reduce((all, bit) => all | bit);
const anyAes = 0x18;

/** True if AES is among the types. */
export function hasAes(types: number | null): boolean {
  return ((types ?? 0) & anyAes) !== 0;
}

/** True if an account is held to types without AES: with none at all the DC takes its own default. */
export function isHeldToWeak(types: number | null): boolean {
  return ((types ?? 0) & anyType) !== 0 && !hasAes(types);
}

/** As people read them: `RC4-HMAC, AES256 (0x14)`, `not set`. */
export function encryptionText(types: number | null): string {
  if (types === null) return 'not set';
  const names = Object.keys(encryptionTypes).filter((name) => (types & encryptionTypes[name]!) !== 0);
  return `${names.join(', ') || 'no type'} (0x${types.toString(16)})`;
}
