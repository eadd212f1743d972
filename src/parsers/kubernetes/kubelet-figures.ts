import { formatBytes } from '../../model/bytes.ts'
import { counted } from '../../model/counted.ts'
import type { Observation } from '../../model/evidence.ts'
import type { KubeletFigures } from '../../model/kubelet.ts'
import type { Origin } from '../format.ts'
import { observe } from './observation.ts'

/** Whom figures are about, and where it runs. */
export type FiguresName = Pick<
  KubeletFigures,
  'node' | 'namespace' | 'pod' | 'container' | 'podUid' | 'image'
>

/** What a page of a kubelet says of it. */
export type Measured = Omit<KubeletFigures, keyof FiguresName>

/** What nobody has told anything of. */
export const NO_FIGURES: Omit<Measured, 'source'> = {
  kind: 'kubelet-figures',
  usageBytes: null,
  workingSetBytes: null,
  rssBytes: null,
  cacheBytes: null,
  inactiveFileBytes: null,
  mappedFileBytes: null,
  kernelBytes: null,
  swapBytes: null,
  peakBytes: null,
  limitBytes: null,
  swapLimitBytes: null,
  oomKills: null,
  path: null,
  at: null,
}

/** Figures of a page of a kubelet that somebody has kept. */
export function observeFigures(
  fact: KubeletFigures,
  origin: Origin,
  { excerpt, line }: { excerpt: string; line: number | null },
): Observation<KubeletFigures> {
  return observe(origin, {
    fact,
    at: fact.at ?? origin.readAt,
    says: describe(fact),
    excerpt,
    line,
  })
}

function describe(figures: KubeletFigures): string {
  const { namespace, pod, container, source, oomKills } = figures
  const name = [namespace, pod, container].filter((word) => word !== null).join('/')
  const sizes = [
    ['in use', figures.usageBytes],
    ['working set', figures.workingSetBytes],
    ['anonymous', figures.rssBytes],
    ['at most since its start', figures.peakBytes],
    ['limit', figures.limitBytes],
  ] as const
  const words = sizes.flatMap(([what, bytes]) =>
    bytes === null ? [] : [`${what} ${formatBytes(bytes)}`],
  )
  const kills = oomKills === null || oomKills === 0 ? [] : [counted(oomKills, 'OOM kill')]
  const who = source === 'metrics-server' ? source : `${source} of its kubelet`
  return `${who} tells of ${name}: ${[...words, ...kills].join(', ')}`
}
