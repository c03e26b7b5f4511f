import { describe, expect, it } from 'vitest';
import { installSamba, requireSamba, sambaAvailable } from '../../../lab/samba/available.ts';

describe('whether Samba can run here', () => {
  it('tells in one line how to get it where it is missing', () => {
    expect(sambaAvailable({ PATH: '/nowhere' })).toEqual({
      available: false,
      reason: `Samba is not installed (samba, samba-tool, ldbmodify missing); as root: ${installSamba}`,
    });
    expect(() => requireSamba({ PATH: '/nowhere' })).toThrow(installSamba);
  });
});
