import { folderOf, type Place, type SourceFile } from './place.ts'

/**
 * What a name means in a file, of all that have this name: what stands in the same file, else in the same folder, else
 * anywhere. A repository holds examples and tests beside what runs, and their parts have the same names.
 */
export function nearest<Named extends { readonly place: Place }>(
  file: SourceFile,
  named: readonly Named[],
): readonly Named[] {
  const here = named.filter(({ place }) => place.file === file)
  if (here.length > 0) return here
  const folder = folderOf(file.path)
  const beside = named.filter(({ place }) => folderOf(place.file.path) === folder)
  return beside.length > 0 ? beside : named
}

/**
 * Whether what stands at two places in one namespace comes together. A namespace that neither of them names may be another one
 * for each folder.
 */
export function comeTogether(namespace: string, one: Place, other: Place): boolean {
  return namespace !== 'default' || folderOf(one.file.path) === folderOf(other.file.path)
}
