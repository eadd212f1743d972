/**
 * Settings of the embedded engine. Its default is made for a server of its own: with these it lives in 130 MiB instead of 310,
 * and writes a fifth slower.
 */
export const EMBEDDED_SETTINGS = [
  'shared_buffers = 8MB',
  'max_connections = 5',
  'wal_buffers = 256kB',
  'max_wal_size = 64MB',
  'min_wal_size = 32MB',
] as const

/** V8 would compile the engine's 9 MiB a second time, with 600 MiB for a moment. It has to be a flag of the program. */
export const LEAN_FLAG = '--liftoff-only'
