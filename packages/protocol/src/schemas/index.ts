export * from './access.ts';
export * from './command.ts';
export * from './dead-letter.ts';
export * from './device.ts';
export * from './identifiers.ts';
export * from './trigger.ts';
export * from './views.ts';
