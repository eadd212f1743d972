/** Writes the pages of the reference that are made from the program itself: `node scripts/docs.ts`. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { auditConfigSchema } from './lib/audit-config-schema.ts'
import { checksReference } from './lib/checks-reference.ts'
import { cliReference } from './lib/cli-reference.ts'
import { imageLimitsPage } from './lib/image-limits.ts'
import { rulesReference } from './lib/rules-reference.ts'
import { runbookRulesReference } from './lib/runbook-rules-reference.ts'

writeFileSync(
  fileURLToPath(new URL('../docs/reference/cli.md', import.meta.url)),
  await cliReference(),
)
writeFileSync(
  fileURLToPath(new URL('../docs/reference/checks.md', import.meta.url)),
  checksReference(),
)
writeFileSync(
  fileURLToPath(new URL('../docs/reference/rules.md', import.meta.url)),
  rulesReference(),
)
writeFileSync(
  fileURLToPath(new URL('../docs/reference/runbook-rules.md', import.meta.url)),
  runbookRulesReference(),
)
writeFileSync(
  fileURLToPath(new URL('../docs/reference/audit-config.schema.json', import.meta.url)),
  auditConfigSchema(),
)
writeFileSync(
  fileURLToPath(new URL('../docs/guides/image-limits.md', import.meta.url)),
  imageLimitsPage(),
)
