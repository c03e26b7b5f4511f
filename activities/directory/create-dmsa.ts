import { fromOneDc } from '../../src/directory/directory.ts';
import { readDmsa } from '../../src/directory/read/read-account.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import type { DmsaFacts } from '../../src/domain/facts/facts.ts';
import { dmsaMark, dmsaSamAccountName, type Target } from '../../src/domain/plan/plan.ts';
import { type ActivityDeps, onManagementHost, readNow } from '../deps.ts';
import { requireTarget } from '../gates/of-the-plan.ts';
import { type Approval, requireApproval } from '../gates/require-approval.ts';
import { backward, type ChangeInput, forward, journalled } from '../recording/journal.ts';
import { attempt } from '../runtime.ts';
import { keeping, serverOf } from './pair.ts';
import { requireSettled } from './settled.ts';

/** AES256-CTS-HMAC-SHA1-96 in `msDS-SupportedEncryptionTypes` (MS-KILE 2.2.7). */
const aes256 = 0x10;

export interface CreateDmsaInput extends ChangeInput {
  target: Target;
  /** The votes behind it, where the plan lists keys of approvers. */
  approval?: Approval;
}

/**
 * Creates the dMSA in state 0 with AES256, marked in its description as created for this plan. On a retry the mark
 * is the evidence that an earlier attempt took effect. Reads back what was asked for: the module is known to ignore
 * encryption types (failure-cases.md, 19).
 *
 * Throws APPROVAL_MISSING, DMSA_NAME_TAKEN where another object holds the name, STATE_NOT_VERIFIED where the read disagrees.
 */
export async function createDmsa(
  deps: ActivityDeps,
  input: CreateDmsaInput,
): Promise<DmsaFacts & { server: string }> {
  const { target } = input;
  requireTarget(await requireApproval(deps, input, 'start'), target);
  const { name, dnsHostName, container } = target.dmsa;
  const description = dmsaMark(target);
  const { dmsa: present, ...read } = await findDmsa(deps, target);
  const { server } = read;
  // An attempt whose answer was lost may have had its effect on a DC that this one has not heard of yet.
  if (!present && attempt() > 1) await requireSettled(deps, target, { dmsa: null, ...read });
  if (present && present.description !== description) {
    throw new DmsaError('DMSA_NAME_TAKEN', present.dn, 'an object of that name appeared since preflight');
  }
  return await journalled(deps, input, forward, async () => {
    if (!present) {
      await onManagementHost(deps, 'new-dmsa', { name, dnsHostName, container, description, server });
    }
    const { dmsa: created } = await findDmsa(deps, keeping(target, server));
    return { ...verified(created, target, description), server };
  });
}

/**
 * Removes the dMSA that this migration created, recognised by its mark; what is not ours stays. Absent is done.
 * Throws DMSA_NOT_OURS where the journal says that it was created and the mark is gone.
 */
export async function removeDmsa(deps: ActivityDeps, input: CreateDmsaInput): Promise<{ removed: boolean }> {
  const { target, entry } = input;
  const description = dmsaMark(target);
  const { dmsa: present, ...read } = await findDmsa(deps, target);
  const { server } = read;
  if (!present) {
    await requireSettled(deps, target, { dmsa: null, ...read }, { seen: entry.status === 'applied' });
    return { removed: false };
  }
  if (present.description !== description) {
    if (entry.status === 'intended') return { removed: false };
    throw new DmsaError('DMSA_NOT_OURS', present.dn, `its description is "${present.description ?? ''}"`);
  }
  return await journalled(deps, input, backward, async () => {
    await onManagementHost(deps, 'remove-dmsa', {
      dmsa: present.dn,
      description,
      server,
    });
    if ((await findDmsa(deps, keeping(target, server))).dmsa) {
      throw new DmsaError('STATE_NOT_VERIFIED', present.dn, 'the dMSA is still in the directory');
    }
    return { removed: true };
  });
}

function findDmsa(
  deps: ActivityDeps,
  target: Target,
): Promise<{ dmsa: DmsaFacts | null; dc: string; server: string }> {
  return readNow(deps, target, (directory) =>
    fromOneDc(directory, async () => {
      const dmsa = await readDmsa(directory, dmsaSamAccountName(target.dmsa));
      return { dmsa, ...(await serverOf(directory, target)) };
    }),
  );
}

function verified(created: DmsaFacts | null, target: Target, description: string): DmsaFacts {
  const wrong = (what: string) => new DmsaError('STATE_NOT_VERIFIED', target.dmsa.dn, what);
  if (!created) throw wrong('New-ADServiceAccount said yes, and the dMSA is not in the directory yet');
  if (!created.isDmsa || created.description !== description)
    throw wrong('the object is not the dMSA asked for');
  if (created.state !== 0) throw wrong(`msDS-DelegatedMSAState is ${created.state}, not 0`);
  if (((created.encryptionTypes ?? 0) & aes256) === 0)
    throw wrong('AES256 is not among its encryption types');
  return created;
}
