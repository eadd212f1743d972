/** Reads a fix back from its file; what another version wrote, or a hand broke, is null. */
import * as z from 'zod/mini'
import { FIX_PLATFORMS } from '../../model/fix.ts'
import type { FixRecord, JsonObject } from '../../model/fix.ts'
import { PLATFORMS } from '../../model/subject.ts'
import { bytes, bytesOrNull, text, textOrNull } from '../../parsers/bundle/schema/common.ts'

const instantOrNull = z.nullable(z.number())
const settings = z.record(text, text)

const act = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('set'), key: text, value: textOrNull }),
  z.object({ kind: z.literal('pool'), pool: text, count: z.number(), memory: textOrNull }),
  z.object({ kind: z.literal('restart'), pool: text }),
])

const change = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('limit'),
    limitBytes: bytes,
    requestBytes: bytesOrNull,
  }),
  z.object({ kind: z.literal('environment'), set: settings }),
  z.object({ kind: z.literal('sysctl'), set: settings }),
  z.object({ kind: z.literal('scanner'), acts: z.array(act) }),
  z.object({ kind: z.literal('private') }),
  z.object({ kind: z.literal('journal') }),
])

const target = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('container'),
    engine: z.enum(['docker', 'podman']),
    name: text,
  }),
  z.object({ kind: z.literal('compose'), file: text, service: text }),
  z.object({ kind: z.literal('pod'), namespace: text, pod: text, container: textOrNull }),
  z.object({ kind: z.literal('marathon'), app: text }),
  z.object({ kind: z.literal('unit'), name: text }),
  z.object({ kind: z.literal('cgroup'), path: text }),
  z.object({ kind: z.literal('host') }),
  z.object({ kind: z.literal('scanner'), where: text }),
  z.object({ kind: z.literal('data-folder'), path: text }),
])

const data: z.ZodMiniType<JsonObject> = z.record(text, z.json())

const plan = z.object({
  platform: z.enum(FIX_PLATFORMS),
  target,
  method: z.enum(['in-place', 'recreate', 'file']),
  title: text,
  risk: z.enum(['low', 'medium', 'high']),
  warnings: z.array(text),
  changes: z.array(z.object({ field: text, before: textOrNull, after: textOrNull })),
  diff: text,
  steps: z.array(z.object({ id: text, says: text, command: textOrNull, data })),
  workload: z.object({ image: textOrNull, imageId: textOrNull, command: z.array(text) }),
})

const record: z.ZodMiniType<FixRecord> = z.object({
  id: text,
  state: z.enum(['applying', 'applied', 'rolled-back', 'undone', 'stuck']),
  subject: z.object({
    platform: z.enum(PLATFORMS),
    name: textOrNull,
    id: textOrNull,
    image: textOrNull,
  }),
  caseId: textOrNull,
  remedyId: textOrNull,
  layer: z.enum(['app', 'runtime', 'container', 'node', 'kernel']),
  change,
  plan,
  at: z.number(),
  appliedAt: instantOrNull,
  endedAt: instantOrNull,
  begun: z.array(text),
  done: z.array(text),
  problem: textOrNull,
})

/** @returns null where the text is no record of a fix */
export function parseFixRecord(json: string): FixRecord | null {
  try {
    const read = record.safeParse(JSON.parse(json))
    return read.success ? read.data : null
  } catch {
    return null
  }
}
