import { formatBytes } from '../../model/bytes.ts'
import { outsideProcesses } from './outside-processes.ts'
import { amount, sentence } from './sentences.ts'
import { sumOver, wholeSum } from './sums.ts'
import type { Tool, ToolInputs } from './tool.ts'

/** RSS of `ps`, all processes together: VmRSS of /proc/PID/status. */
export const psRss: Tool = {
  name: 'ps RSS',
  figure(inputs) {
    const { processes, scope } = inputs
    if (scope === 'host') return null
    const sum = sumOver(processes, ({ rssBytes }) => rssBytes)
    return {
      tool: processes.length === 1 ? 'ps RSS' : 'ps RSS, added up',
      bytes: wholeSum(sum),
      formula: 'VmRSS of each process',
      says:
        sum.missing > 0
          ? `the resident memory of ${sum.missing} of ${sum.of} processes could not be read`
          : processes.length === 0
            ? 'no process lives here: what is charged is held by files, not by programs'
            : sentence(countedTwice(inputs), outsideProcesses(inputs.group), inexact(inputs)),
    }
  },
}

/** Σ RSS − Σ PSS: what further processes map of the same pages, here and in other groups. */
function countedTwice({ processes }: ToolInputs): string | null {
  const rss = wholeSum(sumOver(processes, ({ rssBytes }) => rssBytes))
  const pss = wholeSum(sumOver(processes, ({ pssBytes }) => pssBytes))
  if (rss === null) return null
  if (pss === null) return 'pages that several processes share count once for each'
  const parts = amount(rss - pss, 'are pages that several processes share, counted once for each')
  return parts[0] ?? 'hardly any page is shared'
}

/** Pages that a thread took and has not added to the counter of its process (SPLIT_RSS_COUNTING, before 6.2). */
const PAGES_PER_THREAD = 64
const MANY_THREADS = 64

function inexact({ processes }: ToolInputs): string | null {
  const threads = processes.reduce((sum, process) => sum + (process.threads ?? 0), 0)
  if (threads < MANY_THREADS) return null
  const bytes = threads * PAGES_PER_THREAD * 4096
  return `on kernels before 6.2 it may be off by up to ${formatBytes(bytes)}, with ${threads} threads`
}
