import type { PublicKey } from './keys.ts';
import type { Block, Section } from './model.ts';
import type { SealedReport } from './seal.ts';
import { commandBlocks } from './sections/commands.ts';
import { factBlocks } from './sections/facts.ts';
import { findingBlocks } from './sections/findings.ts';
import { gateBlocks } from './sections/gates.ts';
import { hashBlocks } from './sections/hashes.ts';
import { decisionBlocks, evidenceBlocks } from './sections/hosts.ts';
import { journalBlocks } from './sections/journal.ts';
import { readBlocks } from './sections/reads.ts';
import { stageBlocks } from './sections/stages.ts';

const noRecords: Block = {
  kind: 'text',
  cell: 'They are not here: this report was made on a machine that has no records of the migration. The worker keeps them in its records.folder; make the report there.',
};

/** Every section that has something to say, in the order of what people ask first. */
export function sectionsOf(sealed: SealedReport, signer: PublicKey | null): Section[] {
  const { status, records } = sealed.report;
  const sections: [string, string, Block[]][] = [
    ['stages', 'What happened', stageBlocks(status)],
    ['gates', 'Who said yes to what', gateBlocks(status)],
    ['facts', 'Before and after', factBlocks(status)],
    ['evidence', 'Evidence by host', evidenceBlocks(status)],
    ['decisions', 'What people asked for besides', decisionBlocks(status)],
    ['findings', 'Findings', findingBlocks(status)],
    ['journal', 'Journal of changes', journalBlocks(status)],
    ['commands', 'Commands', records ? commandBlocks(records, status) : [noRecords]],
    ['reads', 'Reads of the directory', records ? readBlocks(records) : [noRecords]],
    ['hashes', 'Hashes and signature', hashBlocks(sealed, signer)],
  ];
  return sections.flatMap(([id, title, blocks]) => (blocks.length > 0 ? [{ id, title, blocks }] : []));
}
