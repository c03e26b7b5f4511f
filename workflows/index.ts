export { holdDmsaName } from './lock.ts';
export { migrateServiceAccount } from './migrate.ts';
