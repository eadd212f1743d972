/** Every check, in the order in which they are listed. */
import type { Check } from '../check.ts'
import { scannerMemoryUsage } from './scanner-memory-usage.ts'
import { scannerQueue } from './scanner-queue.ts'
import { scannerRouting } from './scanner-routing.ts'
import { scannerSbomGeneration } from './scanner-sbom-generation.ts'
import { scannerTimeoutRate } from './scanner-timeout-rate.ts'
import { scannerWorkerHealth } from './scanner-worker-health.ts'

export const CHECKS: readonly Check[] = [
  scannerWorkerHealth,
  scannerMemoryUsage,
  scannerQueue,
  scannerTimeoutRate,
  scannerSbomGeneration,
  scannerRouting,
]
