import { apiReference } from './api-reference.ts'
import { auditConfigSchema } from './audit-config-schema.ts'
import { checksReference } from './checks-reference.ts'
import { cliReference } from './cli-reference.ts'
import { documentsReference } from './documents-reference.ts'
import { schemaFiles } from './documents/index.ts'
import { errorsReference } from './errors-reference.ts'
import { FILLED_PAGES } from './filled-pages.ts'
import { imageLimitsPage } from './image-limits.ts'
import { manual } from './manual.ts'
import { metricsReference } from './metrics-reference.ts'
import { rulesReference } from './rules-reference.ts'
import { runbookRulesReference } from './runbook-rules-reference.ts'
import { settingsReference } from './settings-reference.ts'

/** Files that are made from the program, or hold tables that are, by their paths in the repository. */
export const GENERATED: readonly (readonly [
  path: string,
  write: () => string | Promise<string>,
])[] = [
  ['docs/reference/cli.md', cliReference],
  ['docs/reference/errors.md', errorsReference],
  ['docs/reference/api.md', apiReference],
  ['docs/reference/documents.md', documentsReference],
  ['docs/reference/metrics.md', metricsReference],
  ['docs/reference/settings.md', settingsReference],
  ['docs/reference/checks.md', checksReference],
  ['docs/reference/rules.md', rulesReference],
  ['docs/reference/runbook-rules.md', runbookRulesReference],
  ['docs/reference/audit-config.schema.json', auditConfigSchema],
  ['docs/guides/image-limits.md', imageLimitsPage],
  ...FILLED_PAGES,
  ...[...schemaFiles()].map(([path, text]) => [path, () => text] as const),
  ...[...manual()].map(([name, text]) => [`man/${name}`, () => text] as const),
]
