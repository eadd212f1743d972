import { formatBytes } from '../../../../model/bytes.ts'
import type { Exemption, RankedProcess } from '../../../../simulate/oom/candidate.ts'
import { printable } from '../../../../report/printable.ts'
import { textTable } from '../../../../report/table.ts'

/** More than anybody reads; --json has all. */
const SHOWN = 20

const SPARED: Record<Exemption, string> = {
  init: "never: the machine's init",
  'no-memory': 'never: no memory of its own',
  adjusted: 'never: oom_score_adj -1000',
}

/** The ranking for a terminal; those that are never chosen are counted, not listed, where they are many. */
export function rankingTable(ranking: readonly RankedProcess[]): string[] {
  const shown = ranking.filter(({ spared }) => spared !== 'no-memory').slice(0, SHOWN)
  const rows = shown.map((one, at) => [
    one.spared === null ? String(at + 1) : '-',
    String(one.pid),
    printable(one.name),
    one.badness === null ? '?' : String(one.badness),
    size(one.rssBytes),
    size(one.swapBytes),
    size(one.pageTableBytes),
    one.oomScoreAdj === null ? '?' : String(one.oomScoreAdj),
    one.spared === null ? behind(one) : SPARED[one.spared],
  ])
  const head = ['Rank', 'PID', 'Name', 'Badness', 'Resident', 'Swap', 'Tables', 'Adj', 'Behind']
  const left = ranking.length - shown.length
  return [...textTable(head, rows), ...(left > 0 ? [`and ${left} more; --json has all`] : [])]
}

function behind({ behindBytes }: RankedProcess): string {
  return behindBytes === null || behindBytes === 0 ? '' : formatBytes(behindBytes)
}

function size(bytes: number | null): string {
  return bytes === null ? '?' : formatBytes(bytes)
}
