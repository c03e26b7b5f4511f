export { holdDmsaName } from './lock.ts';
export { migrateServiceAccount } from './migrate.ts';
export { notifyPeople } from './notify-people.ts';
