import { cgroupCounter } from './cgroup-counter.ts'
import { containerRss } from './container-rss.ts'
import { dockerStats } from './docker-stats.ts'
import { free } from './free.ts'
import { mainRss } from './main-rss.ts'
import { memAvailable } from './mem-available.ts'
import { peak } from './peak.ts'
import { podmanStats } from './podman-stats.ts'
import { psRss } from './ps-rss.ts'
import { psVsz } from './ps-vsz.ts'
import { pss } from './pss.ts'
import { systemd } from './systemd.ts'
import type { Tool } from './tool.ts'
import { topShr } from './top-shr.ts'
import { uss } from './uss.ts'
import { workingSet } from './working-set.ts'

/** The tools whose figures are reconciled, in the order they are shown: of the group, of its processes, of the machine. */
export const TOOLS: readonly Tool[] = [
  cgroupCounter,
  dockerStats,
  podmanStats,
  workingSet,
  systemd,
  containerRss,
  peak,
  pss,
  psRss,
  uss,
  mainRss,
  topShr,
  psVsz,
  free,
  memAvailable,
]
