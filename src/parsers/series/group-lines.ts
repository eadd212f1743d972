import { numberField } from '../json-fields.ts'
import { jsonObjects, numbersAt, recordAt } from '../json.ts'
import type { JsonRecord } from '../json.ts'
import { possibleInstant } from '../instant.ts'
import type { Sample } from '../../model/series.ts'
import { groupSample } from './group-sample.ts'
import { createSeriesBuilder } from './series-builder.ts'
import type { SeriesFormat } from './series-format.ts'

/** JSON lines, one sample each: `t` in Unix seconds, and cgroup files by their names, `stat` for memory.stat. */
export const groupLinesFormat: SeriesFormat = {
  recognise: (head) =>
    /^\s*\{"t"\s*:\s*\d/.test(head) && /"memory\.(?:usage_in_bytes|current)"\s*:/.test(head),
  read(text, from) {
    const builder = createSeriesBuilder(from)
    for (const { value, line } of jsonObjects(text)) {
      const sample = sampleOf(value)
      if (sample === null) builder.leftOut('it has no time or no usage', line)
      else builder.add({ sample, life: null, line })
    }
    const { series, unknown } = builder.finish()
    return {
      subject: null,
      source: 'memory group',
      group: { subject: 'group', name: null, process: null, ...series },
      processes: [],
      regions: [],
      unknown,
    }
  },
}

function sampleOf(value: JsonRecord): Sample | null {
  const at = possibleInstant((numberField(value, 't') ?? Number.NaN) * 1000)
  const v1 = numberField(value, 'memory.usage_in_bytes')
  const usageBytes = numberField(value, 'memory.current') ?? v1
  if (at === null || usageBytes === null || usageBytes < 0) return null
  return groupSample(at, {
    version: v1 === null ? 2 : 1,
    usageBytes,
    limitBytes: numberField(value, 'memory.max') ?? numberField(value, 'memory.limit_in_bytes'),
    peakBytes: numberField(value, 'memory.peak') ?? numberField(value, 'memory.max_usage_in_bytes'),
    limitHits:
      numberField(value, 'memory.failcnt') ?? numberField(recordAt(value, 'memory.events'), 'max'),
    oomKills: numberField(
      recordAt(value, 'memory.events') ?? recordAt(value, 'memory.oom_control'),
      'oom_kill',
    ),
    swapBytes: numberField(value, 'memory.swap.current'),
    tcpBytes: numberField(value, 'memory.kmem.tcp.usage_in_bytes'),
    processes: Array.isArray(value['procs']) ? value['procs'].length : null,
    stat: numbersAt(value, 'stat'),
  })
}
