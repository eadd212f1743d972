/** Every reader of what comes from outside: one line for each. */
import type { Target } from '../target.ts'
import { AUDIT, AUDIT_CONFIG, AUDIT_FIX } from './audit.ts'
import { formatTargets, WHY_FROM_FILES } from './formats.ts'
import { IMAGE_DOCUMENTS, IMAGE_NAMES, layerTarget } from './images.ts'
import { CASE_DOCUMENTS, FIX_RECORDS, JOURNAL, LAB, RUN_JOURNAL } from './kept.ts'
import { catalogerTargets, SBOM_DOCUMENTS } from './packages.ts'
import { QUANTITIES } from './quantities.ts'
import { COMMAND, CONDITION, RUNBOOK, RUNBOOK_TESTS } from './runbooks.ts'
import { RUNTIMES } from './runtimes.ts'
import { PROMETHEUS, SERIES, SIZING } from './series.ts'
import { BODIES_OF_CALLS } from './server.ts'
import { CGROUP_PATHS, ENGINE_LOGS, KUBERNETES_PROBLEMS, PRINTABLE, REDACTION } from './words.ts'

export const TARGETS: readonly Target[] = [
  WHY_FROM_FILES,
  ...formatTargets(),
  SERIES,
  SIZING,
  PROMETHEUS,
  QUANTITIES,
  RUNTIMES,
  AUDIT,
  AUDIT_FIX,
  AUDIT_CONFIG,
  RUNBOOK,
  RUNBOOK_TESTS,
  CONDITION,
  COMMAND,
  BODIES_OF_CALLS,
  CASE_DOCUMENTS,
  JOURNAL,
  RUN_JOURNAL,
  FIX_RECORDS,
  LAB,
  layerTarget('none'),
  layerTarget('gzip'),
  layerTarget('zstd'),
  IMAGE_DOCUMENTS,
  IMAGE_NAMES,
  SBOM_DOCUMENTS,
  ...catalogerTargets(),
  REDACTION,
  PRINTABLE,
  CGROUP_PATHS,
  ENGINE_LOGS,
  KUBERNETES_PROBLEMS,
]
