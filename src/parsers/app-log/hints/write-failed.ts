import type { Signature } from '../signature.ts'

import { logHint } from '../signature.ts'

/** ENOMEM while writing a file: the sign of a group full of dirty page cache. */
export const writeFailed: Signature = {
  id: 'write-failed',
  needles: ['Cannot allocate memory', '[Errno 12]', 'ENOMEM'],

  read(line) {
    const failed =
      /(?:\b(?:write|writing|fwrite|writev|pwrite|fsync|copy_file_range|splice)\b|\b(?:download|upload|copy) failed\b).*(?:Cannot allocate memory|\[Errno 12\]|ENOMEM)/i.test(
        line,
      ) || /\bENOMEM\b.{0,60}\bwrite\b/.test(line)
    if (!failed) return null
    return logHint('write-failed', line, 'A write failed for lack of memory (ENOMEM)')
  },
}
