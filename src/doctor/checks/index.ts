/** Every check, in the order in which they are listed. */
import type { Check } from '../check.ts'
import { hostCgroup } from './host-cgroup.ts'
import { hostEngines } from './host-engines.ts'
import { hostKernelLog } from './host-kernel-log.ts'
import { hostMemory } from './host-memory.ts'
import { hostRights } from './host-rights.ts'
import { scannerMemoryUsage } from './scanner-memory-usage.ts'
import { scannerQueue } from './scanner-queue.ts'
import { scannerRouting } from './scanner-routing.ts'
import { scannerSbomGeneration } from './scanner-sbom-generation.ts'
import { scannerTimeoutRate } from './scanner-timeout-rate.ts'
import { scannerWorkerHealth } from './scanner-worker-health.ts'
import { stellaAlerts } from './stella-alerts.ts'
import { stellaStore } from './stella-store.ts'
import { stellaWatch } from './stella-watch.ts'

export const CHECKS: readonly Check[] = [
  scannerWorkerHealth,
  scannerMemoryUsage,
  scannerQueue,
  scannerTimeoutRate,
  scannerSbomGeneration,
  scannerRouting,
  hostKernelLog,
  hostCgroup,
  hostMemory,
  hostEngines,
  hostRights,
  stellaWatch,
  stellaStore,
  stellaAlerts,
]
