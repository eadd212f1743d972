import type { Signature } from '../signature.ts'

import { runtimeOom } from '../signature.ts'

/** PHP ends the script, which is the process on the command line, and one request elsewhere. */
export const php: Signature = {
  id: 'php',
  needles: ['Allowed memory size of ', 'Out of memory (allocated '],

  read(line) {
    const match =
      /(?:^|\s)(Fatal error: +)?(Allowed memory size of \d+ bytes exhausted|Out of memory \(allocated \d+(?: bytes)?\))(?: ?\(tried to allocate \d+ bytes\))?/.exec(
        line,
      )
    if (match === null) return null
    const own = /^(?:PHP )?Fatal error: /.test(line)
    const area = match[2]?.startsWith('Allowed') ? 'memory-limit' : 'native'
    return runtimeOom(
      'php',
      area,
      own ? 'if-last' : 'no',
      line,
      `PHP ran out of memory: ${match[2]}`,
    )
  },

  trace: /^(?:$|(?:PHP )?Fatal error: |PHP |Stack trace|#\d|\s)/,
}
