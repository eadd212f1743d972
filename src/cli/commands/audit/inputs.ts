import { dirname, join, resolve } from 'node:path'
import { readVariables } from '../../../audit/documents/interpolate.ts'
import type { Beside } from '../../../audit/documents/beside.ts'
import type { SourceFile } from '../../../audit/documents/place.ts'
import type { AuditInput } from '../../../audit/engine.ts'
import { readManifests } from '../../../sources/files/manifests.ts'
import { repositoryFiles, type RepositoryFiles } from '../../../sources/files/repository.ts'
import type { CliContext } from '../../context.ts'
import { STDIN } from '../../evidence-flags.ts'
import { readWhole } from '../simulate/read-text.ts'
import type { WritableFile } from './fix.ts'
import type { Settings } from './settings.ts'

interface ReadInputs {
  inputs: AuditInput[]
  /** Every file that can be written to, those that were only referred to as soon as they were asked for. */
  manifests: ReadonlyMap<SourceFile, WritableFile>
  /** What was not read, as sentences. */
  unread: readonly string[]
}

/** Reads what is to be judged: manifests, and what these refer to when it is asked for. */
export async function readInputs(
  context: CliContext,
  paths: readonly string[],
  { isExcluded }: Settings,
): Promise<ReadInputs> {
  const named = paths.filter((path) => path !== STDIN)
  const { manifests, unread } = await readManifests(named, isExcluded)
  const referred = new Referred(repositoryFiles(named, isExcluded))
  const inputs = manifests.map((manifest): AuditInput => {
    const { path, text, absolute, environment, isNamed } = manifest
    const file = { path, text }
    referred.files.set(file, manifest)
    const beside = referred.from(absolute, path)
    return { file, variables: readVariables(environment), isNamed, beside }
  })
  if (paths.includes(STDIN)) {
    const file = { path: STDIN, text: await readWhole(context.io, STDIN) }
    inputs.push({ file, variables: new Map(), isNamed: true })
  }
  return { inputs, manifests: referred.files, unread }
}

/** Files that manifests refer to, each once, whoever names it. */
class Referred {
  readonly files = new Map<SourceFile, WritableFile>()
  readonly #repository: RepositoryFiles
  readonly #byPath = new Map<string, SourceFile>()

  constructor(repository: RepositoryFiles) {
    this.#repository = repository
  }

  /** What a manifest sees. */
  from(manifest: string, shown: string): Beside {
    const at = (path: string): string => resolve(dirname(manifest), path)
    return {
      read: (path) => this.#file(at(path), join(dirname(shown), path)),
      names: (path) => this.#repository.names(at(path)),
    }
  }

  #file(absolute: string, path: string): SourceFile | null {
    const known = this.#byPath.get(absolute)
    if (known !== undefined) return known
    const text = this.#repository.read(absolute)
    if (text === null) return null
    const file = { path, text }
    this.#byPath.set(absolute, file)
    this.files.set(file, { absolute, path, text, isExact: true })
    return file
  }
}
