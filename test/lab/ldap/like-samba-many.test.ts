import { afterAll, beforeAll } from 'vitest';

import { describeWithSamba } from '../../support/samba.ts';
import { bulk, many } from './like-samba/many.ts';
import { testAlike } from './like-samba/questions.ts';
import { openSides, type Sides } from './like-samba/sides.ts';

describeWithSamba('many objects and values: the lab’s directory and Samba answer alike', () => {
  let sides: Sides;
  beforeAll(async () => {
    sides = await openSides(bulk);
  });
  afterAll(() => sides?.close());

  testAlike(() => sides, many);
});
