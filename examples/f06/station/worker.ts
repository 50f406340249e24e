import { startStation } from '@remote-display/extension-kit';

// Everything that a station does is in the kit; this says only that this extension is one.
startStation();
