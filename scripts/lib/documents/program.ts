/** The sources as TypeScript understands them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { API, type Checker, type Program } from 'typescript/unstable/sync'
import { REPO } from '../repo.ts'

export interface Sources {
  program: Program
  checker: Checker
  /** Files of the product that name a document, tests left out. */
  files: readonly string[]
}

/** A name of a document: `stella.case/1`. */
export const DOCUMENT_NAME = /^stella\.[a-z-]+\/1$/
const NAMES_ONE = /['"]stella\.[a-z-]+\/1/

/** Reads all sources, asks them, and lets go of them. */
export function withSources<Answer>(ask: (sources: Sources) => Answer): Answer {
  const api = new API({ cwd: REPO })
  try {
    const [project] = api.updateSnapshot({ openProjects: ['tsconfig.json'] }).getProjects()
    if (project === undefined) throw new Error('tsconfig.json: it is no project')
    const { program, checker } = project
    const files = program
      .getSourceFileNames()
      .filter((path) => path.startsWith(join(REPO, 'src/')) && !path.endsWith('.test.ts'))
      .filter((path) => NAMES_ONE.test(readFileSync(path, 'utf8')))
    return ask({ program, checker, files: files.toSorted() })
  } finally {
    api.close()
  }
}
