/** What a lab is made of on this machine, and how it looks now. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Backend, Site } from './backends/backend.ts'
import type { Lab } from './lab.ts'
import type { LabShelf } from './shelf.ts'
import type { LabState } from './state.ts'
import type { Words } from './text.ts'
import type { LabView, Moment } from './view.ts'

const MOST_TEXT = 256 * 1024

export async function lookAt(backend: Backend, site: Site): Promise<Moment> {
  const { workloads, files } = site.lab
  const seen = await Promise.all(workloads.map((workload) => backend.look(site, workload)))
  return {
    workloads: new Map(seen.map((each, at) => [workloads[at]?.name ?? '', each])),
    files: new Map(files.map((name) => [name, textIn(join(site.folder, name))])),
  }
}

/** What does not change while it is looked at. */
export function frameOf(
  backend: Backend,
  site: Site,
  shelf: LabShelf,
): Pick<LabView, 'programs' | 'originals'> {
  const { lab } = site
  return {
    programs: new Map(lab.workloads.map((each) => [each.name, backend.program(site, each)])),
    originals: new Map(lab.files.map((name) => [name, shelf.file(lab, name)])),
  }
}

/** What the names in its texts stand for. */
export function wordsOf(backend: Backend, site: Site): Words {
  const words: Record<string, string> = { folder: site.folder, engine: backend.id }
  for (const workload of site.lab.workloads) {
    for (const [end, value] of Object.entries(backend.words(site, workload))) {
      words[`${workload.name}${end}`] = value
    }
  }
  return words
}

export function siteOf(lab: Lab, folder: string, { endsAt }: Pick<LabState, 'endsAt'>): Site {
  return { lab, folder, endsAt }
}

function textIn(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').slice(0, MOST_TEXT)
  } catch {
    return null
  }
}
