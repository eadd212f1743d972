import type { Signature } from '../signature.ts'

import { logHint } from '../signature.ts'

/** ENOMEM while writing a file: the sign of a group full of dirty page cache. */
export const writeFailed: Signature = {
  id: 'write-failed',
  needles: ['Cannot allocate memory', '[Errno 12]', 'ENOMEM'],

  read(line) {
    if (!WRITE.test(line) || !NO_MEMORY.test(line)) return null
    return logHint('write-failed', line, 'A write failed for lack of memory (ENOMEM)')
  },
}

const WRITE =
  /\b(?:write|writing|fwrite|writev|pwrite|fsync|copy_file_range|splice|(?:download|upload|copy) failed)\b/i
const NO_MEMORY = /Cannot allocate memory|\[Errno 12\]|\bENOMEM\b/
