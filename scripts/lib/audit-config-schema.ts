import * as z from 'zod/mini'
import { AUDIT_CONFIG_SHAPE } from '../../src/audit/config.ts'

/** The JSON schema of `.stella-audit.yaml`, for editors. */
export function auditConfigSchema(): string {
  const title = 'Configuration of stella audit'
  return `${JSON.stringify({ title, ...z.toJSONSchema(AUDIT_CONFIG_SHAPE) }, null, 2)}\n`
}
