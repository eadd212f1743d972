import type { Signature } from '../signature.ts'

import { runtimeOom } from '../signature.ts'

const ABORTS: readonly { pattern: RegExp; says: string }[] = [
  {
    pattern:
      /^(?:terminate called after throwing an instance of 'std::bad_alloc'|libc\+\+abi: terminating (?:due to|with) uncaught exception of type std::bad_alloc)/,
    says: 'A C++ program ended on an uncaught std::bad_alloc',
  },
  {
    pattern: /^memory allocation of \d{1,20} bytes failed$/,
    says: 'A Rust program got no memory and aborted',
  },
  {
    pattern:
      /^(?:\S{1,100} )?GLib(?:-ERROR|.{0,30}ERROR) ?\*\*: .*failed to allocate \d{1,20} bytes/,
    says: 'A GLib program got no memory and aborted',
  },
  { pattern: /^Out of memory!$/, says: 'A Perl program got no memory and ended' },
]

/** Programs without a runtime of their own: the words of their libraries, and of errno 12. */
export const native: Signature = {
  id: 'native',
  needles: [
    'std::bad_alloc',
    'memory allocation of ',
    'failed to allocate ',
    'Out of memory!',
    'Cannot allocate memory',
    'memory exhausted',
  ],

  read(line) {
    for (const { pattern, says } of ABORTS)
      if (pattern.test(line)) return runtimeOom('native', 'allocation', 'yes', line, says)
    // `malloc: Cannot allocate memory`, `sort: memory exhausted`: what perror and error(3) write.
    if (
      /^[\w./+-]{1,60}(?:: [^:]{1,120}){0,2}: (?:Cannot allocate memory|memory exhausted)$/.test(
        line,
      )
    )
      return runtimeOom('native', areaOf(line), 'if-last', line, `A call failed for lack of memory`)
    if (!/[:'] Cannot allocate memory\b/.test(line)) return null
    if (/\[Errno 12\]|os::commit_memory|in background: fork|could not fork/.test(line)) return null
    return runtimeOom('native', areaOf(line), 'no', line, 'A call failed for lack of memory')
  },
}

function areaOf(line: string): string {
  return /\bfork\b/.test(line) ? 'fork' : 'system-call'
}
