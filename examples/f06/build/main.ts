import { buildStation } from './station-extension.ts';

console.log(`Load unpacked: ${await buildStation()}`);
