import { fileURLToPath } from 'node:url'
import * as z from 'zod/mini'
import { run } from './testbed.ts'

const PrintedWorld = z.object({
  seen: z._default(
    z.array(
      z.object({
        kind: z.string(),
        source: z.string(),
        at: z.nullable(z.number()),
        path: z.nullable(z.string()),
        killer: z.nullable(z.string()),
      }),
    ),
    [],
  ),
  unknown: z._default(z.array(z.string()), []),
  exitCode: z._default(z.nullable(z.number()), null),
  line: z._default(z.string(), ''),
})

export type PrintedWorld = z.infer<typeof PrintedWorld>

/** The command that prints what is collected about a target. */
export function printWorld(...args: string[]): string[] {
  const script = fileURLToPath(new URL('./print-world.ts', import.meta.url))
  return [process.execPath, script, ...args]
}

export function runPrintWorld(
  argv: readonly string[],
  env: Record<string, string> = {},
): PrintedWorld {
  const lines = run(argv, { env }).trim().split('\n')
  return PrintedWorld.parse(JSON.parse(lines.at(-1) ?? ''))
}
