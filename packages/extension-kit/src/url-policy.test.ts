import { describe, expect, it } from 'vitest';
import { urlPolicy } from './url-policy.ts';

const permit = urlPolicy(['https://good.example.com', 'http://127.0.0.1:3000/path/is/ignored']);

describe('the addresses that may be opened', () => {
  it.each([
    'https://good.example.com/orders/1?page=2#top',
    'https://GOOD.example.com/',
    'https://good.example.com:443/',
    'http://127.0.0.1:3000/doc',
  ])('include %s', (url) => {
    expect(() => permit(url)).not.toThrow();
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,hello',
    'file:///etc/passwd',
    'chrome://settings',
    'blob:https://good.example.com/1',
    'view-source:https://good.example.com/',
    'https://good.example.com@evil.example/',
    'https://user:pass@good.example.com/',
    'https://good.example.com.evil.example/',
    'https://good.example.com./',
    'https://good.example.com:8443/',
    'http://good.example.com/',
    'https:\\\\evil.example\\good.example.com',
    'https://gооd.example.com/',
    '/relative',
    '',
  ])('leave out %s', (url) => {
    expect(() => permit(url)).toThrow(expect.objectContaining({ code: 'DOCUMENT_BLOCKED' }));
  });

  it('are named by origins of http and https only', () => {
    expect(() => urlPolicy(['file:///'])).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS' }),
    );
    expect(() => urlPolicy(['*'])).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
  });
});
