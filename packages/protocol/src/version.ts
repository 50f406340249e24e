/**
 * The version of the language spoken on the socket. It is exchanged at the handshake; two ends
 * that do not speak the same version refuse each other with `PROTOCOL_VERSION_MISMATCH`.
 */
export const PROTOCOL_VERSION = 1;
