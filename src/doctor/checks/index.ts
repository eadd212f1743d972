/** Every check, in the order in which they are listed. */
import type { Check } from '../check.ts'
import { hostCgroup } from './host-cgroup.ts'
import { hostClock } from './host-clock.ts'
import { hostEngines } from './host-engines.ts'
import { hostKernelLog } from './host-kernel-log.ts'
import { hostKillers } from './host-killers.ts'
import { hostKills } from './host-kills.ts'
import { hostMemory } from './host-memory.ts'
import { hostRights } from './host-rights.ts'
import { hostSettings } from './host-settings.ts'
import { hostSwap } from './host-swap.ts'
import { scannerMemoryUsage } from './scanner-memory-usage.ts'
import { scannerQueue } from './scanner-queue.ts'
import { scannerRouting } from './scanner-routing.ts'
import { scannerSbomGeneration } from './scanner-sbom-generation.ts'
import { scannerSettings } from './scanner-settings.ts'
import { scannerTimeoutRate } from './scanner-timeout-rate.ts'
import { scannerWorkerHealth } from './scanner-worker-health.ts'
import { stellaAlerts } from './stella-alerts.ts'
import { stellaFixes } from './stella-fixes.ts'
import { stellaRules } from './stella-rules.ts'
import { stellaStore } from './stella-store.ts'
import { stellaWatch } from './stella-watch.ts'

export const CHECKS: readonly Check[] = [
  scannerWorkerHealth,
  scannerMemoryUsage,
  scannerQueue,
  scannerTimeoutRate,
  scannerSbomGeneration,
  scannerRouting,
  scannerSettings,
  hostKills,
  hostKernelLog,
  hostCgroup,
  hostSwap,
  hostMemory,
  hostSettings,
  hostKillers,
  hostEngines,
  hostRights,
  hostClock,
  stellaWatch,
  stellaStore,
  stellaFixes,
  stellaRules,
  stellaAlerts,
]
