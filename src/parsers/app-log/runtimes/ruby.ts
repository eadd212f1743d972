import type { Signature } from '../signature.ts'

import { runtimeOom } from '../signature.ts'

export const ruby: Signature = {
  id: 'ruby',
  needles: ['NoMemoryError', '[FATAL] failed to allocate memory'],

  read(line) {
    // Written when there is not even memory for the exception.
    if (/^\[FATAL\] failed to allocate memory$/.test(line))
      return runtimeOom('ruby', 'heap', 'yes', line, 'Ruby ended for lack of memory')
    const match = /failed to allocate memory \(NoMemoryError\)/.exec(line)
    if (match === null) return null
    const own = line.endsWith('(NoMemoryError)') && /^\S/.test(line)
    return runtimeOom('ruby', 'heap', own ? 'if-last' : 'no', line, 'Ruby raised a NoMemoryError')
  },

  trace: /^\s+from /,
}
