import { describe, expect, it } from 'vitest';
import { ACCESS_ERRORS } from './access-errors.ts';
import { ERRORS, isErrorCode } from './catalogue.ts';
import { COMMAND_ERRORS } from './command-errors.ts';
import { CONNECTION_ERRORS } from './connection-errors.ts';
import { DOCUMENT_ERRORS } from './document-errors.ts';
import { REQUEST_ERRORS } from './request-errors.ts';
import { SERVER_ERRORS } from './server-errors.ts';
import { STORE_ERRORS } from './store-errors.ts';
import { TRIGGER_ERRORS } from './trigger-errors.ts';

const subjects = [
  REQUEST_ERRORS,
  ACCESS_ERRORS,
  TRIGGER_ERRORS,
  COMMAND_ERRORS,
  DOCUMENT_ERRORS,
  CONNECTION_ERRORS,
  SERVER_ERRORS,
  STORE_ERRORS,
];

describe('the catalogue', () => {
  it('has every code of every subject, each once', () => {
    const codes = subjects.flatMap((subject) => Object.keys(subject));
    expect(new Set(codes).size).toBe(codes.length);
    expect(Object.keys(ERRORS).sort()).toEqual(codes.sort());
  });

  it.each(Object.entries(ERRORS))('%s speaks Korean and English', (_, { message, action }) => {
    for (const text of [message, action]) {
      expect(text.ko).toMatch(/[가-힣]/);
      expect(text.en).toMatch(/^[A-Z][^가-힣]*\.$/);
    }
  });

  it.each(Object.entries(ERRORS))('%s has the status of an error', (_, { status }) => {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
  });

  it('knows its codes, and no names that every object has', () => {
    expect(isErrorCode('CIRCUIT_OPEN')).toBe(true);
    expect(isErrorCode('toString')).toBe(false);
    expect(isErrorCode(undefined)).toBe(false);
  });
});
