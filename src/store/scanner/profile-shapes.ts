/** The inside of a scan as it is written, in the database and on the API. */
import * as z from 'zod/mini'
import { SCAN_PHASES } from '../../model/scan-profile.ts'

const textOrNull = z.nullable(z.string())
const numberOrNull = z.nullable(z.number())
const phase = z.enum(SCAN_PHASES)

export const Memory = z.object({
  peakBytes: numberOrNull,
  phases: z.readonly(
    z.array(
      z.object({ phase, startMs: z.number(), durationMs: z.number(), peakBytes: numberOrNull }),
    ),
  ),
  samples: z.readonly(z.array(z.object({ atMs: z.number(), phase, usageBytes: z.number() }))),
  layersRead: z.nullable(z.object({ done: z.number(), of: numberOrNull })),
})

export const Layers = z.readonly(
  z.array(
    z.object({
      digest: textOrNull,
      diffId: textOrNull,
      storedBytes: numberOrNull,
      unpackedBytes: numberOrNull,
      files: numberOrNull,
      packages: z.number(),
      wasKnown: z.boolean(),
      createdBy: textOrNull,
    }),
  ),
)
