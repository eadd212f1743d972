import type { Signature } from '../signature.ts'

import { logHint } from '../signature.ts'

/** runc: the limit was too small for the process that sets a container up. */
export const containerStart: Signature = {
  id: 'container-start',
  needles: ['container init was OOM-killed'],

  read(line) {
    return logHint(
      'container-start-failed',
      line,
      'The container was OOM-killed while it was being started',
    )
  },
}
