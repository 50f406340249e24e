import { describeStore } from '../testing/store-conformance.ts';
import { memoryStore } from './memory-store.ts';

describeStore('memoryStore', memoryStore);
