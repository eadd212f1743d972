/** The image of labs: the Node that runs stella, with its libraries and the program of labs. Nothing is downloaded. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import * as z from 'zod/mini'
import { EXIT, StellaError } from '../../model/errors.ts'
import type { Reader } from '../../sources/reader.ts'
import { PREFIX } from './backend.ts'

const IMPORT_MS = 180_000

/** Another Node, or another program, makes another image. */
export function imageName(workloadFile: string): string {
  const parts = createHash('sha256')
  parts.update(`${process.version} ${process.arch} ${process.execPath}`)
  parts.update(readFileSync(workloadFile))
  return `${PREFIX}image:${parts.digest('hex').slice(0, 12)}`
}

/** How the program is started in a container, where no package says that it is a module. */
export function programIn(workloadFile: string): readonly string[] {
  return ['/node', `/workload.m${extname(workloadFile).slice(1)}`]
}

/** @throws StellaError (unreachable) where the engine does not take it */
export async function importImage(
  reader: Reader,
  order: { engine: string; image: string; folder: string; workloadFile: string },
): Promise<void> {
  const root = join(order.folder, 'image')
  const [, program = ''] = programIn(order.workloadFile)
  try {
    for (const folder of ['cache', 'disk', 'proc', 'tmp']) {
      mkdirSync(join(root, folder), { recursive: true })
    }
    // Links, which tar follows: nothing is copied.
    symlinkSync(process.execPath, join(root, 'node'))
    symlinkSync(order.workloadFile, join(root, basename(program)))
    for (const library of libraries()) {
      mkdirSync(join(root, dirname(library)), { recursive: true })
      symlinkSync(library, join(root, library))
    }
    const script = 'tar -C "$1" -ch . | "$0" import - "$2" >/dev/null'
    const argv = ['sh', '-c', script, order.engine, root, order.image]
    const signal = AbortSignal.timeout(IMPORT_MS)
    const result = await reader.run(argv, { signal, maxBytes: 4_096, env: reader.env })
    if (result.exitCode === 0) return
    throw new StellaError({
      exitCode: EXIT.unreachable,
      what: `${order.engine} does not take the image of the lab: ${result.stderr.trim().slice(0, 300)}`,
      todo: `see that there is room for 150 MiB, and that ${order.engine} works`,
    })
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const Report = z.object({ sharedObjects: z.array(z.string()) })

/** What the dynamic linker has loaded for this very process. */
function libraries(): readonly string[] {
  const report = Report.parse(process.report.getReport())
  return report.sharedObjects.filter((path) => path.startsWith('/'))
}
