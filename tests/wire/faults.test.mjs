// What the world does to a server. Most of it is waiting, so the suites run side by side, each on stores of its own.
import { describe } from 'node:test';
import { auditKilled } from './faults/audit-killed.mjs';
import { killedPair } from './faults/killed-pair.mjs';
import { outages } from './faults/outages.mjs';
import { rotation } from './faults/rotation.mjs';
import { failover, flushes, resharding } from './faults/shared-state.mjs';
import { lateStores, lostStores } from './faults/stores.mjs';
import { killedDeliveries } from './faults/webhooks.mjs';

describe('faults', { concurrency: 3 }, () => {
  outages();
  lostStores();
  rotation();
  failover();
  resharding();
  flushes();
  lateStores();
  killedPair();
  auditKilled();
  killedDeliveries();
});
