import type { ContainerFiles, FileMount } from '../workload.ts'
import type { Beside } from './beside.ts'
import { type Excerpt, excerptOf, wholeFile } from './excerpt.ts'
import { interpolate, type Variables } from './interpolate.ts'
import { mountOfBeside, mountOfFile } from './mounts.ts'
import { at, itemsAt, scalarAt, textAt } from './value.ts'
import type { Mapping, Value } from './value.ts'

/** What a Compose file has beside a service: its other parts, its variables, and the files in its folder. */
interface Project {
  file: Value
  variables: Variables
  beside: Beside
}

/** The files that a service brings into its container: configs, and parts of the repository that it mounts. */
export function composeFiles(root: Mapping, project: Project): ContainerFiles {
  const folder = scalarAt(root, 'working_dir')
  return {
    workingDirectory: folder === null ? null : interpolate(folder.text, project.variables),
    mounts: [
      ...itemsAt(root, 'volumes').flatMap((volume) => volumeMount(volume, project)),
      ...itemsAt(root, 'configs').flatMap((config) => configMount(config, project)),
    ],
  }
}

function volumeMount(volume: Value, { variables, beside }: Project): FileMount[] {
  const short = volume.kind === 'scalar' ? interpolate(volume.text, variables) : null
  const parts = short?.split(':') ?? []
  const source = short === null ? filledAt(volume, 'source', variables) : (parts[0] ?? null)
  const target = short === null ? filledAt(volume, 'target', variables) : (parts[1] ?? parts[0])
  if (target === null || target === undefined) return []
  // Anything else than a path from here is a volume of the engine, or lies outside of the repository.
  const isHere = source !== null && /^\.\.?(?:\/|$)/.test(source)
  return [isHere ? mountOfBeside(target, beside, source) : mountOfFile(target, () => null)]
}

/** A config has its text in the Compose file itself, or in a file beside it (compose-spec, configs). */
function configMount(config: Value, project: Project): FileMount[] {
  const name = config.kind === 'scalar' ? config.text : textAt(config, 'source')
  if (name === null) return []
  const target = filledAt(config, 'target', project.variables) ?? `/${name}`
  return [mountOfFile(target, () => configText(at(project.file, 'configs', name), project))]
}

function configText(config: Value | null, { variables, beside }: Project): Excerpt | null {
  const content = scalarAt(config, 'content')
  // Variables are put in, and then the text is another one than that of the file.
  if (content !== null) return content.text.includes('$') ? null : excerptOf(content)
  const path = filledAt(config, 'file', variables)
  const file = path === null ? null : beside.read(path)
  return file === null ? null : wholeFile(file)
}

function filledAt(value: Value | null, key: string, variables: Variables): string | null {
  const text = textAt(value, key)
  return text === null ? null : interpolate(text, variables)
}
