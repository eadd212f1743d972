import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { statesOf, workplace } from '../../../test/support/runs.ts'
import type { Workplace } from '../../../test/support/runs.ts'
import { scannerOf } from '../../../test/support/scanner-store.ts'
import { runPipeline } from '../../runbooks/run/pipeline.ts'
import type { RunPipeline } from '../../runbooks/run/pipeline.ts'
import { openEmbedded } from '../../store/database/open.ts'

const LOOK = 'stella scanner logs --filter "out of memory" --last 1h'
const BOOK = `
## Quick checks

\`\`\`bash {id=look, kind=check, problemIf="match(/out of memory/)"}
${LOOK}
\`\`\`

## Immediate mitigation

\`\`\`bash {id=set, kind=change, when="look.problem"}
SET FILE new
\`\`\`

## Verification

\`\`\`bash {id=quiet, kind=assert, since=change, expect="exit == 0 && !match(/out of memory/)"}
${LOOK}
\`\`\`
`

// The embedded database begins anew for each look at the log.
vi.setConfig({ testTimeout: 120_000 })

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.remove())

/** A line of the scanner's own log. */
async function log(at: number): Promise<void> {
  const database = await openEmbedded(place.data, Date.now())
  const says = 'attempt 1 of a job ran out of memory'
  const line = { at, level: 'warn', pool: null, worker: null, job: null, says } as const
  const { logs } = await scannerOf(database)
  await logs.write([line])
  await database.close()
}

function run(pipeline: RunPipeline) {
  const env = { ...process.env, STELLA_DATA: place.data, NO_COLOR: '1' }
  return place.start(place.write(BOOK), {}, { run: pipeline, env })
}

it('does not hold against a change what the log says of the time before it', async () => {
  await log(Date.now() - 600_000)
  await log(Date.now())
  const told = await run(runPipeline)
  expect(statesOf(told)).toEqual({ look: 'problem', set: 'ok', quiet: 'ok' })
  expect(told.verdict).toBe('resolved')
})

it('holds a line against it that came since, however long the program takes to look', async () => {
  await log(Date.now() - 600_000)
  let changed = false
  const told = await run(async (programs, options) => {
    if (changed) await log(Date.now())
    const end = await runPipeline(programs, options)
    changed ||= programs[0]?.[0]?.endsWith('set-value') === true
    return end
  })
  expect(statesOf(told)).toEqual({ look: 'problem', set: 'ok', quiet: 'failed' })
})
