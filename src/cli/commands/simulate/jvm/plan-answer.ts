import { formatBytes } from '../../../../model/bytes.ts'
import type { JvmPlan, PlanRequest } from '../../../../simulate/jvm/plan.ts'
import { sizeWithBytes } from '../../../../report/size.ts'
import { textTable } from '../../../../report/table.ts'
import type { Answer } from '../print.ts'

/** A limit, divided: how much heap is left, the options for it, and what they leave out. */
export function planAnswer(
  request: PlanRequest,
  plan: JvmPlan,
  assumed: readonly string[],
): Answer {
  const says = headlineOf(request, plan)
  const notes = [...notesOn(plan), ...assumptionNote(assumed)]
  return {
    document: {
      /** What `stella simulate jvm --json` prints: options that fit the limit. */
      schema: 'stella.simulate-jvm/1',
      mode: 'plan',
      limitBytes: request.limitBytes,
      heapBytes: plan.heapBytes,
      flags: plan.flags,
      items: plan.items,
      omitted: plan.omitted,
      assumed,
      beyondBytes: plan.beyondBytes,
      says,
      notes,
    },
    headline: says,
    tone: plan.heapBytes === null ? 'bad' : 'good',
    parts: [
      { lines: plan.flags.length === 0 ? [] : [`JAVA_TOOL_OPTIONS="${plan.flags.join(' ')}"`] },
      {
        lines: textTable(
          ['Item', 'Size'],
          [
            ...plan.items.map(({ name, bytes }) => [name, sizeWithBytes(bytes)]),
            ...plan.omitted.map(({ name, bytes }) => [
              `not counted: ${name}`,
              bytes === null ? 'not known' : `about ${formatBytes(bytes)}`,
            ]),
          ],
        ),
      },
      { sentences: notes },
    ],
  }
}

function assumptionNote(assumed: readonly string[]): string[] {
  if (assumed.length === 0) return []
  return [
    `Not given, so assumed: ${assumed.join(', ')}. A running one tells: 'grep Threads /proc/PID/status' and 'jstat -class PID'.`,
  ]
}

function headlineOf({ limitBytes }: PlanRequest, { heapBytes, items }: JvmPlan): string {
  const limit = formatBytes(limitBytes)
  if (heapBytes !== null) {
    const percent = Math.round((heapBytes / limitBytes) * 100)
    return `${sizeWithBytes(heapBytes)} are left for the heap, ${percent} % of ${limit}.`
  }
  const sum = items.reduce((total, { bytes }) => total + bytes, 0)
  return `Nothing is left for a heap: ${limit} is the limit, and the rest takes ${sizeWithBytes(sum)}.`
}

function notesOn({ heapBytes, beyondBytes }: JvmPlan): string[] {
  if (heapBytes === null) {
    return [
      'Raise the limit, or ask for fewer threads, a smaller --stack or a smaller --code-cache.',
    ]
  }
  return [
    'Computed as limit - headroom - metaspace - code cache - direct buffers - threads * stack, like the calculators of Paketo (libjvm) and Cloud Foundry; metaspace is 14000000 + 5800 bytes for each class.',
    beyondBytes > 0
      ? `They count no garbage collector, compiler or malloc: with everything in full use the container would need about ${formatBytes(beyondBytes)} more than its limit. --headroom keeps room for that.`
      : 'The headroom covers what the calculators do not count, as far as it can be estimated.',
    'Stacks are reserved in full and used in part: a thread takes what it touches.',
  ]
}
