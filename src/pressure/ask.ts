/** Asks the probes of a hypothesis. */
import { readHostNow } from '../sources/host/live.ts'
import type { Reader } from '../sources/reader.ts'
import { runProbe } from '../verification/probe.ts'
import { probeActivity } from './document.ts'
import type { HypothesisProbe, Question } from './experiment.ts'
import type { GroupWatch } from './group-watch.ts'
import { nameOf, timed } from './journal.ts'
import type { ActivityRun, SteadyState } from './journal.ts'
import { isWithin } from './tolerance.ts'
import type { Answer } from './tolerance.ts'

/** All of them, one after the other. */
export async function askAll(
  probes: readonly HypothesisProbe[],
  watch: GroupWatch,
  reader: Reader,
): Promise<SteadyState> {
  const asked: ActivityRun[] = []
  for (const probe of probes) {
    const start = reader.now()
    const { answer, says } = await ask(probe.question, watch, reader)
    const isMet = isWithin(answer, probe.tolerance)
    asked.push(
      timed(
        probeActivity(probe),
        { start, end: reader.now() },
        {
          output: answer,
          status: answer === null ? 'failed' : 'succeeded',
          tolerance_met: isMet,
          ...(answer === null ? { exception: [says] } : {}),
        },
      ),
    )
  }
  return {
    steady_state_met: asked.every(({ tolerance_met: isMet }) => isMet === true),
    probes: asked,
  }
}

/** What of a state does not hold, in a sentence; null: all does. */
export function whatFails(state: SteadyState): string | null {
  const failed = state.probes.filter(({ tolerance_met: isMet }) => isMet !== true)
  if (failed.length === 0) return null
  return failed
    .map(({ activity, output, exception }) => {
      const said = exception?.[0] ?? `answered ${JSON.stringify(output)}`
      return `"${nameOf(activity)}" does not hold (${said})`
    })
    .join(', ')
}

async function ask(
  question: Question,
  watch: GroupWatch,
  reader: Reader,
): Promise<{ answer: Answer; says: string }> {
  switch (question.type) {
    case 'oom.count':
      return { answer: watch.kills(), says: 'the group is gone' }
    case 'alive':
      return { answer: watch.isAlive(), says: '' }
    case 'psi':
      return {
        answer: watch.psiFull() ?? readHostNow(reader).fullAvg10,
        says: 'this kernel tells no pressure',
      }
    case 'http':
    case 'command': {
      const probe =
        question.type === 'http'
          ? ({ kind: 'http', url: question.url } as const)
          : ({ kind: 'command', argv: question.argv } as const)
      const { code, says } = await runProbe(probe, reader)
      return { answer: code, says }
    }
  }
}
