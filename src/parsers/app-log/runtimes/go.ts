import type { Signature } from '../signature.ts'

import { runtimeOom } from '../signature.ts'

/** The Go runtime throws when mmap fails, and ends with exit code 2: nothing can catch it. */
export const go: Signature = {
  id: 'go',
  needles: ['fatal error: '],

  read(line) {
    const match =
      /^fatal error: ((?:runtime: |stack: )?(?:out of memory|cannot allocate memory|cannot reserve arena virtual address space|failed to reserve page summary memory)(?:[ :(].{0,100})?)$/.exec(
        line,
      )
    if (match === null) return null
    return runtimeOom(
      'go',
      'native',
      'yes',
      line,
      `The Go runtime got no more memory from the system and ended the program: ${match[1] ?? ''}`,
    )
  },
}
