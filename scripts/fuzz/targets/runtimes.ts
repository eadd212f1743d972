/** What runtimes answer when they are asked what their memory holds. */
import { gunzipSync } from 'node:zlib'
import * as z from 'zod/mini'
import { viewsOf } from '../../../src/bill/runtimes/views.ts'
import type { Answer } from '../../../src/model/question.ts'
import { RECORDED_ANSWERS } from '../../../test/support/recorded-answers.ts'
import { processesOf } from '../../../test/support/servers.ts'
import { filesOf } from '../corpus.ts'
import { must, mustBeSound } from '../sound.ts'
import type { Sample, Target } from '../target.ts'

const Recorded = z.object({
  processes: z.record(z.string(), z.record(z.string(), z.string())),
  answers: RECORDED_ANSWERS,
})

const RECORDINGS: z.infer<typeof Recorded>[] = []

/** One sample for each answer; its path says of which recording it is, and which answer. */
function samples(): Sample[] {
  const files = filesOf('fixtures/runtimes', /\.json(?:\.gz)?$/)
  return files.flatMap(({ path, bytes }) => {
    const text = path.endsWith('.gz') ? gunzipSync(bytes) : bytes
    const read = Recorded.safeParse(JSON.parse(text.toString()))
    if (!read.success) return []
    const at = RECORDINGS.push(read.data) - 1
    return read.data.answers.flatMap(({ text: said }, which) =>
      said === undefined
        ? []
        : [{ path: `${at} ${which}`, bytes: Buffer.from(said.slice(0, 100_000)) }],
    )
  })
}

export const RUNTIMES: Target = {
  name: 'runtime-answers',
  samples,
  run({ path, bytes }, random) {
    const [at = 0, which = 0] = path.split(' ').map(Number)
    const recorded = RECORDINGS[at]
    if (recorded === undefined) return ''
    const answers = recorded.answers.map(({ pid, id, text }, index): Answer => {
      const said = index === which ? bytes.toString() : text
      return said === undefined || random(20) === 0
        ? { pid, id, ok: false, why: 'it was not read' }
        : { pid, id, ok: true, text: said, truncated: random(4) === 0 }
    })
    const limitBytes = random(2) === 0 ? null : random(2 ** 31)
    const views = viewsOf(processesOf(recorded.processes), answers, limitBytes)
    for (const { items, residentBytes, unattributedBytes } of views) {
      mustBeSound(items)
      if (unattributedBytes === null || residentBytes === null) continue
      const sum = items.reduce((total, item) => total + (item.bytes ?? 0), 0)
      // Damaged figures may be larger than a number holds exactly.
      const unit = Math.max(1, (sum + residentBytes) * 2 ** -50)
      must(Math.abs(sum + unattributedBytes - residentBytes) <= unit, 'the sum is not the sum')
    }
    return views.flatMap(({ findings }) => findings).join('\n')
  },
}
