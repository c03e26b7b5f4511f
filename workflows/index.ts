export { holdDmsaName } from './lock.ts';
export { notifyPeople } from './messages/notify-people.ts';
export { migrateServiceAccount } from './migrate.ts';
