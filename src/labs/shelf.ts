/** The labs that come along, as folders. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refusedError } from '../model/errors.ts'
import { meantWord } from '../parsers/nearest-word.ts'
import type { Lab } from './lab.ts'
import { LABS } from './list.ts'
import { readLab } from './read-lab.ts'

/** What a lab says to people. */
export type LabPage = 'challenge' | 'hints' | 'solution'

export interface LabShelf {
  list(): readonly Lab[]
  /** @throws StellaError (unreachable) where there is none */
  open(id: string): Lab
  page(lab: Lab, page: LabPage): string
  /** A file that the learner is given. */
  file(lab: Lab, name: string): string
}

/** @param folder with a folder for each lab */
export function labShelf(folder: string): LabShelf {
  const open = (id: string): Lab => {
    if (!LABS.includes(id)) {
      const todo = meantWord(id, LABS, "'stella lab list' names them")
      throw refusedError('missing', `there is no lab '${id.slice(0, 60)}'`, null, todo)
    }
    const path = join(folder, id, 'lab.yaml')
    return readLab(readFileSync(path, 'utf8'), path)
  }
  return {
    list: () => LABS.map(open),
    open,
    page: (lab, page) => readFileSync(join(folder, lab.id, `${page}.md`), 'utf8'),
    file: (lab, name) => readFileSync(join(folder, lab.id, 'files', name), 'utf8'),
  }
}
