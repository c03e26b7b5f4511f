import type { PublicKey } from '../keys.ts';
import type { Block, Cell } from '../model.ts';
import type { SealedReport } from '../seal.ts';

/** Hashes to compare with what was approved and with the JSON report, and who signed. */
export function hashBlocks({ report, digest }: SealedReport, signer: PublicKey | null): Block[] {
  const { plan, gates, before, after } = report.hashes;
  const rows: [string, string | null][] = [
    ['Plan', plan],
    ...gates.map(({ name, hash }): [string, string | null] => [`Evidence at gate “${name}”`, hash]),
    ['Directory and hosts before', before],
    ['Directory and hosts after', after],
    ['This report', digest],
  ];
  return [
    {
      kind: 'table',
      name: 'hashes',
      titles: ['Of', 'SHA-256'],
      rows: rows.flatMap(([of, hash]) => (hash ? [{ cells: [of, { code: hash }] }] : [])),
    },
    { kind: 'text', cell: signatureText(signer) },
  ];
}

export function signatureText(signer: PublicKey | null): Cell {
  if (!signer)
    return 'This report is not signed: whoever changed it could have made hashes that fit. With worker.signing-key-file, reports are signed.';
  return `The JSON report is signed with the key “${signer.kid}”, thumbprint ${signer.thumbprint}. “dmsa verify report.json --key worker.jwk” checks it offline; this page alone proves nothing.`;
}
